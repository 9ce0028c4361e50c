"""How long a failed lane waits."""

import pytest

from linksync.core.backoff import LONG_OUTAGE, delay

ALMOST_ONE = 1 - 2**-53
JITTERS = (0.0, 0.5, ALMOST_ONE)
DAY = 86_400


@pytest.mark.parametrize(("attempt", "longest"), [(1, 4), (2, 8), (3, 16), (4, 32), (5, 64), (6, 128), (7, 256)])
@pytest.mark.parametrize("throttled", [False, True])
def test_without_a_demand_it_is_exponential_with_full_jitter(attempt: int, longest: int, throttled: bool) -> None:
    waits = [delay(attempt=attempt, retry_after=None, jitter=jitter, throttled=throttled) for jitter in JITTERS]
    assert waits == [1, longest // 2, longest]


@pytest.mark.parametrize("attempt", [8, 9, 100, LONG_OUTAGE])
def test_in_an_outage_it_is_four_minutes_on_average(attempt: int) -> None:
    waits = [delay(attempt=attempt, retry_after=None, jitter=jitter) for jitter in (0.0, 0.5, ALMOST_ONE)]
    assert waits == [150, 225, 300]


@pytest.mark.parametrize("attempt", [LONG_OUTAGE + 1, 1_000])
@pytest.mark.parametrize("throttled", [False, True])
def test_in_an_outage_of_days_it_is_longer(attempt: int, throttled: bool) -> None:
    waits = [delay(attempt=attempt, retry_after=None, jitter=jitter, throttled=throttled) for jitter in JITTERS]
    assert waits == [900, 1_350, 1_800]


@pytest.mark.parametrize("attempt", [8, LONG_OUTAGE])
def test_a_vendor_that_throttles_is_asked_as_soon_as_it_may_be(attempt: int) -> None:
    waits = [
        delay(attempt=attempt, retry_after=30.0, jitter=jitter, throttled=True) for jitter in (0.0, 0.5, ALMOST_ONE)
    ]
    assert waits == [30, 150, 300]


@pytest.mark.parametrize("left", [0.5, 20.0, 60.0, 3_600.0])
def test_a_lane_that_is_put_off_in_a_long_outage_waits_three_minutes_on_average(left: float) -> None:
    """SQS counts every receive, also of a message for which nobody was asked."""
    jitters = [(n + 0.5) / 1_000 for n in range(1_000)]
    waits = [delay(attempt=100, retry_after=left, jitter=jitter) for jitter in jitters]
    assert sum(waits) / len(waits) >= 180


def test_a_message_outlives_an_outage_of_over_a_day_and_one_of_four() -> None:
    """1,000 receives are SQS's limit, after which it is a dead letter."""
    waits = [delay(attempt=attempt, retry_after=None, jitter=0.5) for attempt in range(1, 1_000)]
    assert sum(waits[:LONG_OUTAGE]) > 30 * 3_600
    assert 4 * DAY < sum(waits) < 14 * DAY
    throttled = [delay(attempt=n, retry_after=60, jitter=0.5, throttled=True) for n in range(1, 1_000)]
    assert sum(throttled[:LONG_OUTAGE]) > 24 * 3_600


@pytest.mark.parametrize(
    ("demand", "jitter", "seconds"),
    [
        (0, 0.0, 1),  # never at once
        (-5, 0.0, 1),
        (0.2, 0.0, 1),
        (1.5, 0.0, 2),  # whole seconds, rounded up
        (60, 0.0, 60),
        (60, 0.1, 61),  # a little more, so that waiting lanes do not all come at once
        (3_600, 0.0, 3_600),  # no cap of ours: the demand is obeyed
        (3_600, 0.5, 3_781),
        (40_000, 0.0, 40_000),
        (43_000, ALMOST_ONE, 43_000),
        (86_400, 0.0, 43_000),  # SQS hides a message for 12 hours at most
        (float("inf"), 0.5, 43_000),
    ],
)
@pytest.mark.parametrize("attempt", [1, 5])
def test_a_demand_is_obeyed(demand: float, jitter: float, seconds: int, attempt: int) -> None:
    assert delay(attempt=attempt, retry_after=demand, jitter=jitter) == seconds


@pytest.mark.parametrize("demand", [1, 5, 60])
def test_a_small_demand_does_not_shorten_the_backoff(demand: float) -> None:
    """A vendor that is down for a day and asks for five seconds would use up SQS's 1,000 receives in two hours."""
    assert delay(attempt=10, retry_after=demand, jitter=0.5) == delay(attempt=10, retry_after=None, jitter=0.5) == 225
