"""Links of Zendesk's original Jira integration, version 1.

https://developer.zendesk.com/api-reference/ticketing/jira/links/

What nobody documents: how a second POST of a pair is answered, and whether it makes a second row.  So the links of the
ticket are looked at before a create, and a response that may mean "it is there already" counts only when they show it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from linksync.core.issue import Issue
from linksync.core.listed_links import LinkRow, first_of_each_pair
from linksync.errors import UpstreamRefused
from linksync.outbound.deadline import SECONDS_A_CALL, SECONDS_TO_BE_READY, within
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.link_rows import Row, links_of
from linksync.outbound.links_api import Created, LinkPage, all_rows, next_cursor
from linksync.outbound.looking import looking
from linksync.outbound.responses import Response, ResponseModel

_LIST = "/api/v2/jira/links"
_LINKS = "/api/services/jira/links"
_LINK = _LINKS + "/{link_id}"
_NOT_THERE = "RecordNotFound"
_PAGE_SIZE = "1000"
_OK = frozenset({200})
_SECONDS_NEW = SECONDS_A_CALL + 2.0  # the call's own time, and what Zendesk's clocks may differ by
_ALREADY = re.compile(rb"already|exist|taken|duplicate", re.IGNORECASE)


class _Meta(ResponseModel):
    has_more: bool = False
    after_cursor: str | int | None = None


class _ListResponse(ResponseModel):
    links: tuple[Row, ...]
    meta: _Meta
    total: int | None = None


class _LinkResponse(ResponseModel):
    link: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksV1:
    """The links of the account's one Jira site."""

    zendesk: HttpApi

    def of_ticket(self, ticket_id: str) -> "TicketLinksV1":
        """The links of a ticket."""
        return TicketLinksV1(self, ticket_id)

    def page(self, *, after: str = "", ticket_id: str = "") -> LinkPage:
        """A thousand links after a cursor, of a ticket where one is given."""
        asked = {"filter[ticket_id]": ticket_id, "page[after]": after}
        query = {"page[size]": _PAGE_SIZE} | {name: value for name, value in asked.items() if value}
        response = self.zendesk.send(Call(method="GET", path=_LIST, query=query), accept=_OK)
        shown = response.read(_ListResponse)
        cursor = _token(str(shown.meta.after_cursor or "")) if shown.meta.has_more else ""
        cursor = next_cursor(response, has_more=shown.meta.has_more, cursor=cursor, asked_with=after)
        return LinkPage(rows=links_of(response, shown.links, ticket_id=ticket_id), after=cursor, total=shown.total)

    def rows(self) -> Iterator[LinkRow]:
        """All links, the oldest first."""
        return all_rows(lambda after: self.page(after=after))

    def rows_of_ticket(self, ticket_id: str) -> Iterator[LinkRow]:
        """The links of a ticket."""
        return all_rows(lambda after: self.page(after=after, ticket_id=ticket_id))

    def rows_of_issue(self, issue_id: str) -> Iterator[LinkRow]:
        """The links of an issue, out of the whole list: this version has no filter for it."""
        return (row for row in self.rows() if row.issue_id == issue_id)


def _token(cursor: str) -> str:
    """The cursor itself: some accounts are given a whole URL that holds it.

    No URL is followed: it may name another host than the account's own (as host-mapped accounts are shown), and gets no
    credentials.  What it holds is good at the host in ZendeskBaseUrl.
    """
    if not re.match(r"https?://", cursor):
        return cursor
    return (parse_qs(urlsplit(cursor).query).get("page[after]") or [""])[0]


