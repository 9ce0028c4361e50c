"""When a vendor that keeps failing is left alone, and when it is asked again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.core.breaker import FEW_DEMANDS, FIRST_PAUSE, LONGEST_DEMAND, LONGEST_PAUSE, OPENS_AFTER, Breaker

NOW = 1_700_000_000.0


def failed(times: int, breaker: Breaker | None = None, *, at: float = NOW) -> Breaker:
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = breaker.after_failure(at)
    return breaker


def test_a_vendor_that_answers_is_called_as_if_it_had_never_failed() -> None:
    closed = Breaker(failures=0, demands=0, pause=0, opened_at=0, open_until=0)
    assert Breaker() == closed
    assert failed(OPENS_AFTER).after_demand(NOW, 4.9) == closed
    assert failed(OPENS_AFTER - 1) == replace(closed, failures=OPENS_AFTER - 1)


def test_a_few_failures_in_a_row_open_it() -> None:
    assert failed(OPENS_AFTER - 1).wait(NOW) == 0
    assert failed(OPENS_AFTER).wait(NOW) == FIRST_PAUSE


def test_after_the_pause_one_call_is_a_probe() -> None:
    breaker = failed(OPENS_AFTER)
    assert breaker.probes
    assert breaker.wait(NOW + FIRST_PAUSE - 1) == 1
    assert breaker.wait(NOW + FIRST_PAUSE) == 0
    assert not failed(OPENS_AFTER - 1).probes


def test_each_probe_that_fails_makes_the_pause_twice_as_long_up_to_half_a_minute() -> None:
    breaker, now, pauses = failed(OPENS_AFTER - 1), NOW, []
    for _ in range(7):
        breaker = breaker.after_failure(now)
        pauses.append(breaker.wait(now))
        now += pauses[-1]
    assert pauses == [5, 10, 20, *4 * [LONGEST_PAUSE]]


@pytest.mark.parametrize(
    ("demand", "wait"), [(0, 0), (4.9, 0), (5, 5), (93, 93), (3600, 3600), (86_400, LONGEST_DEMAND)]
)
def test_a_long_demand_opens_it_for_that_long_and_no_probe_follows(demand: float, wait: float) -> None:
    breaker = failed(OPENS_AFTER).after_demand(NOW, demand)
    assert breaker.wait(NOW) == wait
    assert not breaker.probes
    assert failed(OPENS_AFTER - 1, breaker).wait(NOW) == 0


@given(
    st.lists(st.tuples(st.sampled_from(["failure", "demand"]), st.floats(0, 1e6)), max_size=20),
    st.floats(-1e9, 1e9),
)
def test_it_never_stays_open_for_longer_than_an_hour_whatever_happens_and_wherever_the_clock_jumps(
    history: list[tuple[str, float]], jump: float
) -> None:
    breaker, now = Breaker(), NOW
    for what, seconds in history:
        breaker = breaker.after_failure(now) if what == "failure" else breaker.after_demand(now, seconds)
        now += breaker.wait(now)
        assert breaker.wait(now) == 0
    assert 0 <= breaker.wait(now + jump) <= LONGEST_DEMAND


@pytest.mark.parametrize("breaker", [failed(OPENS_AFTER), Breaker().after_demand(NOW, 3_600)])
@pytest.mark.parametrize("jump", [1, 60, 86_400, NOW])
def test_a_clock_that_is_put_back_keeps_nobody_waiting_until_it_has_caught_up(breaker: Breaker, jump: float) -> None:
    """What was measured by the clock as it was tells nothing any more: the vendor is asked."""
    assert breaker.wait(NOW) > 0
    assert breaker.wait(NOW - jump) == 0


def test_demands_in_a_row_are_an_outage_after_the_first_few() -> None:
    """What is put off then waits as in any outage, three minutes and more: SQS counts its receives."""
    breaker, throttled = Breaker(), []
    for number in range(FEW_DEMANDS + 2):
        breaker = breaker.after_demand(60.0 * number, 60.0)
        throttled.append(breaker.throttled)
    assert throttled == [True] * FEW_DEMANDS + [False] * 2
    assert Breaker().after_demand(0.0, 60.0).throttled
    assert not Breaker().throttled
    assert not breaker.after_failure(0.0).throttled
