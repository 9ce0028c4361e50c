"""Jira's senders: the administrator's webhook, signed and retried, and the automation rule's web request, neither."""

import hashlib
import hmac
import json
import random
import uuid
from typing import Any

from local.http.courier import Attempt, Courier, Delivery
from local.http.messages import Json
from local.jira.issues import IssueChange, SimulatedIssue, as_text

TIMEOUT = 20.0
RETRIED = frozenset({408, 409, 425, 429})
MOST_RETRIES = 5
SHORTEST_WAIT, LONGEST_WAIT = 300.0, 900.0
EVENTS = {"created": "jira:issue_created", "updated": "jira:issue_updated", "deleted": "jira:issue_deleted"}


def retry_rule(attempts: list[Attempt]) -> float | None:
    """408, 409, 425, 429, 5xx, connection failures and timeouts: up to 5 times, 5 to 15 minutes apart."""
    status = attempts[-1].status
    retried = status is None or status in RETRIED or status >= 500
    if not retried or len(attempts) > MOST_RETRIES:
        return None
    return random.uniform(SHORTEST_WAIT, LONGEST_WAIT)  # noqa: S311  a wait, not a secret


def never(_attempts: list[Attempt]) -> float | None:
    """A failing automation call is not resent."""
    return None


class JiraWebhook:
    """The administrator's webhook for issue events.  Without a URL it posts nothing, without a secret it signs not."""

    def __init__(self, secret: str, *, time_scale: float = 1.0, workers: int = 1) -> None:
        self.url = ""
        self.secret = secret
        self.courier = Courier(retry_rule, timeout=TIMEOUT, time_scale=time_scale, workers=workers)

    def on_change(self, change: IssueChange) -> None:
        """A listener for `Issues.listeners`."""
        if self.url:
            self.send(json.dumps(webhook_body(change)).encode())

    def send(self, body: bytes) -> Delivery:
        """Posts these bytes, signed, under a new identifier."""
        identifier, secret = str(uuid.uuid4()), self.secret
        delivery = Delivery(identifier, "Jira webhook", self.url, body, lambda n: _signed(identifier, secret, body, n))
        self.courier.post(delivery)
        return delivery


class AutomationSender:
    """An automation rule "field value changed → send web request".

    `shape` is the body: `custom` (the contract's custom data), `jira` (issue under `issue`), `automation` (issue at the
    top) or `empty`.
    """

    def __init__(self, field_id: str, token: str, *, shape: str = "custom") -> None:
        self.field_id = field_id
        self.url = ""
        self.token = token
        self.shape = shape
        self.enabled = False
        self.courier = Courier(never, timeout=TIMEOUT)

    def on_change(self, change: IssueChange) -> None:
        """A listener for `Issues.listeners`."""
        touched = any(item.get("fieldId") == self.field_id for item in change.items)
        if self.enabled and self.url and touched:
            self.send(automation_body(change.issue, self.field_id, self.shape))

    def send(self, body: bytes) -> Delivery:
        """Posts these bytes with the rule's hidden header."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        delivery = Delivery(str(uuid.uuid4()), "Jira automation", self.url, body, lambda _n: headers)
        self.courier.post(delivery)
        return delivery


def signature(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def webhook_body(change: IssueChange) -> dict[str, Any]:
    """The body of an administrator's webhook.  A deletion has neither changelog nor event type."""
    body: dict[str, Any] = {"timestamp": int(change.at * 1000), "webhookEvent": EVENTS[change.kind]}
    if change.kind != "deleted":
        moved = any(item["field"] == "Key" for item in change.items)
        body["issue_event_type_name"] = "issue_moved" if moved else f"issue_{change.kind}"
    body["user"] = {"accountId": "5b10a2844c20165700ede21g", "displayName": "Agent One", "active": True}
    body["issue"] = _issue(change.issue)
    if change.kind != "deleted":
        body["changelog"] = {"id": str(int(change.at * 1000)), "items": list(change.items)}
    return body


def automation_body(issue: SimulatedIssue, field_id: str, shape: str) -> bytes:
    """The body of a web request in one of its shapes; see `AutomationSender`."""
    if shape == "empty":
        return b""
    numbered = {**_issue(issue), "id": int(issue.id)}
    custom = {"issue_id": issue.id, "issue_key": issue.key, "ticket_ids": as_text(issue.fields.get(field_id))}
    return json.dumps({"jira": {"issue": numbered}, "automation": numbered}.get(shape, custom)).encode()


def _issue(issue: SimulatedIssue) -> dict[str, Any]:
    fields = {name: _in_webhook(value) for name, value in issue.fields.items()}
    address = f"https://acme.atlassian.net/rest/api/2/issue/{issue.id}"
    return {"id": issue.id, "self": address, "key": issue.key, "fields": fields}


def _in_webhook(value: Json) -> Json:
    return as_text(value) if isinstance(value, dict) and value.get("type") == "doc" else value


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
