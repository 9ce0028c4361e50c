"""The tickets of the simulated Zendesk: their fields, their life, and the changes that its senders hear of."""

import copy
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.http.messages import Json

FIRST_TICKET_ID = 5001


class NoSuchTicket(LookupError):
    """No ticket of this id can be seen."""


class TicketClosed(Exception):
    """A closed ticket cannot be updated."""


@dataclass(slots=True)
class SimulatedTicket:
    """A ticket.  `fields` holds the custom fields by id (text); times are seconds since the epoch."""

    id: int
    fields: dict[str, Any]
    status: str = "open"
    tags: list[str] = field(default_factory=list)
    created_at: float = 0.0
    updated_at: float = 0.0
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class TicketChange:
    """One thing that happened to a ticket.  `kind` is the last part of Zendesk's event type.

    `ticket` is the ticket after it; the field members are set for `custom_field_changed`, `target` for `merged`.
    """

    kind: str
    ticket: SimulatedTicket
    at: float
    field_id: str = ""
    previous: Json = None
    current: Json = None
    target: int = 0


class TicketStore:
    """Every ticket of the account.

    Every ticket shows the account's fields (`field_ids`), null where nobody filled them in.  Listeners are called in
    the order of the changes, one at a time; they must not wait.
    """

    def __init__(self, field_ids: Iterable[str] = ()) -> None:
        self._blank = dict.fromkeys(field_ids)
        self.listeners: list[Callable[[TicketChange], None]] = []
        self._tickets: dict[int, SimulatedTicket] = {}
        self._ids = itertools.count(FIRST_TICKET_ID)
        self._lock = threading.RLock()

    def create(
        self, fields: Mapping[str, Any] | None = None, *, ticket_id: int | None = None, status: str = "open"
    ) -> int:
        """A new ticket; the next free id unless one is given."""
        with self._lock:
            number = ticket_id or next(n for n in self._ids if n not in self._tickets)
            now = time.time()
            self._tickets[number] = SimulatedTicket(
                number, {**self._blank, **(fields or {})}, status, created_at=now, updated_at=now
            )
            self._tell("created", self._tickets[number])
            return number

    def get(self, ticket_id: int) -> SimulatedTicket:
        """A copy of the ticket.  Raises NoSuchTicket, for deleted ones too."""
        with self._lock:
            return copy.deepcopy(self._find(ticket_id))

    def edit(
        self,
        ticket_id: int,
        fields: Mapping[str, Any] | None = None,
        *,
        status: str | None = None,
        tags: list[str] | None = None,
    ) -> SimulatedTicket:
        """What an agent's Submit does: only what differs is a change.  Raises NoSuchTicket, TicketClosed."""
        with self._lock:
            ticket = self._find(ticket_id)
            if ticket.status == "closed":
                raise TicketClosed
            ticket.status = status or ticket.status
            ticket.tags = ticket.tags if tags is None else list(tags)
            ticket.updated_at = time.time()
            for field_id, value in (fields or {}).items():
                self._set(ticket, field_id, value)
            return copy.deepcopy(ticket)

    def merge(self, source: int, target: int) -> None:
        """Merges one ticket into another: it is closed and tagged; fields are not carried over."""
        with self._lock:
            ticket = self._find(source)
            self._find(target)
            ticket.status, ticket.tags = "closed", [*ticket.tags, "closed_by_merge"]
            self._tell("merged", ticket, target=target)

    def soft_delete(self, ticket_id: int) -> None:
        """To the bin, whence it can be restored."""
        with self._lock:
            ticket = self._find(ticket_id)
            ticket.deleted = True
            self._tell("soft_deleted", ticket)

    def undelete(self, ticket_id: int) -> None:
        """Out of the bin again."""
        with self._lock:
            ticket = self._tickets[ticket_id]
            ticket.deleted = False
            self._tell("undeleted", ticket)

    def permanently_delete(self, ticket_id: int) -> None:
        """Out of the bin for good."""
        with self._lock:
            self._tell("permanently_deleted", self._tickets.pop(ticket_id))

    def mark_as_spam(self, ticket_id: int) -> None:
        """Suspends the requester and puts the ticket into the bin."""
        with self._lock:
            ticket = self._find(ticket_id)
            ticket.deleted = True
            self._tell("marked_as_spam", ticket)

    def _find(self, ticket_id: int) -> SimulatedTicket:
        ticket = self._tickets.get(ticket_id)
        if ticket is None or ticket.deleted:
            raise NoSuchTicket(ticket_id)
        return ticket

    def _set(self, ticket: SimulatedTicket, field_id: str, value: Json) -> None:
        previous = ticket.fields.get(field_id)
        ticket.fields[field_id] = value
        if (previous or None) != (value or None):
            self._tell("custom_field_changed", ticket, field_id=field_id, previous=previous, current=value)

    def _tell(self, kind: str, ticket: SimulatedTicket, **details: Json) -> None:
        ticket.updated_at = time.time()
        change = TicketChange(kind, copy.deepcopy(ticket), ticket.updated_at, **details)
        for listener in self.listeners:
            listener(change)
