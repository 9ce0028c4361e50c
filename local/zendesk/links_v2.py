"""The simulated Zendesk's Jira Integration Links API, version 2.

Follows Zendesk's page "Jira Integration Links (V2)": paths, bodies, statuses and error codes are the documented ones.
What the page leaves open is decided here: the order is that of creation, `count` counts the page, ids must be strings,
a DELETE of an absent link answers 404, and a POST without a JSON content type 415.
"""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from local.http.messages import BadJson, HttpRequest, Reply, Route
from local.zendesk.links import FORBIDDEN, LinkTable, SimulatedLink, refused

LARGEST_PAGE = 100
LINKS = r"/api/v2/integrations/jira/([^/]+)/links"
LINK = LINKS + r"/ticket/([^/]+)/issue/([^/]+)"


class LinkTableV2(LinkTable):
    """The links of one connection, and the handlers that serve them: one row a pair."""

    def __init__(self, external_id: str, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self.external_id = external_id

    def routes(self) -> list[Route]:
        """The documented paths."""
        return [
            ("GET", LINKS, self.list_links),
            ("POST", LINKS, self.create),
            ("GET", LINK, self.show),
            ("DELETE", LINK, self.delete),
        ]

    def gate(self, request: HttpRequest) -> Reply | None:
        """The refusal that stands before every handler, if any."""
        if request.args[0] != self.external_id:
            return refused(404, "NotFound", "Integration not found")
        if not self.manage_links:
            return refused(403, "Forbidden", FORBIDDEN)
        if request.method in ("POST", "DELETE") and request.content_type != "application/json":
            return Reply(415 if request.method == "POST" else 400, "Content-Type must be application/json")
        return None

    def list_links(self, request: HttpRequest) -> Reply:
        """GET …/links, with cursors and filters."""
        after, before = (request.query.get(f"page[{name}]", "") for name in ("after", "before"))
        if after and before:
            return refused(400, "BadRequest", "Cannot use both page[after] and page[before] parameters")
        numbers = self.select(request.query.get("ticket_id", ""), request.query.get("issue_id", ""))
        try:
            size = _size(request.query.get("page[size]", ""))
            page, more = self.page(numbers, size, after=_number(after), before=_number(before))
        except ValueError:
            return refused(400, "BadRequest", "Invalid pagination parameters")
        cursors = {"after": _cursor(page[-1]), "before": _cursor(page[0])} if page else {"after": "", "before": ""}
        links = [shown(row) for row in page]
        return Reply(200, {"count": len(links), "links": links, "meta": {**cursors, "has_more": more}})

    def create(self, request: HttpRequest) -> Reply:
        """POST …/links."""
        try:
            link = _link_of(request.json())
        except (BadJson, KeyError, TypeError, ValueError):
            return refused(400, "BadRequest", "Invalid request body")
        if not self.add(**link):
            return refused(409, "LinkAlreadyExists", f"Issue is already linked to ticket {link['ticket_id']}")
        return Reply(201, {"link": link})

    def show(self, request: HttpRequest) -> Reply:
        """GET …/links/ticket/{ticket_id}/issue/{issue_id}."""
        row = self.find(request.args[1], request.args[2])
        return Reply(200, {"link": shown(row)}) if row else refused(404, "NotFound", "Link not found")

    def delete(self, request: HttpRequest) -> Reply:
        """DELETE …/links/ticket/{ticket_id}/issue/{issue_id}."""
        if self.remove(request.args[1], request.args[2]):
            return Reply(204)
        return refused(404, "NotFound", "Link not found")


def shown(row: SimulatedLink) -> dict[str, str | None]:
    """As the API shows it."""
    return {"issue_id": row.issue_id, "issue_key": row.issue_key, "ticket_id": row.ticket_id}


def _link_of(body: dict[str, Any]) -> dict[str, str]:
    link = {name: body["link"][name] for name in ("issue_id", "issue_key", "ticket_id")}
    if not all(isinstance(value, str) and value for value in link.values()):
        raise ValueError("every member is a string with something in it")
    if not (link["issue_id"].isdigit() and link["ticket_id"].isdigit()):
        raise ValueError("ids are digits")
    return link


def _size(asked: str) -> int:
    size = int(asked or LARGEST_PAGE)
    if not 1 <= size <= LARGEST_PAGE:
        raise ValueError(size)
    return size


def _cursor(row: SimulatedLink) -> str:
    return base64.urlsafe_b64encode(json.dumps({"id": row.number}).encode()).decode().rstrip("=")


def _number(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["id"])
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError("not a cursor of ours") from problem
