"""A share of what the vendor allows: the lowest limit wins, and what is nearly used up is left to others."""

from dataclasses import dataclass, field

import pytest

from linksync.errors import UnfinishedWork
from linksync.outbound.pace import Pace
from linksync.outbound.rate_limits import RateLimit

EXPORT, SHOW = "/api/v2/incremental/tickets/cursor", "/api/v2/tickets/{ticket_id}"


@dataclass
class Road:
    """Time that passes only while somebody waits."""

    now: float = 1_000.0
    left: float = 10_000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def road() -> Road:
    return Road()


@pytest.fixture
def pace(road: Road) -> Pace:
    return Pace(0.2, longest=lambda: road.left, clock=road.clock, sleep=road.sleep)


def _calls(pace: Pace, road: Road, number: int, *limits: RateLimit, path: str = SHOW) -> list[float]:
    begun = []
    for _ in range(number):
        pace.before(path)
        begun.append(road.now - 1_000.0)
        pace.after(path, limits)
    return begun


def test_without_any_word_the_smallest_plan_is_assumed(pace: Pace, road: Road) -> None:
    begun = _calls(pace, road, 81)
    assert (begun[39], begun[40], begun[80]) == (0.0, 60.0, 120.0)


def test_a_fifth_of_the_plan_that_the_headers_tell(pace: Pace, road: Road) -> None:
    begun = _calls(pace, road, 281, RateLimit(total=700, remaining=650))
    assert (begun[139], begun[140], begun[280]) == (0.0, 60.0, 120.0)


def test_an_endpoints_lower_limit_wins_for_its_own_calls_alone(pace: Pace, road: Road) -> None:
    limits = RateLimit(total=700, remaining=600), RateLimit(total=10, remaining=9, endpoint="incremental-exports")
    assert _calls(pace, road, 3, *limits, path=EXPORT) == [0.0, 0.0, 60.0]
    assert _calls(pace, road, 100, limits[0]) == [60.0] * 100


def test_one_call_a_minute_is_the_least(pace: Pace, road: Road) -> None:
    limit = RateLimit(total=2, remaining=1, endpoint="tiny")
    assert _calls(pace, road, 3, limit, path=EXPORT) == [0.0, 60.0, 120.0]


def test_what_is_nearly_used_up_is_left_to_others_until_there_is_more(pace: Pace, road: Road) -> None:
    assert _calls(pace, road, 2, RateLimit(total=700, remaining=139, resets=41)) == [0.0, 41.0]
    assert _calls(pace, road, 2, RateLimit(total=700, remaining=140, resets=41))[1] == 82.0


def test_a_wait_beyond_the_runs_end_ends_it(pace: Pace, road: Road) -> None:
    road.left = 59.0
    with pytest.raises(UnfinishedWork):
        _calls(pace, road, 41)
    assert road.slept == []
