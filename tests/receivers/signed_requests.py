"""Requests as the senders sign them and API Gateway hands them over."""

import base64
import hmac
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

ZENDESK_SECRET, JIRA_SECRET, TOKEN = "zendesk-signing-secret", "jira-webhook-secret", "automation-bearer-token"
ZENDESK, JIRA, AUTOMATION = "/webhooks/zendesk", "/webhooks/jira", "/webhooks/jira/automation"
ROUTES = (ZENDESK, JIRA, AUTOMATION)
REQUEST_ID = "0e7f2a52-8d0c-4d7e-9a64-3f1f1a2b3c4d"

type Event = dict[str, Any]


def proof(route: str, body: bytes, *, at: float | None = None) -> dict[str, str]:
    """The headers with which the real sender proves this body."""
    if route == AUTOMATION:
        return {"Authorization": f"Bearer {TOKEN}"}
    if route == JIRA:
        return {"X-Hub-Signature": "sha256=" + hmac.digest(JIRA_SECRET.encode(), body, "sha256").hex()}
    timestamp = datetime.fromtimestamp(time.time() if at is None else at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = hmac.digest(ZENDESK_SECRET.encode(), timestamp.encode() + body, "sha256")
    return {
        "X-Zendesk-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Zendesk-Webhook-Signature-Timestamp": timestamp,
    }


def gateway(route: str, body: bytes | None, headers: Mapping[str, str], *, encoded: bool = True) -> Event:
    """An event as API Gateway makes it of a request."""
    text = None if body is None else base64.b64encode(body).decode() if encoded else body.decode()
    return {
        "resource": route,
        "path": route,
        "httpMethod": "POST",
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"requestId": REQUEST_ID},
        "body": text,
        "isBase64Encoded": encoded and body is not None,
    }


def genuine(route: str, body: bytes, **headers: str) -> Event:
    """A request of the real sender."""
    return gateway(route, body, proof(route, body) | headers)
