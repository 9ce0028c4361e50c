"""A request as API Gateway hands it over (REST API, Lambda proxy integration), of which nothing is sure.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import binascii
import re
import uuid
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from linksync.inbound.parsed_body import mapping

LONGEST_HEADER = 4096
_ORDERLY_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` holds every value of every header, by lower-case name; `id` is the correlation id."""

    id: str
    resource: str
    path: str
    headers: Mapping[str, tuple[object, ...]]
    body: bytes

    def header(self, name: str) -> str:
        """The one value of a header; empty when it is missing, repeated, oversized or not plain printable ASCII."""
        values = self.headers.get(name, ())
        value = values[0] if len(values) == 1 else ""
        if not isinstance(value, str) or len(value) > LONGEST_HEADER:
            return ""
        return value if value.isascii() and value.isprintable() else ""

    def identifier(self, name: str) -> str:
        """A header that is an identifier, safe to log; empty when it is anything else."""
        value = self.header(name)
        return value if _ORDERLY_ID.fullmatch(value) else ""


def request_of(event: object) -> Request:
    """Reads any value at all as a request, and never raises."""
    fields = mapping(event)
    return Request(
        id=_correlation_id(mapping(fields.get("requestContext")).get("requestId")),
        resource=_text(fields.get("resource")),
        path=_text(fields.get("path")),
        headers=_headers(fields),
        body=_body(fields.get("body"), encoded=fields.get("isBase64Encoded") is True),
    )


def _correlation_id(given: object) -> str:
    return given if isinstance(given, str) and _ORDERLY_ID.fullmatch(given) else str(uuid.uuid4())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _headers(fields: Mapping[str, object]) -> dict[str, tuple[object, ...]]:
    single = {name: [value] for name, value in mapping(fields.get("headers")).items()}
    headers: dict[str, tuple[object, ...]] = {}
    for name, values in (mapping(fields.get("multiValueHeaders")) or single).items():
        if isinstance(name, str):
            more = tuple(values) if isinstance(values, list) else (None,)
            headers[name.lower()] = headers.get(name.lower(), ()) + more
    return headers


def _body(given: object, *, encoded: bool) -> bytes:
    raw = _text(given).encode(errors="surrogatepass")
    if not encoded:
        return raw
    try:
        return b64decode(raw, validate=True)
    except binascii.Error:
        return raw  # not base64 after all: no signature fits it, and with a token it is quarantined
