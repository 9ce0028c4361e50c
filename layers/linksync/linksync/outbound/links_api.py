"""What both versions of Zendesk's Links API offer.

Every method may raise RetryLater, UpstreamForbidden or UpstreamRefused (see `linksync.errors`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from linksync.core.issue import Issue
from linksync.core.listed_links import LinkRow
from linksync.outbound.places import Places
from linksync.outbound.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A link that is there.  `made`: this call made it; else it was there already.

    `link_id` and `created_at` (seconds since the epoch) are version 1's; version 2 has neither.
    """

    made: bool
    link_id: str = ""
    created_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """One page of a list.  `after` leads to the next page, and is empty on the last.

    `before` leads to the page before, in version 2; `total` is how many links there are in all, in version 1.
    """

    rows: tuple[LinkRow, ...]
    after: str = ""
    before: str = ""
    total: int | None = None


class TicketLinks(Protocol):
    """The links of one ticket, for the length of one run.  Every call may be repeated safely."""

    def ready_to_create(self) -> None:
        """Get what a create needs first, before its intent is recorded: credentials; version 1 looks at the links."""

    def ready_to_delete(self, *, link_id: str = "") -> None:
        """Get what a delete needs first: credentials; version 1 looks for the link's id where it is not known."""

    def create(self, issue: Issue) -> Created:
        """Link the ticket with the issue.  Takes SECONDS_A_CALL at most."""

    def delete(self, issue_id: str, *, link_id: str = "") -> bool:
        """Unlink them.  True when this call removed the link, False when there was none.  Takes SECONDS_A_CALL."""

    def show(self, issue_id: str, *, link_id: str = "") -> LinkRow | None:
        """The link as it is now; None where there is none.  One call; version 1 lists the ticket's without an id."""

    def holds(self, issue_id: str) -> LinkRow | None:
        """The link as version 1 listed it in this run; None when it did not, and always for version 2."""


class LinksApi(Protocol):
    """The links of one Zendesk account with one Jira site."""

    def of_ticket(self, ticket_id: str) -> TicketLinks:
        """The links of a ticket.  Costs no call."""

    def page(self, *, after: str = "") -> LinkPage:
        """A page of all links, from the cursor `after` on."""

    def rows(self) -> Iterator[LinkRow]:
        """All links, a page at a time."""

    def rows_of_ticket(self, ticket_id: str) -> Iterator[LinkRow]:
        """The links of a ticket."""

    def rows_of_issue(self, issue_id: str) -> Iterator[LinkRow]:
        """The links of an issue.  Version 1 reads the whole list for that: a call for each thousand links."""


def all_rows(page: Callable[[str], LinkPage]) -> Iterator[LinkRow]:
    """The rows of every page, in order.  `page` gets a page by its cursor; the first has an empty one.

    Raises UpstreamUnavailable for a list that leads in a circle.
    """
    places, shown = Places("Zendesk's list of links"), page("")
    yield from shown.rows
    while shown.after:
        places.went_to(shown.after)
        shown = page(shown.after)
        yield from shown.rows


def next_cursor(response: Response, *, has_more: bool, cursor: str, asked_with: str) -> str:
    """The cursor of the next page; empty after the last.  Raises UpstreamUnavailable for a list that goes nowhere."""
    if not has_more:
        return ""
    if not cursor or cursor == asked_with:
        raise response.unavailable("with a page that does not lead to the next")
    return cursor
