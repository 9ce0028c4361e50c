"""Tickets in bulk: what changed since a cursor, what a search finds, and how many that is.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/#export-search-results
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from linksync.core.change_feed import ChangedTicket, TicketPage
from linksync.errors import UpstreamRefused
from linksync.outbound.http_api import Call, HttpApi, Timeouts
from linksync.outbound.responses import Response, ResponseModel
from linksync.outbound.zendesk_tickets import field_text
from linksync.references.fields import TooManyReferences

LARGEST_PAGE, SMALLEST_PAGE = 1_000, 50
"""Tickets of a page of the export.  Zendesk's advice for a page that takes too long is a smaller one."""
SEARCH_PAGE = 100
MOST_BODY_BYTES = 16 * 1024 * 1024
"""A page of a thousand tickets with all that is written on them."""
_TIMEOUTS = Timeouts(total=40.0)
_ERASED = "SCRUBBED"
_MERGED = "closed_by_merge"  # a tag
_OK = frozenset({200})


class CursorRefused(UpstreamRefused):
    """Zendesk does not take the cursor any more, or this start: read from a time instead."""


class _FieldEntry(ResponseModel):
    id: int | str
    value: object = None


class _Row(ResponseModel):
    id: int
    updated_at: datetime
    generated_timestamp: float | None = None
    status: str = ""
    subject: str | None = None
    tags: tuple[str, ...] | None = None
    custom_fields: tuple[_FieldEntry, ...] | None = None


class _Unreadable(ResponseModel):
    """A row of another shape than is documented.  One such row must not end every reading of its page."""

    id: int


def _readable(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return _Unreadable.model_validate(value)


type _AnyRow = Annotated[_Row | _Unreadable, WrapValidator(_readable)]


class _ExportResponse(ResponseModel):
    tickets: tuple[_AnyRow, ...]
    after_cursor: str | None = None
    end_of_stream: bool


class _SearchMeta(ResponseModel):
    has_more: bool = False
    after_cursor: str | None = None


class _SearchResponse(ResponseModel):
    results: tuple[_AnyRow, ...]
    meta: _SearchMeta


class _CountResponse(ResponseModel):
    count: int = Field(ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZendeskExports:
    """Lists of tickets with the field `field_id` (TicketFieldId) read by `parse`, which gives the keys in a text."""

    zendesk: HttpApi
    field_id: str
    parse: Callable[[str], tuple[str, ...]]

    def __post_init__(self) -> None:
        bulk = replace(self.zendesk, most_body_bytes=MOST_BODY_BYTES, timeouts=_TIMEOUTS)
        object.__setattr__(self, "zendesk", bulk)

    def changed(self, *, cursor: str, start: float, size: int = LARGEST_PAGE) -> TicketPage:
        """A page of what changed since the cursor, or since `start` where that is empty; deleted tickets included.

        Raises CursorRefused when Zendesk will not read on from there.
        """
        place = {"cursor": cursor} if cursor else {"start_time": str(int(start))}
        query = place | {"per_page": str(size), "support_type_scope": "all"}
        try:
            response = self.zendesk.send(
                Call(method="GET", path="/api/v2/incremental/tickets/cursor", query=query), accept=_OK
            )
        except UpstreamRefused as refusal:
            raise CursorRefused(str(refusal)) from None
        page = response.read(_ExportResponse)
        rows = self._tickets(response, page.tickets)
        generated = [
            at for row in page.tickets if isinstance(row, _Row) and (at := row.generated_timestamp) is not None
        ]
        return TicketPage(
            rows=rows,
            cursor=page.after_cursor or "",
            last=page.end_of_stream,
            generated_at=max(generated, default=None),
        )

    def with_field(self, *, cursor: str = "") -> TicketPage:
        """A page of the tickets whose field is filled in, as far as the search index knows.

        A cursor lives for an hour: then CursorRefused is raised, and the search begins anew.
        """
        query = {"query": self._filled_in(), "filter[type]": "ticket", "page[size]": str(SEARCH_PAGE)}
        query |= {"page[after]": cursor} if cursor else {}
        try:
            response = self.zendesk.send(Call(method="GET", path="/api/v2/search/export", query=query), accept=_OK)
        except UpstreamRefused as refusal:
            raise CursorRefused(str(refusal)) from None
        page = response.read(_SearchResponse)
        after = page.meta.after_cursor or ""
        rows = self._tickets(response, page.results)
        return TicketPage(rows=rows, cursor=after, last=not (page.meta.has_more and after))

    def count_with_field(self) -> int:
        """About how many tickets have the field filled in, as far as the search index knows."""
        query = {"query": f"type:ticket {self._filled_in()}"}
        return (
            self.zendesk.send(Call(method="GET", path="/api/v2/search/count", query=query), accept=_OK)
            .read(_CountResponse)
            .count
        )

    def _filled_in(self) -> str:
        return f"custom_field_{self.field_id}:*"

    def _tickets(self, response: Response, rows: Sequence[_Row | _Unreadable]) -> tuple[ChangedTicket, ...]:
        """Raises UpstreamUnavailable when there are rows and not one of them has the documented shape."""
        if rows and not any(isinstance(row, _Row) for row in rows):
            raise response.unavailable("with a list of something other than tickets")
        return tuple(map(self._ticket, rows))

    def _ticket(self, row: _Row | _Unreadable) -> ChangedTicket:
        if isinstance(row, _Unreadable):
            return ChangedTicket(ticket_id=str(row.id), refs=None, updated_at=0.0, too_many=True)
        deleted = row.status == "deleted"
        ticket = ChangedTicket(
            ticket_id=str(row.id),
            refs=None,
            updated_at=row.updated_at.timestamp(),
            deleted=deleted,
            erased=deleted and row.subject == _ERASED,
            merged=row.status == "closed" and _MERGED in (row.tags or ()),
        )
        entry = next((entry for entry in row.custom_fields or () if str(entry.id) == self.field_id), None)
        if entry is None:
            return ticket
        try:
            return replace(ticket, refs=self.parse(field_text(entry.value)))
        except TooManyReferences:
            return replace(ticket, too_many=True)
