"""What was not found is looked up again, rarer with age."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from linksync.core.look_ups import FIRST, RAREST, next_look

DAY = 86_400.0
NOW = 1_793_611_800.0


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
