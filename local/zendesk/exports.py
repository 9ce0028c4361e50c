"""Zendesk's incremental cursor export of tickets.

Follows https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/: what changed since
a time or a cursor, by `generated_timestamp`, which moves with changes by the system too; the latest minute is left out;
deletions are in the stream; tickets of AI agents only where `support_type_scope` asks for them.
"""

import threading
from bisect import bisect_left, bisect_right
from typing import Any
from urllib.parse import urlencode

from local.http.messages import HttpRequest, Reply, Route
from local.zendesk.replies import make_cursor, read_cursor
from local.zendesk.ticket import SimulatedTicket, TicketChange
from local.zendesk.ticket_json import shown
from local.zendesk.tickets import TicketStore

PATH = r"/api/v2/incremental/tickets/cursor(?:\.json)?"
LARGEST_PAGE = 1000
SCOPES = {"all": {"agent", "ai_agent"}, "agent": {"agent"}, "ai_agent": {"ai_agent"}}
TOO_RECENT = Reply(
    422, {"error": "StartTimeTooRecent", "description": "Too recent start_time. Use a start_time older than 1 minute"}
)


class ExportsApi:
    """The stream of changed tickets, each in it once: at its latest change.

    `excluded_seconds` is the latest minute; a test may make it shorter.
    """

    def __init__(self, tickets: TicketStore) -> None:
        self.base_url = ""
        self.excluded_seconds = 60.0
        self._clock = tickets.clock
        self._times: list[float] = []
        self._ids: list[int] = []
        self._latest: dict[int, tuple[int, SimulatedTicket]] = {}
        self._lock = threading.Lock()
        tickets.listeners.append(self.on_change)

    def routes(self) -> list[Route]:
        """The one path."""
        return [("GET", PATH, self._export)]

    def on_change(self, change: TicketChange) -> None:
        """A listener for `TicketStore.listeners`."""
        if change.kind == "custom_field_changed":
            return  # its edit is told as a whole
        with self._lock:
            now = self._clock()
            self._latest[change.ticket.id] = (len(self._times), change.ticket)
            self._times.append(max(now, self._times[-1]) if self._times else now)
            self._ids.append(change.ticket.id)

    def _export(self, request: HttpRequest) -> Reply:
        size = min(int(request.query.get("per_page") or LARGEST_PAGE), LARGEST_PAGE)
        scope = SCOPES[request.query.get("support_type_scope", "agent")]
        with self._lock:
            if "cursor" in request.query:
                start = read_cursor(request.query["cursor"])
            else:
                since = float(request.query["start_time"])
                if since > self._clock() - self.excluded_seconds:
                    return TOO_RECENT
                start = bisect_left(self._times, since)
            binned = request.query.get("exclude_deleted") != "true"
            found, end, last = self._read(start, size, scope, binned=binned)
            tickets = [{**shown(one, self.base_url), "generated_timestamp": int(self._times[at])} for at, one in found]
        after = make_cursor(end) if found or "cursor" in request.query else None
        return Reply(200, self._page(tickets, after, request, last=last))

    def _read(
        self, start: int, size: int, scope: set[str], *, binned: bool
    ) -> tuple[list[tuple[int, SimulatedTicket]], int, bool]:
        """The tickets from this place on, the place after them, and whether that is the end."""
        until = bisect_right(self._times, self._clock() - self.excluded_seconds)
        found: list[tuple[int, SimulatedTicket]] = []
        for at in range(start, until):
            latest, ticket = self._latest[self._ids[at]]
            if latest != at or ticket.support_type not in scope or (ticket.deleted and not binned):
                continue
            if len(found) == size:
                return found, at, False
            found.append((at, ticket))
        return found, max(start, until), True

    def _page(
        self, tickets: list[dict[str, Any]], after: str | None, request: HttpRequest, *, last: bool
    ) -> dict[str, Any]:
        kept = {name: value for name, value in request.query.items() if name not in ("start_time", "cursor")}
        url = f"{self.base_url}/api/v2/incremental/tickets/cursor.json?" + urlencode({"cursor": after or "", **kept})
        return {
            "tickets": tickets,
            "after_url": url if after else None,
            "after_cursor": after,
            "before_url": None,
            "before_cursor": None,
            "end_of_stream": last,
        }
