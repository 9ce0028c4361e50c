"""What was not found is looked up again, rarer with age."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.core.checkpoints import Look
from linksync.core.lanes import TicketFacts
from linksync.core.look_ups import FIRST, LATE_LINKS, RAREST, first_look, look_for_late_links, misses_more, next_look

DAY = 86_400.0
NOW = 1_793_611_807.5


def _looks(since: float, until: float) -> list[float]:
    looks = [since]
    while looks[-1] < until:
        looks.append(next_look(since=since, now=looks[-1]))
    return looks[1:]


def test_soon_at_first_then_rarer_and_at_last_every_week_or_two() -> None:
    looks = _looks(NOW, NOW + 400 * DAY)
    gaps = [later - earlier for earlier, later in pairwise([NOW, *looks])]
    assert gaps[0] == FIRST
    assert sum(at < NOW + DAY for at in looks) <= 10
    assert RAREST <= gaps[-1] <= 2 * RAREST
    assert len(looks) < 75


@given(st.floats(0, 500 * DAY), st.floats(0, 500 * DAY))
def test_never_at_once_and_never_later_than_two_weeks(age: float, now: float) -> None:
    waits = next_look(since=NOW + now - age, now=NOW + now) - (NOW + now)
    assert FIRST - 0.001 <= waits <= 2 * RAREST


def test_looks_of_one_lane_that_began_at_different_times_fall_together() -> None:
    one, other = _looks(NOW, NOW + 300 * DAY), _looks(NOW + 12_345_678.9, NOW + 300 * DAY)
    assert one[-15:] == other[-15:]


@pytest.mark.parametrize(
    ("missing_for", "interval"),
    [
        (0, 600),
        (600, 600),
        (601, 1_200),
        (1_200, 1_200),
        (3_000, 4_800),
        (200_000, 307_200),
        (400_000, 604_800),
        (9_000_000, 604_800),
    ],
)
def test_what_has_been_missing_for_longer_is_looked_up_rarer(missing_for: float, interval: float) -> None:
    due = next_look(since=NOW - missing_for, now=NOW)
    if interval == FIRST:
        assert due == NOW + FIRST
    else:
        assert due % interval == 0
        assert NOW + interval <= due < NOW + 2 * interval


def test_the_first_look_and_the_look_for_late_links() -> None:
    assert first_look("ticket#5001", now=NOW) == Look(lane="ticket#5001", due_at=NOW + FIRST, since=NOW)
    late = Look(lane="issue#10001", due_at=NOW + LATE_LINKS, since=NOW)
    assert look_for_late_links("issue#10001", now=NOW) == late


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (TicketFacts(), TicketFacts(), False),
        (TicketFacts(), TicketFacts(not_found=frozenset({"A-1"})), True),
        (TicketFacts(not_found=frozenset({"A-1"})), TicketFacts(not_found=frozenset({"A-1"})), False),
        (TicketFacts(not_found=frozenset({"A-1"})), TicketFacts(not_found=frozenset({"A-1", "A-2"})), True),
        (TicketFacts(not_found=frozenset({"A-1"})), TicketFacts(), False),
        (TicketFacts(), TicketFacts(missing=True), True),
        (TicketFacts(missing=True), TicketFacts(missing=True), False),
        (TicketFacts(missing=True), TicketFacts(), False),
    ],
)
def test_whether_more_is_missing_than_before(before: TicketFacts, after: TicketFacts, more: bool) -> None:
    assert misses_more(before, after) is more
