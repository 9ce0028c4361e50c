"""The simulated Zendesk's Jira Integration Links API, version 2.

Follows Zendesk's page "Jira Integration Links (V2)": paths, bodies, statuses and error codes are the documented ones.
What the page leaves open is decided here: the order is that of creation, `count` counts the page, ids must be strings,
a DELETE of an absent link answers 404, and a POST without a JSON content type 415.
"""

import base64
import json
import threading
from dataclasses import dataclass
from typing import Any

from local.http.messages import BadJson, HttpRequest, Reply

LARGEST_PAGE = 100
FORBIDDEN = "Link automation is not allowed for this integration"


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A row of the links table.  `number` orders the rows and makes the cursors."""

    number: int
    ticket_id: str
    issue_id: str
    issue_key: str

    def shown(self) -> dict[str, str]:
        """As the API shows it."""
        return {"issue_id": self.issue_id, "issue_key": self.issue_key, "ticket_id": self.ticket_id}


def refused(status: int, code: str, title: str) -> Reply:
    """An error in the form of the integrations APIs."""
    return Reply(status, {"errors": [{"code": code, "title": title}]})


class LinkTableV2:
    """The links of one integration, and the handlers that serve them.

    `manage_links` is the switch "Manage links" of the integration's settings: off, everything answers 403.
    """

    def __init__(self, external_id: str) -> None:
        self.external_id = external_id
        self.manage_links = True
        self._rows: dict[tuple[str, str], LinkRow] = {}
        self._next = 1
        self._lock = threading.RLock()

    def all(self) -> list[LinkRow]:
        """Every link, oldest first."""
        with self._lock:
            return sorted(self._rows.values(), key=lambda link: link.number)

    def pairs(self) -> set[tuple[str, str]]:
        """Every link as (ticket id, issue key)."""
        return {(link.ticket_id, link.issue_key) for link in self.all()}

    def add(self, ticket_id: int | str, issue_id: int | str, issue_key: str) -> bool:
        """Links them, as an agent does by hand in the Jira app; False when they were linked already."""
        pair = (str(ticket_id), str(issue_id))
        with self._lock:
            if pair in self._rows:
                return False
            self._rows[pair] = LinkRow(self._next, *pair, issue_key)
            self._next += 1
            return True

    def remove(self, ticket_id: int | str, issue_id: int | str) -> bool:
        """Unlinks them; False when there was no link."""
        with self._lock:
            return self._rows.pop((str(ticket_id), str(issue_id)), None) is not None

    def gate(self, request: HttpRequest) -> Reply | None:
        """The refusal that stands before every handler, if any."""
        if request.args[0] != self.external_id:
            return refused(404, "NotFound", "Integration not found")
        if not self.manage_links:
            return refused(403, "Forbidden", FORBIDDEN)
        if request.method in ("POST", "DELETE") and request.content_type != "application/json":
            return Reply(415 if request.method == "POST" else 400, "Content-Type must be application/json")
        return None

    def list(self, request: HttpRequest) -> Reply:
        """GET …/links, with cursors and filters."""
        after, before = (request.query.get(f"page[{name}]", "") for name in ("after", "before"))
        if after and before:
            return refused(400, "BadRequest", "Cannot use both page[after] and page[before] parameters")
        rows = [row for row in self.all() if _passes(row, request)]
        try:
            size = _size(request.query.get("page[size]", ""))
            page, more = _page(rows, size, after, before)
        except ValueError:
            return refused(400, "BadRequest", "Invalid pagination parameters")
        cursors = {"after": _cursor(page[-1]), "before": _cursor(page[0])} if page else {"after": "", "before": ""}
        links = [row.shown() for row in page]
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
        row = self._rows.get((request.args[1], request.args[2]))
        return Reply(200, {"link": row.shown()}) if row else refused(404, "NotFound", "Link not found")

    def delete(self, request: HttpRequest) -> Reply:
        """DELETE …/links/ticket/{ticket_id}/issue/{issue_id}."""
        if self.remove(request.args[1], request.args[2]):
            return Reply(204)
        return refused(404, "NotFound", "Link not found")


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


def _passes(row: LinkRow, request: HttpRequest) -> bool:
    wanted = (request.query.get("ticket_id", ""), request.query.get("issue_id", ""))
    return wanted[0] in ("", row.ticket_id) and wanted[1] in ("", row.issue_id)


def _page(rows: list[LinkRow], size: int, after: str, before: str) -> tuple[list[LinkRow], bool]:
    if before:
        rows = [row for row in rows if row.number < _number(before)]
        return rows[-size:], len(rows) > size
    rows = [row for row in rows if row.number > (_number(after) if after else 0)]
    return rows[:size], len(rows) > size


def _cursor(row: LinkRow) -> str:
    return base64.urlsafe_b64encode(json.dumps({"id": row.number}).encode()).decode().rstrip("=")


def _number(cursor: str) -> int:
    try:
        return int(json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["id"])
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError("not a cursor of ours") from problem
