"""Jira's administrator webhooks: which are registered, and what each sends, signed and retried."""

import hashlib
import hmac
import itertools
import json
import random
import time
import uuid
from collections.abc import Callable, Iterable

from local.http.courier import Courier, CourierSettings
from local.http.deliveries import Attempt, Delivery
from local.http.webhook_registry import WebhookRegistry
from local.jira.events import EVENTS, webhook_body
from local.jira.issue import IssueChange, SimulatedIssue

TIMEOUT = 20.0
RETRIED = frozenset({408, 409, 425, 429})
MOST_RETRIES = 5
SHORTEST_WAIT, LONGEST_WAIT = 300.0, 900.0
ISSUE_EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")


def retry_rule(attempts: list[Attempt]) -> float | None:
    """408, 409, 425, 429, 5xx, connection failures and timeouts: up to 5 times, 5 to 15 minutes apart."""
    status = attempts[-1].status
    retried = status is None or status in RETRIED or status >= 500
    if not retried or len(attempts) > MOST_RETRIES:
        return None
    return random.uniform(SHORTEST_WAIT, LONGEST_WAIT)  # noqa: S311  a wait, not a secret


class JiraWebhook:
    """An administrator's webhook.  Without a URL it posts nothing, without a secret it does not sign.

    `events` are those that it wants; `jql` filters the issues; `exclude_body` sends the event without it.
    """

    def __init__(
        self, number: int, name: str, secret: str = "", *, events: Iterable[str], pace: CourierSettings
    ) -> None:
        self.number = number
        self.name = name
        self.url = ""
        self.secret = secret
        self.events = list(events)
        self.jql = ""
        self.exclude_body = False
        self.enabled = True
        self.description = ""
        self.updated_at = time.time()
        self.courier = Courier(retry_rule, timeout=TIMEOUT, pace=pace)

    def on_change(self, change: IssueChange, filtered: Callable[[str, SimulatedIssue], bool]) -> None:
        """Sends what it subscribes to."""
        wanted = self.enabled and self.url and EVENTS[change.kind] in self.events
        if wanted and (not self.jql or filtered(self.jql, change.issue)):
            self.send(b"" if self.exclude_body else json.dumps(webhook_body(change)).encode())

    def send(self, body: bytes) -> Delivery:
        """Posts these bytes, signed, under a new identifier."""
        identifier, secret = str(uuid.uuid4()), self.secret
        delivery = Delivery(identifier, self.name, self.url, body, lambda n: _signed(identifier, secret, body, n))
        self.courier.post(delivery)
        return delivery


class JiraWebhooks(WebhookRegistry[int, JiraWebhook]):
    """Every administrator's webhook of the site.  `filtered` says whether an issue passes a JQL filter."""

    def __init__(self, pace: CourierSettings, filtered: Callable[[str, SimulatedIssue], bool]) -> None:
        super().__init__(lambda webhook: webhook.number)
        self._pace = pace
        self._filtered = filtered
        self._numbers = itertools.count(1)

    def add(self, name: str, secret: str = "", *, events: Iterable[str] = ISSUE_EVENTS) -> JiraWebhook:
        """A new webhook, without a URL yet."""
        return self.adopt(JiraWebhook(next(self._numbers), name, secret, events=events, pace=self._pace))

    def on_change(self, change: IssueChange) -> None:
        """A listener for `IssueStore.listeners`."""
        for webhook in self.all():
            webhook.on_change(change, self._filtered)


def signature(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _signed(identifier: str, secret: str, body: bytes, retries: int) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json; charset=UTF-8",
        "User-Agent": "Atlassian Webhook HTTP Client",
        "X-Atlassian-Webhook-Identifier": identifier,
    }
    if secret:
        headers["X-Hub-Signature"] = signature(secret, body)
    if retries:
        headers["X-Atlassian-Webhook-Retry"] = str(retries)
    return headers
