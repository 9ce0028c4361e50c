"""The Links API's list against the ledger, pair by pair: what is gone, unknown, stale or dangling.

Both come as streams, sorted by ticket and issue, and nothing of either is kept: a million links take as much memory as
ten.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from linksync.core.issue import Issue
from linksync.core.links import LinkState, Owner
from linksync.core.listed_links import LinkRow, first_of_each_pair

type Pair = tuple[str, str]


class DriftKind(StrEnum):
    """How a link differs."""

    GONE = "gone"  # the ledger has it, and it is not listed: somebody removed it by hand
    UNKNOWN = "unknown"  # it is listed, and the ledger does not have it: somebody made it by hand
    STALE = "stale"  # it is listed under a key that its issue no longer has
    DANGLING = "dangling"  # it is listed, and its issue cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLink:
    """A link as the ledger has it.  `wanted`: a field names it, or an operator asked for it."""

    ticket_id: str
    issue: Issue
    state: LinkState
    owner: Owner
    wanted: bool

    @property
    def pair(self) -> Pair:
        """Ticket and issue."""
        return self.ticket_id, self.issue.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One link that differs.  `issue` is the issue as Jira knows it, or as it is recorded where Jira does not.

    `listed_key` is the key in the list, None where it is not listed or the row has none.
    """

    kind: DriftKind
    ticket_id: str
    issue: Issue
    known: KnownLink | None = None
    listed_key: str | None = None


class _HasPair(Protocol):
    @property
    def pair(self) -> Pair: ...


def paired[L: _HasPair, R: _HasPair](left: Iterable[L], right: Iterable[R]) -> Iterator[tuple[L | None, R | None]]:
    """What stands on both sides together, and what stands on one alone.  Both must be sorted by pair, without doubles.

    It reads no further than it must.
    """
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.pair < other.pair):
            yield one, None
            one = next(lefts, None)
        elif one is None or other.pair < one.pair:
            yield None, other
            other = next(rights, None)
        else:
            yield one, other
            one, other = next(lefts, None), next(rights, None)


def without_doubles(rows: Iterable[LinkRow]) -> Iterator[LinkRow]:
    """Sorted rows, one a pair: version 1 may hold several."""
    for _, same in groupby(rows, key=lambda row: row.pair):
        yield from first_of_each_pair(same).values()


def difference(row: LinkRow | None, known: KnownLink | None, issue: Issue | None) -> Difference | None:
    """How this pair differs, if it does.  `issue` is its issue as Jira knows it now; None: it does not.

    What the worker is at in this moment is no difference, whether it is listed yet or not.
    """
    if row is None:
        return _gone(known, issue) if known else None
    kind = _kind_of_listed(row, known, issue)
    if kind is None:
        return None
    named = issue or (known.issue if known else Issue(row.issue_id, row.issue_key or ""))
    return Difference(kind=kind, ticket_id=row.ticket_id, issue=named, known=known, listed_key=row.issue_key)


def _gone(known: KnownLink, issue: Issue | None) -> Difference | None:
    if not known.wanted or known.state not in (LinkState.LINKED, LinkState.UNLINKED):
        return None
    kind = DriftKind.GONE if issue else DriftKind.DANGLING
    return Difference(kind=kind, ticket_id=known.ticket_id, issue=issue or known.issue, known=known)


def _kind_of_listed(row: LinkRow, known: KnownLink | None, issue: Issue | None) -> DriftKind | None:
    if known and known.state in _AT_WORK:
        return None
    if issue is None:
        return DriftKind.DANGLING
    if known is None or known.state in _NOT_THERE:
        return DriftKind.UNKNOWN
    return DriftKind.STALE if row.issue_key not in (None, issue.key) else None


_NOT_THERE = frozenset({LinkState.PLANNED, LinkState.UNLINKED})
_AT_WORK = frozenset(
    {
        LinkState.CREATING,
        LinkState.REKEYING,
        LinkState.MOVING,
        LinkState.DELETING,
        LinkState.UNLINKING,
    }
)
