"""Zendesk's webhooks: what is registered, and what each sends."""

import base64
import json
import os
import time
import uuid
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from local.http.courier import Courier, CourierSettings
from local.http.deliveries import Delivery
from local.http.webhook_registry import WebhookRegistry
from local.zendesk.events import EVENT, event_body
from local.zendesk.signing import TIMEOUT, retry_rule, signed
from local.zendesk.ticket import TicketChange

LIFE = frozenset({"created", "merged", "soft_deleted", "undeleted", "permanently_deleted", "marked_as_spam"})
TRIGGERED = "conditional_ticket_events"
BREAKER_SECONDS, BREAKER_SHARE, BREAKER_ERRORS, BREAKER_LEAST = 300.0, 0.7, 1000, 20


@dataclass(slots=True)
class WebhookCircuit:
    """A webhook's circuit breaker, as observed: open at 70 % errors, or over 1,000 of them, in five minutes.

    `enabled` false never opens by itself; `forced` is open whatever happens.
    """

    enabled: bool = False
    forced: bool = False
    _told: deque[tuple[float, bool]] = field(default_factory=deque)

    def tell(self, *, ok: bool) -> None:
        """An invocation has ended."""
        self._told.append((time.monotonic(), ok))

    @property
    def open(self) -> bool:
        """Whether nothing is sent just now."""
        while self._told and self._told[0][0] < time.monotonic() - BREAKER_SECONDS:
            self._told.popleft()
        errors = sum(not ok for _, ok in self._told)
        many = len(self._told) >= BREAKER_LEAST and errors / len(self._told) >= BREAKER_SHARE
        return self.forced or (self.enabled and (many or errors > BREAKER_ERRORS))


class ZendeskWebhook:
    """A webhook: where it posts to, its secret, what it subscribes to.  Without a URL it posts nothing.

    `kinds` are the ticket events that it subscribes to; without any, triggers use it.  `details` holds what it is shown
    with besides: http_method, request_format, description, custom_headers, authentication.
    """

    def __init__(
        self, name: str, secret: str = "", *, kinds: Iterable[str] = (), pace: CourierSettings | None = None
    ) -> None:
        self.name = name
        self.url = ""
        self.secret = secret or new_secret()
        self.kinds = set(kinds)
        self.active = True
        self.webhook_id = new_id()
        self.created_at = time.time()
        self.updated_at = 0.0
        self.details: dict[str, Any] = {"http_method": "POST", "request_format": "json"}
        self.circuit = WebhookCircuit()
        self.per_minute: int | None = None
        self.courier = Courier(retry_rule, timeout=TIMEOUT, pace=pace or CourierSettings(), on_end=self._on_end)

    def reset_secret(self) -> None:
        """From now on another secret signs."""
        self.secret = new_secret()

    def send(self, body: bytes) -> Delivery:
        """Posts these bytes, signed, under a new invocation id."""
        invocation, secret = new_id(), self.secret
        delivery = Delivery(
            invocation, self.name, self.url, body, lambda _n: self.headers(invocation, secret, body),
            self.details["http_method"],
        )  # fmt: skip
        if why := self._refusal():
            self.courier.refuse(delivery, why)
        else:
            self.courier.post(delivery)
        return delivery

    def headers(self, invocation: str, secret: str, body: bytes) -> dict[str, str]:
        """What an attempt carries: the signature, then what was registered besides."""
        custom = {str(name): str(value) for name, value in (self.details.get("custom_headers") or {}).items()}
        proof = authorization(self.details.get("authentication"))
        return custom | proof | signed(self.webhook_id, invocation, secret, body)

    def on_change(self, change: TicketChange) -> None:
        """A listener for `TicketStore.listeners`: sends the events that it subscribes to."""
        if self.active and self.url and change.kind in self.kinds:
            self.send(json.dumps(event_body(change)).encode())

    @property
    def subscriptions(self) -> list[str]:
        """What it subscribes to, as the API shows it."""
        return [EVENT + kind for kind in sorted(self.kinds)] or [TRIGGERED]

    def _refusal(self) -> str:
        """Why nothing is sent just now, if so."""
        if self.circuit.open:
            return "circuit broken"
        if self.per_minute is None:
            return ""
        sent = [one for one in self.courier.deliveries if one.attempts and one.attempts[0].at > time.time() - 60]
        return "throttled" if len(sent) >= self.per_minute else ""

    def _on_end(self, delivery: Delivery) -> None:
        self.circuit.tell(ok=delivery.state == "delivered")


class ZendeskWebhooks(WebhookRegistry[str, ZendeskWebhook]):
    """Every webhook of the account."""

    def __init__(self, pace: CourierSettings) -> None:
        super().__init__(lambda webhook: webhook.webhook_id)
        self.pace = pace

    def add(self, name: str, secret: str = "", *, kinds: Iterable[str] = ()) -> ZendeskWebhook:
        """A new webhook, without a URL yet."""
        return self.adopt(ZendeskWebhook(name, secret, kinds=kinds, pace=self.pace))

    def on_change(self, change: TicketChange) -> None:
        """A listener for `TicketStore.listeners`."""
        for webhook in self.all():
            webhook.on_change(change)


def authorization(registered: dict[str, Any] | None) -> dict[str, str]:
    """The header by which a webhook proves itself, as it was registered."""
    if not registered:
        return {}
    data = registered.get("data") or {}
    match registered.get("type"):
        case "basic_auth":
            pair = f"{data.get('username', '')}:{data.get('password', '')}"
            return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        case "bearer_token":
            return {"Authorization": f"Bearer {data.get('token', '')}"}
        case "api_key":
            return {str(data.get("name", "")): str(data.get("value", ""))}
    return {}


def new_id() -> str:
    """An id as webhooks and their invocations have."""
    return "01" + uuid.uuid4().hex[:24].upper()


def new_secret() -> str:
    """A signing secret as Zendesk makes them: base64 of 32 bytes, used as it is written."""
    return base64.b64encode(os.urandom(32)).decode()
