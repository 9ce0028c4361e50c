# ruff: noqa: N803 - an answer may be anything; AWS names its parameters so
"""The receivers' surroundings in memory: signing senders, a queue and a secret store that remember, real handlers."""

import base64
import hmac
import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from functions.jira_webhook import app as jira_app
from functions.zendesk_webhook import app as zendesk_app
from linksync import observability
from linksync.inbound import wiring

SAMPLES = Path(__file__).parents[2] / "events"
ZENDESK_SECRET, JIRA_SECRET, TOKEN = "zendesk-signing-secret", "jira-webhook-secret", "automation-token"
WEBHOOK_SECRET = {"zendesk": ["an older secret", ZENDESK_SECRET], "jira": [JIRA_SECRET], "jira_automation": [TOKEN]}
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "EVENT_QUEUE_URL": "https://queue.example/events.fifo",
    "WEBHOOK_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:webhooks",
    "TICKET_FIELD_ID": "1900001234567",
    "ISSUE_FIELD_ID": "customfield_10050",
    "PROJECT_KEYS": "SHOP, PAY",
    "ZENDESK_SUBDOMAIN": "acme",
    "JIRA_BASE_URL": "https://acme.atlassian.net",
    "POWERTOOLS_SERVICE_NAME": "receivers",
    "POWERTOOLS_METRICS_NAMESPACE": "linksync",
}
ZENDESK, JIRA, AUTOMATION = "/webhooks/zendesk", "/webhooks/jira", "/webhooks/jira/automation"
ROUTES = (ZENDESK, JIRA, AUTOMATION)
ANSWER_SHAPES = {
    200: {"status", "reason"},
    202: {"status", "delivery", "reason"},
    401: {"error"},
    413: {"error"},
    503: {"error"},
}

type Event = dict[str, Any]
type Response = dict[str, Any]


@dataclass
class Aws:
    """SQS and Secrets Manager.  `broken` is raised by both when set; `calls` counts the reads of the secret."""

    secret: Any = field(default_factory=lambda: json.dumps(WEBHOOK_SECRET))
    messages: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    broken: Exception | None = None

    def send_message(self, *, QueueUrl: str, **message: str) -> dict[str, str]:
        assert QueueUrl == ENVIRONMENT["EVENT_QUEUE_URL"]
        self._fail()
        self.messages.append(message)
        return {"MessageId": str(len(self.messages))}

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        assert SecretId == ENVIRONMENT["WEBHOOK_SECRET_ARN"]
        self.calls += 1
        self._fail()
        return {"SecretString": self.secret}

    def _fail(self) -> None:
        if self.broken is not None:
            raise self.broken


@contextmanager
def handlers(aws: Aws, **environment: str) -> Iterator[None]:
    """Lets the functions' real handlers run on this AWS."""
    with (
        patch.dict(os.environ, ENVIRONMENT | environment),
        patch.object(wiring, "SqsCalls", lambda _queue_url, _patience: aws),
        patch.object(wiring, "SecretsManagerCalls", lambda _arn, _patience: aws),
    ):
        _forget()
        handler = observability.logger().registered_handler
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(_CurrentStdout())
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    for cached in (zendesk_app.wire, jira_app.wire, observability.logger, observability._metrics):
        cached.cache_clear()


class _CurrentStdout:
    """Standard output as it is when a line is written: tests and the fuzzer exchange it."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def deliver(event: object, route: str) -> Response:
    """What the function behind this route answers."""
    return zendesk_app.handler(event, None) if route == ZENDESK else jira_app.handler(event, None)


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
        "requestContext": {"requestId": "0e7f2a52-8d0c-4d7e-9a64-3f1f1a2b3c4d"},
        "body": text,
        "isBase64Encoded": encoded and body is not None,
    }


def genuine(route: str, body: bytes, **headers: str) -> Event:
    """A request of the real sender."""
    return gateway(route, body, proof(route, body) | headers)


def sample(name: str) -> bytes:
    """The bytes of a file in `events/`."""
    return (SAMPLES / name).read_bytes()


def route_of(sample_file: Path) -> str:
    """The route that a raw body in `events/` is posted to."""
    return {"zendesk": ZENDESK, "jira": JIRA, "automation": AUTOMATION}[sample_file.parent.name]


def bodies() -> list[Path]:
    """All raw bodies in `events/`."""
    return sorted(path for folder in ("zendesk", "jira", "automation") for path in (SAMPLES / folder).iterdir())


def breaches(answer: Any) -> list[str]:
    """In what ways an answer is none of the contract's."""
    try:
        status, headers, document = answer["statusCode"], answer["headers"], json.loads(answer["body"])
        checks = {
            "status code": status in ANSWER_SHAPES,
            "fields of the body": bool(document) and set(document) <= ANSWER_SHAPES.get(status, set()),
            "content type": headers["Content-Type"] == "application/json",
            "correlation id": bool(re.fullmatch(r"[A-Za-z0-9-]{8,64}", headers["X-Correlation-Id"])),
            "retry after": (status == 503) == (headers.get("Retry-After") == "5"),
            "base64 flag": answer["isBase64Encoded"] is False,
            "a clear error": "error" not in document or set(document["error"]) == {"code", "message"},
        }
    except (KeyError, TypeError, ValueError) as problem:
        return [f"malformed: {problem!r}"]
    return [name for name, kept in checks.items() if not kept]
