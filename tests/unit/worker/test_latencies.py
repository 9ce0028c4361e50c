"""The latencies of calls: a line a vendor and minute, and none lost while the process lives."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from linksync.metrics import Metric
from linksync.worker.latencies import PAUSE, Latencies
from tests.simulation.clock import Clock

START = 1_800_000_000.0


class Lines(list[tuple[str, Sequence[float]]]):
    """What was written: vendor and milliseconds."""

    def __call__(self, _level: int, message: str, *, counts: Mapping[Metric, Any], source: str, **_: object) -> None:
        assert (message, list(counts)) == ("calls", [Metric.UPSTREAM_MILLISECONDS])
        self.append((source, tuple(counts[Metric.UPSTREAM_MILLISECONDS])))


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def latencies(lines: Lines, clock: Clock) -> Latencies:
    return Latencies(lines, lambda: clock.now)


def test_the_first_are_written_at_once(latencies: Latencies, lines: Lines) -> None:
    latencies.add({"zendesk": [300.0], "jira": [200.0, 250.0]})
    latencies.add({})
    assert lines == [("zendesk", (300.0,)), ("jira", (200.0, 250.0))]


def test_those_of_the_next_minute_come_in_one_line(latencies: Latencies, lines: Lines, clock: Clock) -> None:
    for seconds in (0.0, 10.0, 40.0, 9.0, 1.0):
        clock.now += seconds
        latencies.add({"zendesk": [seconds]})
    assert lines == [("zendesk", (0.0,)), ("zendesk", (10.0, 40.0, 9.0, 1.0))]


def test_a_run_without_calls_writes_what_is_due(latencies: Latencies, lines: Lines, clock: Clock) -> None:
    latencies.add({"jira": [1.0]})
    latencies.add({"jira": [2.0]})
    clock.now += PAUSE
    latencies.add({})
    assert lines == [("jira", (1.0,)), ("jira", (2.0,))]


def test_a_minute_without_calls_writes_no_line(latencies: Latencies, lines: Lines, clock: Clock) -> None:
    latencies.add({"jira": [1.0]})
    clock.now += 2 * PAUSE
    latencies.add({})
    latencies.add({"jira": [2.0]})
    assert lines == [("jira", (1.0,)), ("jira", (2.0,))]


def test_no_line_holds_more_than_cloudwatch_takes(latencies: Latencies, lines: Lines) -> None:
    latencies.add({"zendesk": [1.0] * 250})
    latencies.add({"zendesk": [2.0] * 99})
    latencies.add({"zendesk": [3.0]})
    assert [len(times) for _, times in lines] == [100, 100, 50, 100]


def test_a_clock_that_is_set_back_holds_nothing_back(latencies: Latencies, lines: Lines, clock: Clock) -> None:
    latencies.add({"jira": [1.0]})
    clock.now -= 3600
    latencies.add({"jira": [2.0]})
    assert len(lines) == 2


def test_what_comes_after_a_quiet_minute_is_written_at_once(latencies: Latencies, lines: Lines, clock: Clock) -> None:
    latencies.add({"jira": [1.0]})
    clock.now += PAUSE
    latencies.add({})
    latencies.add({"jira": [2.0]})
    assert lines == [("jira", (1.0,)), ("jira", (2.0,))]
