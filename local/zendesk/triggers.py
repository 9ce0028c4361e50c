"""Zendesk's triggers: which are there, when each fires, and what it has a webhook send.

Follows https://developer.zendesk.com/api-reference/ticketing/business-rules/triggers/.  Whether placeholders are
escaped inside a JSON body is not documented: `escapes` is the switch.
"""

import itertools
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.zendesk.conditions import met
from local.zendesk.replies import stamp
from local.zendesk.ticket import SimulatedTicket, TicketChange
from local.zendesk.webhooks import ZendeskWebhooks

FIRST_TRIGGER_ID = 6164111000001
NOTIFY = "notification_webhook"
PLACEHOLDER = re.compile(r"\{\{\s*([a-z_.0-9]+)\s*\}\}")


@dataclass(slots=True)
class Trigger:
    """A trigger as the API shows it, where it is `listed`.

    `actions` of other kinds than webhooks are kept and not carried out.
    """

    id: int
    title: str
    conditions: dict[str, Any]
    actions: list[dict[str, Any]]
    active: bool = True
    description: str | None = None
    created_at: float = 0.0
    updated_at: float = 0.0
    listed: bool = True

    def notifications(self) -> list[tuple[str, str]]:
        """Webhook id and body template of each action that has a webhook send something."""
        return [(str(one["value"][0]), str(one["value"][1])) for one in self.actions if one.get("field") == NOTIFY]


@dataclass(slots=True)
class TriggerRegistry:
    """Every trigger of the account, in the order in which they are checked."""

    webhooks: ZendeskWebhooks
    escapes: bool = True
    _triggers: dict[int, Trigger] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_TRIGGER_ID))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, title: str, conditions: dict[str, Any], actions: list[dict[str, Any]], at: float = 0.0) -> Trigger:
        """A new trigger, in the last place."""
        with self._lock:
            trigger = Trigger(next(self._ids), title, conditions, actions, created_at=at, updated_at=at)
            self._triggers[trigger.id] = trigger
            return trigger

    def all(self) -> list[Trigger]:
        """Every trigger in its place."""
        with self._lock:
            return [trigger for trigger in self._triggers.values() if trigger.listed]

    def get(self, trigger_id: int) -> Trigger | None:
        """One of them, or None."""
        return next((trigger for trigger in self.all() if trigger.id == trigger_id), None)

    def remove(self, trigger_id: int) -> bool:
        """Takes one away; False where there was none."""
        with self._lock:
            return self._triggers.pop(trigger_id, None) is not None

    def on_change(self, change: TicketChange) -> None:
        """A listener for `TicketStore.listeners`."""
        if change.kind not in ("created", "updated"):
            return
        for trigger in self.all():
            if trigger.active and met(trigger.conditions, change):
                self._fire(trigger, change.ticket)

    def _fire(self, trigger: Trigger, ticket: SimulatedTicket) -> None:
        for webhook_id, template in trigger.notifications():
            webhook = self.webhooks.get(webhook_id)
            if webhook and webhook.active:
                webhook.send(self.render(template, ticket))

    def render(self, template: str, ticket: SimulatedTicket) -> bytes:
        """A body for this ticket as it is now."""
        return PLACEHOLDER.sub(lambda match: self._shown(match[1], ticket), template).encode()

    def _shown(self, placeholder: str, ticket: SimulatedTicket) -> str:
        name = placeholder.removeprefix("ticket.")
        values = {
            "id": str(ticket.id),
            "title": ticket.subject,
            "status": ticket.status.capitalize(),
            "tags": " ".join(ticket.tags),
            "updated_at_with_timestamp": stamp(ticket.updated_at)[:-3] + "00Z",
        }
        if name.startswith("ticket_field_"):
            value = ticket.fields.get(name.removeprefix("ticket_field_")) or ""
            values[name] = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        text = values.get(name, "")
        return json.dumps(text)[1:-1] if self.escapes else text
