"""The Links API's list against the ledger.  Ticket 5001; issue 10001 is PROJ-1."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.core.drift import Difference, DriftKind, KnownLink, difference, paired, without_doubles
from linksync.core.issue import Issue
from linksync.core.links import LinkState, Owner
from linksync.core.listed_links import LinkRow

PROJ_1, MOVED = Issue("10001", "PROJ-1"), Issue("10001", "NEW-5")
MANY = 50_000


def row(ticket: str = "5001", issue: str = "10001", key: str | None = "PROJ-1", link_id: str = "") -> LinkRow:
    return LinkRow(ticket_id=ticket, issue_id=issue, issue_key=key, link_id=link_id)


def known(
    state: LinkState = LinkState.LINKED,
    owner: Owner = Owner.LINKSYNC,
    *,
    wanted: bool = True,
    issue: Issue = PROJ_1,
    ticket: str = "5001",
) -> KnownLink:
    return KnownLink(ticket_id=ticket, issue=issue, state=state, owner=owner, wanted=wanted)


def kind(found: Difference | None) -> DriftKind | None:
    return found.kind if found else None


def test_what_both_sides_have_is_no_difference_nor_is_what_neither_has() -> None:
    assert difference(row(), known(), PROJ_1) is None
    assert difference(row(key=None), known(), PROJ_1) is None, "rows of the earliest days have no key"
    assert difference(None, None, PROJ_1) is None
    assert difference(None, None, None) is None


@pytest.mark.parametrize(
    ("state", "wanted", "told"),
    [
        (LinkState.LINKED, True, DriftKind.GONE),
        (LinkState.UNLINKED, True, DriftKind.GONE),
        *((state, False, None) for state in LinkState),
        *((state, True, None) for state in LinkState if state not in (LinkState.LINKED, LinkState.UNLINKED)),
    ],
)
def test_a_link_that_the_ledger_has_and_nobody_lists_is_gone(
    state: LinkState, *, wanted: bool, told: DriftKind | None
) -> None:
    assert kind(difference(None, known(state, wanted=wanted), PROJ_1)) == told


def test_a_link_that_is_gone_is_told_with_the_key_that_its_issue_has_now() -> None:
    found = difference(None, known(), MOVED)
    assert found == Difference(kind=DriftKind.GONE, ticket_id="5001", issue=MOVED, known=known())
    unreadable = difference(None, known(), None)
    assert unreadable == Difference(kind=DriftKind.DANGLING, ticket_id="5001", issue=PROJ_1, known=known())


@pytest.mark.parametrize("state", [LinkState.LINKED, LinkState.SEEN, LinkState.TRANSFERRED, LinkState.ORPHANED])
def test_a_listed_link_that_the_ledger_has_differs_by_its_key_alone(state: LinkState) -> None:
    assert difference(row(), known(state, wanted=False), PROJ_1) is None
    assert kind(difference(row(), known(state), MOVED)) is DriftKind.STALE


@pytest.mark.parametrize("there", [None, known(LinkState.PLANNED), known(LinkState.UNLINKED)])
def test_a_listed_link_that_the_ledger_does_not_have_is_unknown(there: KnownLink | None) -> None:
    found = difference(row(), there, PROJ_1)
    assert (kind(found), found and found.issue) == (DriftKind.UNKNOWN, PROJ_1)


@pytest.mark.parametrize("owner", Owner)
def test_a_listed_link_under_an_old_key_is_stale(owner: Owner) -> None:
    found = difference(row(), known(owner=owner), MOVED)
    assert found == Difference(
        kind=DriftKind.STALE, ticket_id="5001", issue=MOVED, known=known(owner=owner), listed_key="PROJ-1"
    )


@pytest.mark.parametrize("there", [None, known(), known(LinkState.SEEN)])
def test_a_listed_link_whose_issue_cannot_be_read_dangles(there: KnownLink | None) -> None:
    found = difference(row(), there, None)
    assert (kind(found), found and found.issue) == (DriftKind.DANGLING, PROJ_1)


def test_what_dangles_has_the_recorded_key_or_the_listed_one_or_none() -> None:
    found = [difference(row(key="OLD-1"), known(), None), difference(row(key="OLD-1"), None, None)]
    found += [difference(row(key=None), None, None)]
    assert [one and (one.issue, one.listed_key) for one in found] == [
        (PROJ_1, "OLD-1"),
        (Issue("10001", "OLD-1"), "OLD-1"),
        (Issue("10001", ""), None),
    ]


AT_WORK = ("CREATING", "DELETING", "REKEYING", "MOVING", "UNLINKING")


@pytest.mark.parametrize("state", [LinkState[name] for name in AT_WORK])
def test_what_the_worker_is_at_is_no_difference(state: LinkState) -> None:
    assert difference(row(), known(state), MOVED) is None
    assert difference(row(), known(state), None) is None


def test_of_several_rows_of_a_pair_the_lowest_id_counts() -> None:
    rows = [row(link_id="10"), row(link_id="9"), row(issue="10002", link_id="11")]
    assert [found.link_id for found in without_doubles(rows)] == ["9", "11"]


PAIRS = st.sets(st.tuples(st.sampled_from("123456"), st.sampled_from("123456")))


@given(PAIRS, PAIRS)
def test_every_pair_of_either_side_comes_once(left: set[tuple[str, str]], right: set[tuple[str, str]]) -> None:
    rows = [row(*pair) for pair in sorted(left)]
    links = [known(ticket=ticket, issue=Issue(issue, "K-1")) for ticket, issue in sorted(right)]
    told = [(one and one.pair, other and other.pair) for one, other in paired(rows, links)]
    assert {one or other for one, other in told} == left | right
    assert [pair for pair in told if None not in pair] == [(pair, pair) for pair in sorted(left & right)]
    assert len(told) == len(left | right)


def test_neither_stream_is_read_further_than_it_must_be() -> None:
    read: list[str] = []

    def rows() -> Iterator[LinkRow]:
        for number in range(10, 90):
            read.append(str(number))
            yield row(str(number))

    pairs = paired(rows(), iter(()))
    next(pairs)
    assert read == ["10"]


def test_many_links_take_as_much_memory_as_few() -> None:
    def rows(step: int) -> Iterator[LinkRow]:
        return (row(f"{number:07}") for number in range(0, MANY, step))

    def links(step: int) -> Iterator[KnownLink]:
        return (known(ticket=f"{number:07}") for number in range(0, MANY, step))

    tracemalloc.start()
    counted = sum(1 for _ in paired(without_doubles(rows(2)), links(3)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted == len({*range(0, MANY, 2), *range(0, MANY, 3)})
    assert peak < 200_000, "bytes: some rows, and not all of them"
