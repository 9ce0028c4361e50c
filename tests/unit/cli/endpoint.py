"""The stack's endpoint for tests: the real receivers behind a local server, with the account's own secret and queue."""

import time
from base64 import b64encode
from typing import Any

from linksync.inbound.receiver import Receiver
from linksync.inbound.senders import jira_routes, zendesk_routes
from linksync.inbound.webhook_secret import WebhookSecret
from linksync.references.fields import IssueField, TicketField
from linksync.store.event_queue import EventQueue
from local.http.messages import HttpRequest, Reply, Route
from local.http.server import Site
from tests.unit.cli.account import Account

LISTS = ("zendesk", "jira", "jira_automation")


class _Secret:
    def __init__(self, account: Account) -> None:
        self._account = account

    def get(self) -> dict[str, Any]:
        return self._account.secret("WebhookSecretArn")


class Endpoint(Site):
    """Answers whatever comes to it as API Gateway and the webhook functions would."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        fields = TicketField(id="1"), IssueField(id="labels", account_host="acme.zendesk.com")
        self._receiver = Receiver(
            routes={**zendesk_routes(fields[0]), **jira_routes(fields[1])},
            secrets=WebhookSecret(_Secret(account), LISTS, lambda _refused: None),
            queue=EventQueue(account.sqs, account.queue),
            log=lambda *_told: None,
            clock=time.time,
        )

    def routes(self) -> list[Route]:
        """Every path."""
        return [("POST", ".*", self._deliver)]

    def reachable(self, url: str) -> str:
        """Where a URL of the stack's API is for tests."""
        return f"{self.url}/{url.partition('.amazonaws.com/')[2]}"

    def _deliver(self, request: HttpRequest) -> Reply:
        answer = self._receiver.receive(
            {
                "path": request.path,
                "resource": request.path.removeprefix("/v1"),
                "headers": dict(request.headers),
                "body": b64encode(request.body).decode(),
                "isBase64Encoded": True,
            }
        )
        return Reply(answer["statusCode"], answer["body"], answer["headers"])
