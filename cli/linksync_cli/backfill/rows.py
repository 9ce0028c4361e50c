"""Where the rows of a backfill come from, a page at a time, and from which place on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from linksync.core.backfill import BackfillRow
from linksync.core.change_feed import IssuePage, TicketPage
from linksync.errors import UpstreamUnavailable
from linksync.outbound.jira_search import JiraSearch, PageRefused
from linksync.outbound.places import Places
from linksync.outbound.zendesk_exports import LARGEST_PAGE, SMALLEST_PAGE, CursorRefused, ZendeskExports

_SEARCH, _EXPORT = "search ", "export "
_SEARCHED = "Zendesk's search export"
_BEGINNING = 1.0  # seconds since the epoch: before every ticket


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the place of what comes after them; empty at the end."""

    rows: Sequence[BackfillRow]
    after: str


class Rows(Protocol):
    """Somewhere to read rows from.  What it reads may raise the errors of `linksync.errors`."""

    @property
    def content(self) -> str:
        """The digest of a file's content; empty for a vendor's list."""

    def total(self) -> int | None:
        """About how many rows there are; None where nobody tells."""

    def pages(self, place: str) -> Iterator[Page]:
        """The pages from a place on; from the beginning where that is empty, or of no use any more."""


class ZendeskRows:
    """Tickets whose field is filled in: by the search, and by the export of all tickets where that cannot search."""

    content = ""

    def __init__(self, exports: ZendeskExports) -> None:
        self._exports = exports
        self._size = LARGEST_PAGE

    def total(self) -> int | None:
        """As far as the search index knows."""
        return self._exports.count_with_field()

    def pages(self, place: str) -> Iterator[Page]:
        """See Rows.  A place begins with the way that it is on."""
        if not place.startswith(_EXPORT):
            try:
                yield from self._searched(place.removeprefix(_SEARCH))
            except _CannotSearch:
                place = _EXPORT
            else:
                return
        yield from self._exported(place.removeprefix(_EXPORT))

    def _searched(self, cursor: str) -> Iterator[Page]:
        last, read, furthest, places = False, 0, -1, Places(_SEARCHED)
        while not last:
            try:
                page = self._exports.with_field(cursor=cursor)
            except CursorRefused:
                if not cursor or read <= furthest:
                    raise _CannotSearch from None
                # A cursor lives for an hour: it is read anew, and further.
                cursor, read, furthest, places = "", 0, read, Places(_SEARCHED)
                continue
            cursor, last, read = page.cursor, page.last, read + 1
            if not last:
                places.went_to(cursor)
            yield Page(page.rows, "" if last else _SEARCH + cursor)

    def _exported(self, cursor: str) -> Iterator[Page]:
        last, page, places = False, self._export(cursor), Places("Zendesk's export of tickets")
        while not last:
            page = page or self._changed(cursor)
            cursor, last, rows, page = page.cursor, page.last, page.rows, None
            if not last:
                places.went_to(cursor)
            yield Page(rows, "" if last else _EXPORT + cursor)

    def _export(self, cursor: str) -> TicketPage | None:
        """The first page from a cursor that an earlier run kept."""
        try:
            return self._changed(cursor)
        except CursorRefused:
            if not cursor:
                raise
            return self._changed("")

    def _changed(self, cursor: str) -> TicketPage:
        """A page of the export.  One that takes too long, or is too large, is asked for in smaller ones."""
        while True:
            try:
                return self._exports.changed(cursor=cursor, start=_BEGINNING, size=self._size)
            except UpstreamUnavailable:
                if self._size <= SMALLEST_PAGE:
                    raise
                self._size = max(SMALLEST_PAGE, self._size // 4)


class _CannotSearch(Exception):
    """Zendesk refuses the search itself."""


class JiraRows:
    """Issues whose field is filled in."""

    content = ""

    def __init__(self, search: JiraSearch) -> None:
        self._search = search

    def total(self) -> int | None:
        """As far as the search index knows."""
        return self._search.count_with_field()

    def pages(self, place: str) -> Iterator[Page]:
        """See Rows.  A place is a page's token, which lives for seven days."""
        page, places = self._first(place), Places("Jira's search")
        yield Page(page.rows, page.token)
        while page.token:
            places.went_to(page.token)
            page = self._search.with_field(token=page.token)
            yield Page(page.rows, page.token)

    def _first(self, token: str) -> IssuePage:
        """The first page from a token that an earlier run kept."""
        try:
            return self._search.with_field(token=token)
        except PageRefused:
            if not token:
                raise
            return self._search.with_field()
