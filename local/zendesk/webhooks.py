"""Zendesk's webhooks: triggers and event subscriptions, signed, with Zendesk's retry rules."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from local.http.courier import Attempt, Courier, Delivery
from local.zendesk.ticket import SimulatedTicket, TicketChange

ACCOUNT_ID = 22129848
TIMEOUT = 12.0
WAIT_AFTER_CONFLICT = WAIT_AFTER_TIMEOUT = 5.0
LONGEST_RETRY_AFTER = 60
LIFE = frozenset({"created", "merged", "soft_deleted", "undeleted", "permanently_deleted", "marked_as_spam"})


def retry_rule(attempts: list[Attempt]) -> float | None:
    """409 up to 3 times; 429 and 503 only with a Retry-After under 60 s; timeouts up to 5 times; nothing else."""
    last, retries = attempts[-1], len(attempts) - 1
    if last.error == "timeout":
        return WAIT_AFTER_TIMEOUT if retries < 5 else None
    if last.status == 409:
        return WAIT_AFTER_CONFLICT if retries < 3 else None
    wait = last.headers.get("retry-after", "")
    if last.status in (429, 503) and wait.isdigit() and int(wait) < LONGEST_RETRY_AFTER:
        return float(wait) if retries < 5 else None
    return None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Zendesk-Webhook-Signature: base64 of HMAC-SHA256 over timestamp and body."""
    return base64.b64encode(hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()).decode()


class ZendeskWebhook:
    """A webhook: where it posts to, its secret, and its courier.  Without a URL it posts nothing."""

    def __init__(self, name: str, secret: str, *, time_scale: float = 1.0, workers: int = 1) -> None:
        self.name = name
        self.url = ""
        self.secret = secret
        self.webhook_id = "01" + uuid.uuid4().hex[:24].upper()
        self.courier = Courier(retry_rule, timeout=TIMEOUT, time_scale=time_scale, workers=workers)

    def send(self, body: bytes) -> Delivery:
        """Posts these bytes, signed, under a new invocation id."""
        invocation, secret = "01" + uuid.uuid4().hex[:24].upper(), self.secret
        delivery = Delivery(invocation, self.name, self.url, body, lambda _n: self._headers(invocation, secret, body))
        self.courier.post(delivery)
        return delivery

    def _headers(self, invocation: str, secret: str, body: bytes) -> dict[str, str]:
        timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Zendesk Webhook",
            "x-zendesk-account-id": str(ACCOUNT_ID),
            "x-zendesk-webhook-id": self.webhook_id,
            "x-zendesk-webhook-invocation-id": invocation,
            "x-zendesk-webhook-signature": signature(secret, timestamp, body),
            "x-zendesk-webhook-signature-timestamp": timestamp,
        }


class TriggerSender(ZendeskWebhook):
    """A trigger "ticket field changed": posts the field's new value in a body template.

    `escapes`: whether placeholders are escaped inside the JSON body; what Zendesk does is not documented.
    """

    def __init__(self, field_id: str, secret: str, *, time_scale: float = 1.0, workers: int = 1) -> None:
        super().__init__("Zendesk trigger", secret, time_scale=time_scale, workers=workers)
        self.field_id = field_id
        self.placeholder = "{{ticket.ticket_field_" + field_id + "}}"
        self.template = '{"ticket_id": "{{ticket.id}}", "issue_keys": "' + self.placeholder + '"}'
        self.escapes = True
        self.enabled = True

    def on_change(self, change: TicketChange) -> None:
        """A listener for `Tickets.listeners`."""
        filled_at_birth = change.kind == "created" and change.ticket.fields.get(self.field_id)
        edited = change.kind == "custom_field_changed" and change.field_id == self.field_id
        if self.enabled and self.url and (filled_at_birth or edited):
            self.send(self.render(change.ticket))

    def render(self, ticket: SimulatedTicket) -> bytes:
        """The body for this ticket as it is now."""
        value = ticket.fields.get(self.field_id) or ""
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        shown = json.dumps(text)[1:-1] if self.escapes else text
        body = self.template.replace("{{ticket.id}}", str(ticket.id))
        return body.replace(self.placeholder, shown).encode()


class EventSender(ZendeskWebhook):
    """A webhook that subscribes to ticket events; `kinds` are the last parts of their types."""

    def __init__(self, secret: str, *, kinds: Iterable[str] = LIFE, time_scale: float = 1.0, workers: int = 1) -> None:
        super().__init__("Zendesk event", secret, time_scale=time_scale, workers=workers)
        self.kinds = set(kinds)

    def on_change(self, change: TicketChange) -> None:
        """A listener for `Tickets.listeners`."""
        if self.url and change.kind in self.kinds:
            self.send(json.dumps(event_body(change)).encode())


def event_body(change: TicketChange) -> dict[str, Any]:
    """The body of an event subscription: ids are strings, `detail` holds no custom fields."""
    event: dict[str, Any] = {}
    if change.kind == "custom_field_changed":
        custom_field = {"id": change.field_id, "title": "Jira issue keys", "type": "text"}
        values = {"current": {"value": change.current}, "previous": {"value": change.previous}}
        event = {**values, "custom_field": custom_field}
    if change.kind == "merged":
        event = {"target_ticket_id": str(change.target)}
    return {
        "account_id": ACCOUNT_ID,
        "id": str(uuid.uuid4()),
        "subject": f"zen:ticket:{change.ticket.id}",
        "time": datetime.fromtimestamp(change.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        "type": f"zen:event-type:ticket.{change.kind}",
        "zendesk_event_version": "2022-11-06",
        "detail": _detail(change.ticket),
        "event": event,
    }


def _detail(ticket: SimulatedTicket) -> dict[str, Any]:
    stamps = {"created_at": ticket.created_at, "updated_at": ticket.updated_at}
    return {
        "id": str(ticket.id),
        "subject": f"Ticket {ticket.id}",
        "status": ticket.status.upper(),
        "priority": "NORMAL",
        "tags": ticket.tags,
        "external_id": None,
        "is_public": True,
        "via": {"channel": "web_service"},
        **{name: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for name, at in stamps.items()},
    }
