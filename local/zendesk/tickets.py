"""The tickets of the simulated Zendesk: their fields, their life, and the changes that subscribers are told of."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.http.messages import Json
from local.zendesk.ticket import (
    ADMIN_ID,
    WEB_FORM,
    FieldAudit,
    NoSuchTicket,
    SimulatedTicket,
    TicketChange,
    TicketClosed,
    TicketComment,
)

FIRST_TICKET_ID = 5001


class TicketStore:
    """Every ticket of the account.

    Every ticket shows the account's fields (`field_ids`, to which more may be added), null where nobody filled them in.
    Listeners are called in the order of the changes, one at a time; they must not wait, nor change what they are given.
    """

    def __init__(self, field_ids: Iterable[str] = (), clock: Callable[[], float] = time.time) -> None:
        self.field_ids = list(field_ids)
        self.listeners: list[Callable[[TicketChange], None]] = []
        self.clock = clock
        self._tickets: dict[int, SimulatedTicket] = {}
        self._ids = itertools.count(FIRST_TICKET_ID)
        self._comment_ids = itertools.count(1)
        self._lock = threading.RLock()

    def create(  # noqa: PLR0913  keywords that tests read as a sentence
        self,
        fields: Mapping[str, Any] | None = None,
        *,
        ticket_id: int | None = None,
        status: str = "open",
        tags: Iterable[str] = (),
        subject: str = "",
        comment: Mapping[str, Any] | None = None,
        support_type: str = "agent",
        via: str = WEB_FORM,
    ) -> int:
        """A new ticket; the next free id unless one is given."""
        with self._lock:
            number = ticket_id or next(n for n in self._ids if n not in self._tickets)
            now, values = self.clock(), dict(fields or {})
            ticket = SimulatedTicket(number, {**dict.fromkeys(self.field_ids), **values}, status, sorted(tags))
            ticket.subject, ticket.support_type = subject or f"Ticket {number}", support_type
            ticket.created_at = now
            self._comment(ticket, comment or {"body": ticket.subject, "public": True})
            self._tickets[number] = ticket
            changed = frozenset(field_id for field_id, value in values.items() if value)
            self._tell("created", ticket, changed=changed, via=via)
            return number

    def get(self, ticket_id: int) -> SimulatedTicket:
        """A copy of the ticket.  Raises NoSuchTicket, for deleted ones too."""
        with self._lock:
            return self._find(ticket_id).copy()

    def all(self) -> list[SimulatedTicket]:
        """Copies of every ticket that can be seen, by id."""
        with self._lock:
            return [
                self._tickets[number].copy() for number in sorted(self._tickets) if not self._tickets[number].deleted
            ]

    def deleted(self) -> list[SimulatedTicket]:
        """Copies of every ticket in the bin, by id."""
        with self._lock:
            return [ticket.copy() for ticket in self._tickets.values() if ticket.deleted and not ticket.scrubbed]

    def edit(  # noqa: PLR0913  keywords that tests read as a sentence
        self,
        ticket_id: int,
        fields: Mapping[str, Any] | None = None,
        *,
        status: str | None = None,
        tags: Iterable[str] | None = None,
        comment: Mapping[str, Any] | None = None,
        via: str = WEB_FORM,
        author: int = ADMIN_ID,
    ) -> SimulatedTicket:
        """What an agent's Submit does: only what differs is a change.  Raises NoSuchTicket, TicketClosed."""
        with self._lock:
            ticket = self._find(ticket_id)
            if ticket.status == "closed":
                raise TicketClosed
            before = ticket.copy()
            ticket.status = status or ticket.status
            ticket.tags = ticket.tags if tags is None else sorted(set(tags))
            if comment:
                self._comment(ticket, comment)
            ticket.fields.update(fields or {})
            ticket.updated_at = self.clock()
            self._tell_edit(before, ticket, via, author)
            return ticket.copy()

    def touch(self, ticket_id: int) -> None:
        """A change by the system alone: the ticket returns in exports, and no trigger or event tells."""
        with self._lock:
            self._tell("touched", self._find(ticket_id), at=self._find(ticket_id).updated_at)

    def merge(self, source: int, target: int) -> None:
        """Merges one ticket into another: it is closed and tagged; fields are not carried over."""
        with self._lock:
            ticket = self._find(source)
            self._find(target)
            ticket.status, ticket.tags = "closed", sorted([*ticket.tags, "closed_by_merge"])
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
            ticket = self._find(ticket_id, binned=True)
            ticket.deleted = False
            self._tell("undeleted", ticket)

    def permanently_delete(self, ticket_id: int) -> None:
        """Gone for good, whether it was in the bin or not."""
        with self._lock:
            ticket = self._tickets.get(ticket_id)
            if ticket is None or ticket.scrubbed:
                raise NoSuchTicket(ticket_id)
            ticket.deleted = ticket.scrubbed = True
            ticket.subject, ticket.fields, ticket.tags, ticket.comments = "SCRUBBED", {}, [], []
            self._tell("permanently_deleted", ticket)

    def mark_as_spam(self, ticket_id: int) -> None:
        """Suspends the requester and puts the ticket into the bin."""
        with self._lock:
            ticket = self._find(ticket_id)
            ticket.deleted = True
            self._tell("marked_as_spam", ticket)

    def _find(self, ticket_id: int, *, binned: bool = False) -> SimulatedTicket:
        ticket = self._tickets.get(ticket_id)
        if ticket is None or ticket.scrubbed or ticket.deleted != binned:
            raise NoSuchTicket(ticket_id)
        return ticket

    def _comment(self, ticket: SimulatedTicket, comment: Mapping[str, Any]) -> None:
        """Adds a comment; without `public` it is what the first one is, as Zendesk has it."""
        inherited = ticket.comments[0].public if ticket.comments else True
        public = bool(comment.get("public", inherited))
        body = str(comment.get("body") or comment.get("html_body") or "")
        ticket.comments.append(TicketComment(next(self._comment_ids), body, public, self.clock()))

    def _tell_edit(self, before: SimulatedTicket, ticket: SimulatedTicket, via: str, author: int) -> None:
        values = {name: (before.fields.get(name), value) for name, value in ticket.fields.items()}
        different = {name: pair for name, pair in values.items() if (pair[0] or None) != (pair[1] or None)}
        for field_id, (previous, current) in different.items():
            ticket.audits.append(FieldAudit(field_id, previous, current, author, self.clock()))
            self._tell("custom_field_changed", ticket, field_id=field_id, previous=previous, current=current, via=via)
        others = [name for name in ("status", "tags") if getattr(before, name) != getattr(ticket, name)]
        self._tell("updated", ticket, changed=frozenset([*different, *others]), via=via)

    def _tell(self, kind: str, ticket: SimulatedTicket, *, at: float | None = None, **details: Json) -> None:
        ticket.updated_at = self.clock() if at is None else at
        change = TicketChange(kind, ticket.copy(), ticket.updated_at, **details)
        for listener in self.listeners:
            listener(change)
