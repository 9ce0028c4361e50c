"""Links of Zendesk's Jira integration, version 2.

https://developer.zendesk.com/api-reference/ticketing/jira/jira_integration_links_v2/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

from linksync.core.issue import Issue
from linksync.core.listed_links import LinkRow
from linksync.errors import Misconfigured, UpstreamRefused
from linksync.outbound.deadline import SECONDS_A_CALL, within
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.link_rows import Row, links_of
from linksync.outbound.links_api import Created, LinkPage, all_rows, next_cursor
from linksync.outbound.responses import Response, ResponseModel

_LINKS = "/api/v2/integrations/jira/{external_id}/links"
_LINK = _LINKS + "/ticket/{ticket_id}/issue/{issue_id}"
_NOT_THERE = "NotFound"
_NO_LINK = "link not found"  # the title that is documented; an unknown external_id has the same code
_PAGE_SIZE = "100"


type Cursor = Annotated[str, BeforeValidator(lambda cursor: cursor or "")]


class _Meta(ResponseModel):
    has_more: bool
    after: Cursor = ""
    before: Cursor = ""


class _ListResponse(ResponseModel):
    links: tuple[Row, ...]
    meta: _Meta


class _LinkResponse(ResponseModel):
    link: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksV2:
    """The links of the Jira integration named by `external_id`.  Raises Misconfigured when that is empty."""

    zendesk: HttpApi
    external_id: str

    def __post_init__(self) -> None:
        if not self.external_id:
            raise Misconfigured("JiraIntegrationExternalId is required when LinksApiVersion is v2")

    def of_ticket(self, ticket_id: str) -> "TicketLinksV2":
        """The links of a ticket."""
        return TicketLinksV2(self.zendesk, {"external_id": self.external_id, "ticket_id": ticket_id})

    def page(self, *, after: str = "", before: str = "", ticket_id: str = "", issue_id: str = "") -> LinkPage:
        """A hundred links, after or before a cursor, of a ticket or of an issue where one is given.

        Zendesk refuses both cursors at once.
        """
        asked = {"page[after]": after, "page[before]": before, "ticket_id": ticket_id, "issue_id": issue_id}
        query = {"page[size]": _PAGE_SIZE} | {name: value for name, value in asked.items() if value}
        call = Call(method="GET", path=_LINKS, ids={"external_id": self.external_id}, query=query)
        response = self.zendesk.send(call, accept=frozenset({200}))
        shown = response.read(_ListResponse)
        meta = shown.meta
        ahead, behind = (meta.before, meta.after) if before else (meta.after, meta.before)
        ahead = next_cursor(response, has_more=meta.has_more, cursor=ahead, asked_with=before or after)
        rows = links_of(response, shown.links, ticket_id=ticket_id, issue_id=issue_id)
        return LinkPage(rows=rows, after=behind if before else ahead, before=ahead if before else behind)

    def rows(self) -> Iterator[LinkRow]:
        """All links."""
        return all_rows(lambda after: self.page(after=after))

    def rows_of_ticket(self, ticket_id: str) -> Iterator[LinkRow]:
        """The links of a ticket."""
        return all_rows(lambda after: self.page(after=after, ticket_id=ticket_id))

    def rows_of_issue(self, issue_id: str) -> Iterator[LinkRow]:
        """The links of an issue."""
        return all_rows(lambda after: self.page(after=after, issue_id=issue_id))


@dataclass(frozen=True, slots=True)
class TicketLinksV2:
    """The links of one ticket.  `ids` are those of the integration and of the ticket."""

    zendesk: HttpApi
    ids: Mapping[str, str]

    def ready_to_create(self) -> None:
        """Get credentials, and a token where they need one."""
        self.zendesk.ready()

    def ready_to_delete(self, *, link_id: str = "") -> None:  # noqa: ARG002  version 1's
        """Get credentials, and a token where they need one."""
        self.zendesk.ready()

    def create(self, issue: Issue) -> Created:
        """Link them.

        Only a 409 `LinkAlreadyExists` tells that they were linked: any other 409 is a conflict in Zendesk, and retried.
        """
        link = {"issue_id": issue.id, "issue_key": issue.key, "ticket_id": self.ids["ticket_id"]}
        call = Call(method="POST", path=_LINKS, ids=self.ids, body={"link": link})
        response = self.zendesk.send(call, accept=frozenset({201, 404, 409}))
        match response.status, response.code:
            case 201, _:
                return Created(made=True)
            case 409, "LinkAlreadyExists":
                return Created(made=False)
            case 404, code if code:
                raise UpstreamRefused(
                    f"{response.call} was answered 404 ({code}): Zendesk has no ticket {link['ticket_id']}, or no Jira "
                    "integration by this external_id. Check the ticket and JiraIntegrationExternalId.",
                    not_found=True,
                )
        raise response.unavailable("which tells neither that the link is there nor that it cannot be")

    def delete(self, issue_id: str, *, link_id: str = "") -> bool:  # noqa: ARG002  version 1's
        """Unlink them.

        The API's own 404 for a link tells that there was none.  Any other 404 is checked by a look at the link: while
        that is there, or cannot be told, UpstreamUnavailable is raised, and UpstreamRefused where the API itself tells
        that something else is missing.
        """
        ids = {**self.ids, "issue_id": issue_id}
        with within(SECONDS_A_CALL):
            response = self.zendesk.send(Call(method="DELETE", path=_LINK, ids=ids), accept=frozenset({204, 404}))
            if response.status == 204:
                return True
            if not _tells_of_no_link(response):
                _require_no_link(self._shown(ids))
        return False

    def holds(self, issue_id: str) -> None:  # noqa: ARG002  version 1's
        """Not known without a call."""
        return

    def show(self, issue_id: str, *, link_id: str = "") -> LinkRow | None:  # noqa: ARG002  version 1's
        """The link, by the call for a pair."""
        response = self._shown({**self.ids, "issue_id": issue_id})
        if response.status != 200:
            _require_no_link(response)
            return None
        row = response.read(_LinkResponse).link
        return next(iter(links_of(response, [row], ticket_id=self.ids["ticket_id"], issue_id=issue_id)))

    def _shown(self, ids: Mapping[str, str]) -> Response:
        return self.zendesk.send(Call(method="GET", path=_LINK, ids=ids), accept=frozenset({200, 404}))


def _require_no_link(response: Response) -> None:
    """Raises UpstreamUnavailable, or UpstreamRefused where the API tells that something else than the link is missing.

    `response` is to a look at a link.
    """
    if _tells_of_no_link(response):
        return
    if response.status == 404 and response.code == _NOT_THERE:
        raise UpstreamRefused(
            f"{response.call} was answered 404 ({_NOT_THERE}), and not for want of a link: the Jira integration by "
            "this external_id may be another one now. Check JiraIntegrationExternalId, then run `linksync redrive`."
        )
    how = "although the link was not to be there" if response.status == 200 else "by something other than its API"
    raise response.unavailable(how)


def _tells_of_no_link(response: Response) -> bool:
    return response.status == 404 and response.code == _NOT_THERE and response.title.strip(". ").lower() == _NO_LINK
