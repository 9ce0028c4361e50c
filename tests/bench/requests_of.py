"""Signed deliveries as API Gateway hands them over: the REST API, with every body in base64."""

import hmac
import json
import uuid
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from local.vendors import ISSUE_FIELD

SECRET = b"a signing secret"


def zendesk_request(ticket_id: int, keys: str, now: float, *, delivery: str = "") -> dict[str, Any]:
    """What the trigger posts."""
    body = json.dumps({"ticket_id": str(ticket_id), "issue_keys": keys}).encode()
    timestamp = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}"
    headers = {
        "X-Zendesk-Webhook-Invocation-Id": delivery or uuid.uuid4().hex,
        "X-Zendesk-Webhook-Signature-Timestamp": timestamp,
        "X-Zendesk-Webhook-Signature": b64encode(hmac.digest(SECRET, timestamp.encode() + body, "sha256")).decode(),
    }
    return _request("/webhooks/zendesk", headers, body)


def jira_request(issue_id: str, key: str, tickets: str, now: float) -> dict[str, Any]:
    """What the admin webhook posts."""
    fields = {"summary": "Basket is empty after paying", "labels": [], ISSUE_FIELD: tickets}
    change = {"field": "Zendesk tickets", "fieldtype": "custom", "fieldId": ISSUE_FIELD, "toString": tickets}
    document = {
        "timestamp": int(now * 1000),
        "webhookEvent": "jira:issue_updated",
        "issue": {"id": issue_id, "key": key, "fields": fields},
        "changelog": {"id": "70001", "items": [change]},
    }
    body = json.dumps(document).encode()
    headers = {
        "X-Atlassian-Webhook-Identifier": uuid.uuid4().hex,
        "X-Hub-Signature": "sha256=" + hmac.digest(SECRET, body, "sha256").hex(),
    }
    return _request("/webhooks/jira", headers, body)


def _request(path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    headers = {"Accept": "*/*", "Content-Type": "application/json", "Host": "abc.execute-api.example", **headers}
    return {
        "resource": path,
        "path": path,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"requestId": str(uuid.uuid4()), "path": f"/v1{path}", "resourcePath": path, "stage": "v1"},
        "body": b64encode(body).decode(),
        "isBase64Encoded": True,
    }
