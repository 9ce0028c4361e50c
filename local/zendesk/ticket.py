"""A ticket of the simulated Zendesk, and what can happen to one."""

from dataclasses import dataclass, field, replace
from typing import Any

from local.http.messages import Json

WEB_FORM, API = "web_form", "api"
ADMIN_ID, APP_USER_ID = 6130907993114, 6130907993999
"""Who edits by hand or by API, and the user that Zendesk's Jira app makes for itself."""


class NoSuchTicket(LookupError):
    """No ticket of this id can be seen."""


class TicketClosed(Exception):
    """A closed ticket cannot be updated."""


@dataclass(frozen=True, slots=True)
class TicketComment:
    """A comment: a reply that the customer sees where `public`, else an internal note."""

    id: int
    body: str
    public: bool
    created_at: float


@dataclass(frozen=True, slots=True)
class FieldAudit:
    """Somebody changed a custom field."""

    field_id: str
    previous: Json
    value: Json
    author_id: int
    created_at: float


@dataclass(slots=True)
class SimulatedTicket:
    """A ticket.  `fields` holds the custom fields by id (text); times are seconds since the epoch.

    `support_type` is `agent` or `ai_agent`.  What was deleted for good is `scrubbed`: only exports still show its id.
    """

    id: int
    fields: dict[str, Any]
    status: str = "open"
    tags: list[str] = field(default_factory=list)
    subject: str = ""
    comments: list[TicketComment] = field(default_factory=list)
    audits: list[FieldAudit] = field(default_factory=list)
    support_type: str = "agent"
    created_at: float = 0.0
    updated_at: float = 0.0
    deleted: bool = False
    scrubbed: bool = False

    def copy(self) -> "SimulatedTicket":
        """Another one that is equal."""
        return replace(
            self, fields=dict(self.fields), tags=list(self.tags), comments=list(self.comments), audits=list(self.audits)
        )


@dataclass(frozen=True, slots=True)
class TicketChange:
    """One thing that happened to a ticket.

    `kind` is the last part of Zendesk's event type, or `updated` for a whole edit, which has no event of its own but is
    what triggers look at.  `ticket` is the ticket after it.  The field members are set for `custom_field_changed`,
    `target` for `merged`, `changed` (the names of what is different) for `created` and `updated`; `via` is the channel.
    """

    kind: str
    ticket: SimulatedTicket
    at: float
    field_id: str = ""
    previous: Json = None
    current: Json = None
    target: int = 0
    changed: frozenset[str] = frozenset()
    via: str = WEB_FORM
