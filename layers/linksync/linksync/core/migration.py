"""Links on their way from one version of the Links API to the other: what is to be copied, and what differs then."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from linksync.core.drift import paired, without_doubles
from linksync.core.listed_links import LinkRow, LinksApiVersion


class Direction(StrEnum):
    """From where to where."""

    V1_TO_V2 = "v1-to-v2"
    V2_TO_V1 = "v2-to-v1"

    @property
    def source(self) -> LinksApiVersion:
        """Where the links are."""
        return LinksApiVersion.V1 if self is Direction.V1_TO_V2 else LinksApiVersion.V2

    @property
    def target(self) -> LinksApiVersion:
        """Where they are copied to."""
        return LinksApiVersion.V2 if self is Direction.V1_TO_V2 else LinksApiVersion.V1


class Live(StrEnum):
    """Which version agents' links go to, as a ticket shows that is known to be linked."""

    SOURCE = "source"
    TARGET = "target"
    BOTH = "both"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """A link that is not the same on both sides, and why: a sentence."""

    row: LinkRow
    why: str


NOT_THERE = "it is not in the target"
OTHER_KEY = "it is in the target under another key"


def live(tickets: Collection[str], in_source: Collection[str], in_target: Collection[str]) -> Live:
    """Which version is live, told by tickets that are known to be linked: the one that lists links of any.

    That an API answers proves nothing: the one that is not in use lists what it held long ago.
    """
    source, target = (any(ticket in listed for ticket in tickets) for listed in (in_source, in_target))
    if source and target:
        return Live.BOTH
    return Live.SOURCE if source else Live.TARGET if target else Live.UNKNOWN


def both_sides(source: Iterable[LinkRow], target: Iterable[LinkRow]) -> Iterator[tuple[LinkRow, LinkRow | None]]:
    """Each link of the source with that of the target, where there is one.  Both must be sorted by ticket and issue."""
    for row, other in paired(without_doubles(source), without_doubles(target)):
        if row is not None:
            yield row, other


def discrepancies(source: Iterable[LinkRow], target: Iterable[LinkRow]) -> Iterator[Discrepancy]:
    """What is not the same on both sides.  A row of the earliest days has no key, which is no difference."""
    for row, other in both_sides(source, target):
        if other is None:
            yield Discrepancy(row=row, why=NOT_THERE)
        elif row.issue_key and other.issue_key and row.issue_key != other.issue_key:
            yield Discrepancy(row=row, why=OTHER_KEY)
