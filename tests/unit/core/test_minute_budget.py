"""No minute sees more than is allowed, and no minute sees much less while there is work."""

from hypothesis import given
from hypothesis import strategies as st

from linksync.core.minute_budget import MinuteBudget


def _as_fast_as_allowed(amounts: list[int], allowed: int) -> list[tuple[float, int]]:
    window, now, taken = MinuteBudget(60.0), 0.0, []
    for amount in amounts:
        now += window.wait(now, allowed=allowed, amount=amount)
        window.take(now, amount)
        taken.append((now, amount))
    return taken


@given(st.lists(st.integers(1, 5), max_size=60), st.integers(5, 20))
def test_no_minute_ever_sees_more_than_is_allowed(amounts: list[int], allowed: int) -> None:
    taken = _as_fast_as_allowed(amounts, allowed)
    for begins, _ in taken:
        assert sum(amount for at, amount in taken if begins <= at < begins + 60) <= allowed


@given(st.integers(1, 50), st.integers(1, 300))
def test_all_that_is_allowed_is_used(allowed: int, calls: int) -> None:
    taken = _as_fast_as_allowed([1] * calls, allowed)
    assert taken[-1][0] == 60.0 * ((calls - 1) // allowed)


def test_what_is_more_than_allowed_at_all_waits_for_an_empty_window() -> None:
    assert _as_fast_as_allowed([3, 9, 1], 5) == [(0.0, 3), (60.0, 9), (120.0, 1)]


def test_a_smaller_allowance_counts_at_once() -> None:
    window = MinuteBudget(60.0)
    for at in (0.0, 1.0, 2.0):
        window.take(at)
    assert window.wait(3.0, allowed=4) == 0.0
    assert window.wait(3.0, allowed=2) == 58.0
