"""Which version of the Links API agents' links go to.  A version that answers need not be the one in use."""

from collections.abc import Sequence

from linksync.core.migration import Live, live
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.links_api import LinksApi
from linksync.outbound.responses import ResponseModel

ESCALATED = "tags:jira_escalated"
"""Zendesk's Jira app tags the tickets that agents link."""
_MOST_LOOKED_AT = 5


class _Found(ResponseModel):
    id: int


class _SearchResponse(ResponseModel):
    results: tuple[_Found, ...] = ()


def escalated(zendesk: HttpApi, *, most: int = 1) -> tuple[str, ...]:
    """The newest tickets that agents linked, as far as the search knows."""
    query = {"query": f"type:ticket {ESCALATED}", "sort_by": "created_at", "sort_order": "desc", "per_page": str(most)}
    call = Call(method="GET", path="/api/v2/search", query=query)
    found = zendesk.send(call, accept=frozenset({200})).read(_SearchResponse)
    return tuple(str(row.id) for row in found.results)


class LiveVersionCheck:
    """Finds out which version lists tickets that are known to be linked.  Raises the errors of `linksync.errors`."""

    def __init__(self, zendesk: HttpApi, source: LinksApi, target: LinksApi) -> None:
        self._zendesk, self._source, self._target = zendesk, source, target

    def live(self, tickets: Sequence[str]) -> Live:
        """The version that lists these tickets, or else the newest that an agent linked and that is linked still.

        The tag outlives the link: whoever unlinks a ticket leaves it.
        """
        if tickets:
            return self._told_by(tickets)
        told = (self._told_by([ticket]) for ticket in escalated(self._zendesk, most=_MOST_LOOKED_AT))
        return next((one for one in told if one is not Live.UNKNOWN), Live.UNKNOWN)

    def _told_by(self, tickets: Sequence[str]) -> Live:
        return live(tickets, self._linked(self._source, tickets), self._linked(self._target, tickets))

    def _linked(self, api: LinksApi, tickets: Sequence[str]) -> set[str]:
        return {ticket for ticket in tickets if next(api.rows_of_ticket(ticket), None)}
