"""What people are told of references that nobody answers to: the template's `WrongReferenceNotice`.

Each value is told once at most, crashes included: that the telling begins is recorded before its call, and a call whose
outcome is not known is not repeated.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

MOST_GIVEN = 200
"""Values that the people of one ticket or issue are told in all: the record of a lane must stay small."""

_MOST_NAMED = 20


class WrongReferenceNotice(StrEnum):
    """How somebody is told of a reference that was not found."""

    OFF = "off"
    TAG = "tag"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceNotices:
    """The wrong references that somebody must still be told of (`due`), and those of which the telling was begun."""

    due: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()

    def noting(self, wrong: Iterable[str]) -> "ReferenceNotices":
        """The record after these were not found: those that were never told are due, as far as there is room."""
        fresh = sorted(frozenset(wrong) - self.given - self.due)
        room = max(0, MOST_GIVEN - len(self.given) - len(self.due))
        return replace(self, due=self.due.union(fresh[:room]))

    def only(self, wrong: Iterable[str]) -> "ReferenceNotices":
        """The record when no others are wrong: nobody needs to be told of what is mended."""
        return replace(self, due=self.due.intersection(wrong))

    def begun(self) -> "ReferenceNotices":
        """The record right before all that is due is told."""
        return replace(self, due=frozenset(), given=self.given | self.due)


NO_REFERENCE_NOTICES = ReferenceNotices()


def named(references: Iterable[str]) -> str:
    """References in a sentence: the first few of many, and how many more there are."""
    ordered = sorted(references)
    more = len(ordered) - _MOST_NAMED
    return ", ".join(ordered[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def note_on_ticket(keys: Iterable[str]) -> str:
    """An internal note about issue keys.  It tells nothing of any issue."""
    return (
        f"linksync found no Jira issue for: {named(keys)}. Check the spelling in the field of issue keys, and whether "
        "linksync's Jira account may see the issue. Once the key is right, the link appears by itself."
    )


def comment_on_issue(ticket_ids: Iterable[str]) -> str:
    """A comment about ticket numbers.  It tells nothing of any ticket."""
    return (
        f"linksync found no Zendesk ticket for: {named(ticket_ids)}. Check the numbers in the field of Zendesk "
        "tickets. Once a number is right, the link appears by itself."
    )
