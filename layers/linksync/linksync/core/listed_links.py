"""A link as Zendesk lists it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LinksApiVersion(StrEnum):
    """The integration whose links are kept (the template's `LinksApiVersion`)."""

    V1 = "v1"  # the original one
    V2 = "v2"  # Jira Integration Links V2


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One row of the Links API's list.  Ids are strings of digits.

    `issue_key` is the key that the link was made under, None in rows of the earliest days.  `link_id` is version 1's id
    of the row, which version 2 has not; nor has it `created_at`, in seconds since the epoch.  The issue may be one that
    Jira does not know any more, or never did: rows of a former site stay behind.
    """

    ticket_id: str
    issue_id: str
    issue_key: str | None = None
    link_id: str = ""
    created_at: float | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """What makes it the link that it is: ticket and issue."""
        return self.ticket_id, self.issue_id


def first_of_each_pair(rows: Iterable[LinkRow]) -> dict[tuple[str, str], LinkRow]:
    """The rows by pair.  Where version 1 holds several of one pair, the one with the lowest id stands for them all."""
    first: dict[tuple[str, str], LinkRow] = {}
    for row in rows:
        known = first.get(row.pair)
        if known is None or int(row.link_id or 0) < int(known.link_id or 0):
            first[row.pair] = row
    return first
