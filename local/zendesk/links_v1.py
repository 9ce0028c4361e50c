"""The simulated Zendesk's original Jira links API, here called version 1.

Follows Zendesk's page https://developer.zendesk.com/api-reference/ticketing/jira/links/ and recorded answers: ids of
tickets and issues are strings, a link's own id is a number, ids may be posted as either.  What nobody documents is a
switch here: what a duplicate POST does, whether the cursor is a URL, whether "Manage links" closes it too.
"""

from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from local.http.messages import BadJson, HttpRequest, Reply, Route
from local.zendesk.links import FORBIDDEN, LinkTable, SimulatedLink, refused

LARGEST_PAGE = 1000
LIST = r"/api/v2/jira/links(?:\.json)?"
# zenpy shows links below /api/v2, the documentation below /api; both end alike.
LINKS = r"/api/(?:v2/)?services/jira/links/?(?:\.json)?"
LINK = r"/api/(?:v2/)?services/jira/links/(\d+)(?:\.json)?"
NOT_FOUND = Reply(404, {"error": "RecordNotFound", "description": "Not found"})

type Duplicate = Literal["conflict", "invalid", "row", "shown"]


class LinkTableV1(LinkTable):
    """The links of the account's one Jira site, and the handlers that serve them.

    duplicate: what a second POST of a pair does: 409, 422 "already", another row, or 200 with the row that is there.
    cursor_is_url: whether `meta.after_cursor` is a whole URL, as documented, or the bare cursor.
    gated: whether "Manage links" closes this version too.  base_url: the host that those URLs name.
    """

    duplicate: Duplicate = "conflict"
    cursor_is_url = True
    gated = True
    base_url = ""

    def routes(self) -> list[Route]:
        """The documented paths, the deprecated list included."""
        return [
            ("GET", LIST, self.list_links),
            ("GET", LINKS, self.list_deprecated),
            ("POST", LINKS, self.create),
            ("GET", LINK, self.show),
            ("DELETE", LINK, self.delete),
        ]

    def gate(self, request: HttpRequest) -> Reply | None:
        """The refusal that stands before every handler, if any."""
        if self.gated and not self.manage_links:
            return refused(403, "Forbidden", FORBIDDEN)
        if request.method in ("POST", "DELETE") and request.content_type != "application/json":
            return Reply(415, "Content-Type must be application/json")
        return None

    def list_links(self, request: HttpRequest) -> Reply:
        """GET /api/v2/jira/links: by id, up to 1,000 a page, filtered by ticket alone."""
        wanted = request.query.get("filter[ticket_id]", "")
        try:
            after = int(request.query.get("page[after]") or 0)
            size = min(int(request.query.get("page[size]") or LARGEST_PAGE), LARGEST_PAGE)
        except ValueError:
            return Reply(400, "Bad Request")
        numbers = self.select(wanted)
        page, more = self.page(numbers, size, after=after)
        meta = {"has_more": more, "after_cursor": self._cursor(page, size, wanted) if more else None}
        return Reply(200, {"links": [self.shown(row) for row in page], "meta": meta, "total": len(numbers)})

    def list_deprecated(self, request: HttpRequest) -> Reply:
        """GET /api/services/jira/links: from `since_id` on; the end is an empty page."""
        limit = min(int(request.query.get("limit") or LARGEST_PAGE), LARGEST_PAGE)
        numbers = self.select(request.query.get("ticket_id", ""))
        page, _ = self.page(numbers, limit, after=int(request.query.get("since_id") or 0))
        return Reply(200, {"links": [self.shown(row) for row in page], "total": len(page)})

    def create(self, request: HttpRequest) -> Reply:
        """POST /api/services/jira/links."""
        try:
            ticket, issue, key = _link_of(request.json())
        except (BadJson, KeyError, TypeError, ValueError):
            return Reply(400, "Bad Request")
        with self._lock:
            known = self.find(ticket, issue)
            if known is None or self.duplicate == "row":
                return Reply(201, {"link": self.shown(self.insert(ticket, issue, key))})
        if self.duplicate == "shown":
            return Reply(200, {"link": self.shown(known)})
        if self.duplicate == "conflict":
            return Reply(409, "Conflict")
        return Reply(422, {"error": "RecordInvalid", "description": f"Issue is already linked to ticket {ticket}"})

    def show(self, request: HttpRequest) -> Reply:
        """GET /api/services/jira/links/{id}."""
        row = self._rows.get(int(request.args[0]))
        return Reply(200, {"link": self.shown(row)}) if row else NOT_FOUND

    def delete(self, request: HttpRequest) -> Reply:
        """DELETE /api/services/jira/links/{id}."""
        return Reply(204) if self.drop(int(request.args[0])) else NOT_FOUND

    def shown(self, row: SimulatedLink) -> dict[str, Any]:
        """As the API shows it."""
        at = datetime.fromtimestamp(row.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {
            "id": row.number,
            "ticket_id": row.ticket_id,
            "issue_id": row.issue_id,
            "issue_key": row.issue_key,
            "url": f"{self.base_url}/api/services/jira/links/{row.number}",
            "created_at": at,
            "updated_at": at,
        }

    def _cursor(self, page: list[SimulatedLink], size: int, ticket: str) -> str:
        after = str(page[-1].number)
        if not self.cursor_is_url:
            return after
        query = {"page[after]": after, "page[size]": str(size)} | ({"filter[ticket_id]": ticket} if ticket else {})
        return f"{self.base_url}/api/v2/jira/links?{urlencode(query)}"


def _link_of(body: dict[str, Any]) -> tuple[str, str, str]:
    link = body["link"]
    ticket, issue, key = (str(link[name] or "") for name in ("ticket_id", "issue_id", "issue_key"))
    if not (ticket.isdigit() and issue.isdigit() and key):
        raise ValueError("a link needs a ticket's id, an issue's id and its key")
    return ticket, issue, key