class TicketLinksV1:
    """The links of one ticket: listed once, at the first need, and kept up to date with what is done here."""

    def __init__(self, links: LinksV1, ticket_id: str) -> None:
        self._links, self._zendesk, self._ticket_id = links, links.zendesk, ticket_id
        self._rows: list[LinkRow] | None = None

    def ready_to_create(self) -> None:
        """Look at the ticket's links."""
        with within(SECONDS_TO_BE_READY):
            self._listed()
            self._zendesk.ready()

    def ready_to_delete(self, *, link_id: str = "") -> None:
        """Look at the ticket's links where the link's id is not known."""
        with within(SECONDS_TO_BE_READY):
            if not link_id:
                self._listed()
            self._zendesk.ready()

    def holds(self, issue_id: str) -> LinkRow | None:
        """The link as it was listed; the one with the lowest id where there are several."""
        return first_of_each_pair(self._rows or ()).get((self._ticket_id, issue_id))

    def create(self, issue: Issue) -> Created:
        """Link them, unless the ticket's links show that they are linked."""
        with within(SECONDS_A_CALL):
            self._listed()
            if row := self.holds(issue.id):
                return Created(made=False, link_id=row.link_id, created_at=row.created_at)
            link = {"issue_id": issue.id, "issue_key": issue.key, "ticket_id": self._ticket_id}
            call = Call(method="POST", path=_LINKS, body={"link": link})
            response = self._zendesk.send(call, accept=frozenset({200, 201, 400, 404, 409, 422}))
            if response.status in (200, 201):
                return self._made(response, issue)
            return self._there_already(response, issue)

    def delete(self, issue_id: str, *, link_id: str = "") -> bool:
        """Unlink them: the row of this id, or every row of the pair where it is not known."""
        with within(SECONDS_A_CALL):
            ids = [link_id] if link_id else [row.link_id for row in self._listed() if row.issue_id == issue_id]
            removed = [self._delete(each) for each in ids]
        return any(removed)

    def show(self, issue_id: str, *, link_id: str = "") -> LinkRow | None:
        """The link by its id, or from the ticket's links where that is not known."""
        if not link_id:
            self._listed_anew()
            return self.holds(issue_id)
        call = Call(method="GET", path=_LINK, ids={"link_id": link_id})
        response = self._zendesk.send(call, accept=frozenset({200, 404}))
        if response.status == 404:
            if response.code != _NOT_THERE:
                raise response.unavailable("by something other than its API")
            return None
        row = response.read(_LinkResponse).link
        return next(iter(links_of(response, [row], ticket_id=self._ticket_id, issue_id=issue_id)))

    def _listed(self) -> list[LinkRow]:
        if self._rows is None:
            with looking():
                self._rows = list(self._links.rows_of_ticket(self._ticket_id))
        return self._rows

    def _listed_anew(self) -> list[LinkRow]:
        self._rows = None
        return self._listed()

    def _made(self, response: Response, issue: Issue) -> Created:
        row = response.read(_LinkResponse).link.link()
        if row is None or row.pair != (self._ticket_id, issue.id):
            raise response.mistaken("link")
        self._listed().append(row)
        made = response.status == HTTPStatus.CREATED or _is_new(row, response)
        return Created(made=made, link_id=row.link_id, created_at=row.created_at)

    def _there_already(self, response: Response, issue: Issue) -> Created:
        """The link that stood in the way.  Raises UpstreamRefused or UpstreamUnavailable when there is none."""
        if response.status == 409 or _ALREADY.search(response.body):
            self._listed_anew()
            if row := self.holds(issue.id):
                return Created(made=False, link_id=row.link_id, created_at=row.created_at)
        if response.status == 409 or response.foreign_404:
            raise response.unavailable("although no such link is there")
        code = f" ({response.code})" if response.code else ""
        raise UpstreamRefused(
            f"{response.call} was answered {response.status}{code}: Zendesk does not link ticket {self._ticket_id} to "
            f"{issue.key}. Check that both exist, and that LinksApiVersion is the version of the integration in use.",
            not_found=response.status == 404,
        )

    def _delete(self, link_id: str) -> bool:
        call = Call(method="DELETE", path=_LINK, ids={"link_id": link_id})
        response = self._zendesk.send(call, accept=frozenset({204, 404}))
        unproved = response.status == 404 and response.code != _NOT_THERE
        if unproved and any(row.link_id == link_id for row in self._listed_anew()):
            raise response.unavailable("although the link is there")
        if self._rows is not None:
            self._rows = [row for row in self._rows if row.link_id != link_id]
        return response.status == 204


def _is_new(row: LinkRow, response: Response) -> bool:
    """Whether a 200, which is not documented, shows a link that this call made: an agent's may be there meanwhile."""
    if row.created_at is None or response.answered_at is None:
        return False
    return response.answered_at - row.created_at <= _SECONDS_NEW
