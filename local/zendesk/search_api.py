"""Zendesk's search and search export, over an index that may lag.

Follows https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/: ordinary search has offset
pages and stops at 1,000 results whatever `count` says; the export has cursors, wants `filter[type]`, and a cursor lives
for an hour.  A `type:` in an export's query is an error by the page; recorded answers show that the same type is taken.
"""

from typing import Any
from urllib.parse import urlencode

from local.http.messages import HttpRequest, Reply, Route
from local.lagging_index import LaggingIndex
from local.zendesk.paths import JSON
from local.zendesk.replies import make_cursor, read_cursor_text
from local.zendesk.search_query import BadQuery, Term, parsed
from local.zendesk.ticket import SimulatedTicket, TicketChange
from local.zendesk.ticket_json import shown
from local.zendesk.tickets import TicketStore

USUAL_PAGE = 100
LARGEST_EXPORT_PAGE = 1000
MOST_RESULTS = 1000
CURSOR_SECONDS = 3600
TOO_MANY = Reply(
    422,
    {
        "error": "invalid",
        "description": "Invalid search: Requested response size was greater than Search Response Limits",
    },
)


class SearchApi:
    """Searches tickets; of other types there are none here.  `index.lag` is how far it is behind, in seconds."""

    def __init__(self, tickets: TicketStore) -> None:
        self.base_url = ""
        self.index: LaggingIndex[int, SimulatedTicket] = LaggingIndex(tickets.clock)
        self._clock = tickets.clock
        tickets.listeners.append(self.on_change)

    def routes(self) -> list[Route]:
        """Search, its count, and the export."""
        return [
            ("GET", "/api/v2/search" + JSON, self._search),
            ("GET", "/api/v2/search/count" + JSON, self._count),
            ("GET", "/api/v2/search/export" + JSON, self._export),
        ]

    def on_change(self, change: TicketChange) -> None:
        """A listener for `TicketStore.listeners`."""
        if change.ticket.deleted:
            self.index.remove(change.ticket.id)
        else:
            self.index.put(change.ticket.id, change.ticket)

    def _search(self, request: HttpRequest) -> Reply:
        if any(name.startswith("page[") for name in request.query):
            return Reply(400, {"error": "BadRequest", "description": "page must be an integer"})
        try:
            found = self._found(*parsed(request.query["query"]))
        except BadQuery as problem:
            return Reply(422, {"error": "invalid", "description": str(problem)})
        page = int(request.query.get("page") or 1)
        size = min(int(request.query.get("per_page") or USUAL_PAGE), USUAL_PAGE)
        if page * size > MOST_RESULTS:
            return TOO_MANY
        by, reverse = request.query.get("sort_by", ""), request.query.get("sort_order", "desc") == "desc"
        if by in ("created_at", "updated_at", "status"):
            found.sort(key=lambda ticket: getattr(ticket, by), reverse=reverse)
        rows = found[(page - 1) * size : page * size]
        return Reply(200, {"results": self._shown(rows), "facets": None, "count": len(found),
                           **self._neighbours(request, page, more=page * size < len(found))})  # fmt: skip

    def _count(self, request: HttpRequest) -> Reply:
        try:
            return Reply(200, {"count": len(self._found(*parsed(request.query["query"])))})
        except BadQuery as problem:
            return Reply(422, {"error": "invalid", "description": str(problem)})

    def _export(self, request: HttpRequest) -> Reply:
        wanted = request.query.get("filter[type]")
        if wanted is None:
            return Reply(400, {"error": "BadRequest", "description": "filter[type] is required"})
        try:
            found = self._found(*parsed(request.query["query"], only=wanted))
        except BadQuery as problem:
            return Reply(422, {"error": "invalid", "description": str(problem)})
        cursor = request.query.get("page[after]")
        began, _, last = (read_cursor_text(cursor) if cursor else f"{self._clock()}/0").partition("/")
        if self._clock() - float(began) > CURSOR_SECONDS:
            return Reply(400, {"error": "InvalidCursor", "description": "The cursor has expired"})
        size = min(int(request.query.get("page[size]") or USUAL_PAGE), LARGEST_EXPORT_PAGE)
        rest = sorted((ticket for ticket in found if ticket.id > int(last)), key=lambda ticket: ticket.id)
        return Reply(200, self._export_page(request, rest[:size], began, more=len(rest) > size))

    def _export_page(
        self, request: HttpRequest, rows: list[SimulatedTicket], began: str, *, more: bool
    ) -> dict[str, Any]:
        after = make_cursor(f"{began}/{rows[-1].id}") if rows else None
        query = {**request.query, "page[after]": after or ""}
        url = f"{self.base_url}/api/v2/search/export.json?{urlencode(query)}"
        return {
            "results": self._shown(rows),
            "facets": None,
            "meta": {"has_more": more, "after_cursor": after, "before_cursor": None},
            "links": {"next": url if more else None, "prev": None},
        }

    def _found(self, terms: list[Term], kind: str) -> list[SimulatedTicket]:
        if kind not in ("", "ticket"):
            return []
        return [ticket for ticket in self.index.values() if all(term.holds(ticket) for term in terms)]

    def _shown(self, tickets: list[SimulatedTicket]) -> list[dict[str, Any]]:
        return [{**shown(ticket, self.base_url), "result_type": "ticket"} for ticket in tickets]

    def _neighbours(self, request: HttpRequest, page: int, *, more: bool) -> dict[str, str | None]:
        url = f"{self.base_url}/api/v2/search.json?"
        pages = {"next_page": page + 1 if more else None, "previous_page": page - 1 if page > 1 else None}
        return {
            name: url + urlencode({**request.query, "page": number}) if number else None
            for name, number in pages.items()
        }
