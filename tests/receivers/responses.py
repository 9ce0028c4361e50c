"""The responses that senders are promised."""

import json
import re
from typing import Any

_FIELDS = {
    200: {"status", "reason"},
    202: {"status", "delivery", "reason"},
    401: {"error"},
    413: {"error"},
    503: {"error"},
}


def breaches(response: Any) -> list[str]:
    """In what ways a response is none of those promised."""
    try:
        status, headers, document = response["statusCode"], response["headers"], json.loads(response["body"])
        checks = {
            "status code": status in _FIELDS,
            "fields of the body": bool(document) and set(document) <= _FIELDS.get(status, set()),
            "content type": headers["Content-Type"] == "application/json",
            "correlation id": bool(re.fullmatch(r"[A-Za-z0-9-]{8,64}", headers["X-Correlation-Id"])),
            "retry after": (status == 503) == (headers.get("Retry-After") == "5"),
            "base64 flag": response["isBase64Encoded"] is False,
            "a clear error": "error" not in document or set(document["error"]) == {"code", "message"},
        }
    except (KeyError, TypeError, ValueError) as error:
        return [f"malformed: {error!r}"]
    return [name for name, kept in checks.items() if not kept]
