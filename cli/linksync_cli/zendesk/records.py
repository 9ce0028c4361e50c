"""Zendesk's things as its API tells them, as far as set-up and doctor look at them.

https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_fields/
https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/
https://developer.zendesk.com/api-reference/ticketing/business-rules/triggers/
"""

from typing import Any

from pydantic import ConfigDict, Field

from linksync.outbound.responses import ResponseModel

TRIGGERED = "conditional_ticket_events"
NOTIFY = "notification_webhook"


class _Row(ResponseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str


class User(ResponseModel):
    """Who calls.  Zendesk answers 200 for "Anonymous user" too, without an id."""

    id: int | None = None
    name: str = ""
    role: str = ""
    active: bool = True
    suspended: bool = False
    url: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether these credentials are an admin's who may work."""
        return self.id is not None and self.role == "admin" and self.active and not self.suspended


class TicketField(_Row):
    """A ticket field."""

    type: str
    title: str
    active: bool = True
    removable: bool = True


class Form(_Row):
    """A ticket form, and the fields that agents see on it."""

    name: str = ""
    active: bool = True
    default: bool = False
    ticket_field_ids: tuple[int, ...] = ()


class Webhook(_Row):
    """A webhook.  `endpoint` is where it posts to."""

    name: str = ""
    endpoint: str = ""
    status: str = ""
    http_method: str = ""
    request_format: str = ""
    subscriptions: tuple[str, ...] = ()

    @property
    def is_for_triggers(self) -> bool:
        """Whether triggers use it; else it brings events."""
        return TRIGGERED in self.subscriptions


class Condition(ResponseModel):
    """A condition of a trigger."""

    field: str = ""
    operator: str | None = None
    value: object = None


class Conditions(ResponseModel):
    """All of the one list, and any of the other."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()


class TriggerAction(ResponseModel):
    """An action of a trigger."""

    field: str = ""
    value: object = None

    @property
    def notified(self) -> tuple[str, str] | None:
        """Id of the webhook that it notifies, and the template of what is sent."""
        if self.field == NOTIFY and isinstance(self.value, list) and len(self.value) == 2:
            return str(self.value[0]), str(self.value[1])
        return None


class Trigger(_Row):
    """A trigger."""

    title: str = ""
    active: bool = True
    conditions: Conditions = Conditions()
    actions: tuple[TriggerAction, ...] = ()

    def template_for(self, webhook_ids: frozenset[str]) -> str | None:
        """The template of what it sends to one of these webhooks; None where it notifies none of them."""
        notified = (action.notified for action in self.actions)
        return next((one[1] for one in notified if one and one[0] in webhook_ids), None)


class Invocation(ResponseModel):
    """What became of one delivery of a webhook."""

    id: str
    status: str = ""
    status_code: int | None = None
    latest_completed_at: str = ""


class Connection(ResponseModel):
    """A connection to a Jira site, as the undocumented list shows it."""

    external_id: str
    name: str = ""
    metadata: dict[str, Any] = Field(default_factory=dict)
