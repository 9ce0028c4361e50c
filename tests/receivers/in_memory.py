# ruff: noqa: N803 - AWS names its parameters so
"""The real handlers on an AWS in memory."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from functions.jira_webhook import app as jira_app
from functions.zendesk_webhook import app as zendesk_app
from linksync import observability
from linksync.inbound import wiring
from tests.receivers.signed_requests import JIRA_SECRET, TOKEN, ZENDESK, ZENDESK_SECRET

WEBHOOK_SECRET = {"zendesk": ["the secret before", ZENDESK_SECRET], "jira": [JIRA_SECRET], "jira_automation": [TOKEN]}
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

type Response = dict[str, Any]


@dataclass
class InMemoryAws:
    """SQS and Secrets Manager.  `failure` is raised by both when set; `secret_reads` counts GetSecretValue."""

    secret: Any = field(default_factory=lambda: json.dumps(WEBHOOK_SECRET))
    messages: list[dict[str, Any]] = field(default_factory=list)
    secret_reads: int = 0
    failure: Exception | None = None

    def send_message(self, *, QueueUrl: str, **message: str) -> dict[str, str]:
        assert QueueUrl == ENVIRONMENT["EVENT_QUEUE_URL"]
        self._fail()
        self.messages.append(message)
        return {"MessageId": str(len(self.messages))}

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        assert SecretId == ENVIRONMENT["WEBHOOK_SECRET_ARN"]
        self.secret_reads += 1
        self._fail()
        return {"SecretString": self.secret}

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@contextmanager
def handlers(aws: InMemoryAws, **environment: str) -> Iterator[None]:
    """Lets the functions' handlers run on this AWS.  Their clock stands still, however slow the machine is."""
    now = time.time()
    with (
        patch.object(wiring, "time", SimpleNamespace(time=lambda: now)),
        patch.dict(os.environ, ENVIRONMENT | environment),
        patch.object(wiring, "SqsCalls", lambda _queue_url, _limits: aws),
        patch.object(wiring, "SecretsManagerCalls", lambda _arn, _limits: aws),
    ):
        _forget()
        try:
            yield
        finally:
            _forget()


def deliver(event: object, route: str) -> Response:
    """What the function behind this route answers."""
    return zendesk_app.handler(event, None) if route == ZENDESK else jira_app.handler(event, None)


def _forget() -> None:
    for cached in (zendesk_app.wire, jira_app.wire, observability.logger, observability._serializer):
        cached.cache_clear()
