"""An outage of two hours in the simulation of `make bench`: nobody else waits, and the vendor is not run over."""

import pytest

from tests.bench.backlog import KINDS, PLAN, Row, outage

LANES = 1_000
HOURS = 2


def played(kind: str, *, breaker: bool = True) -> Row:
    return outage(kind, breaker, lanes=LANES, lasts=HOURS * 3600)


@pytest.mark.parametrize("kind", KINDS)
def test_with_the_breaker_all_is_right_soon_and_nobody_else_waits(kind: str) -> None:
    row = played(kind)
    assert (row.dead, len(row.late)) == (0, LANES)
    assert row.late[-1] < 600
    assert row.delays[-1] < 5
    assert row.used > 0.9
    assert max(row.asked_after) < 1.1 * PLAN


def test_without_it_a_vendor_that_hangs_keeps_everybody_waiting() -> None:
    """The model can tell: else it would show nothing."""
    without, with_it = played("hanging", breaker=False), played("hanging")
    assert without.delays[len(without.delays) // 2] > 60
    assert with_it.calls < without.calls / 4
    assert with_it.seconds < without.seconds / 4
