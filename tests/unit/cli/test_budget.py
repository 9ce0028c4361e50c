"""The pace of a backfill, on a clock that waits move."""

from collections import deque
from dataclasses import dataclass, field

import pytest

from linksync.outbound.rate_limits import RateLimit
from linksync_cli.backfill.budget import MOST_OUTSTANDING, Budget

MINUTE = 60.0


@dataclass
class Queue:
    """A worker that takes so many seconds for a message; calls are made when it is done."""

    seconds: float = 1.0
    now: float = 1_000.0
    due: deque[tuple[float, int]] = field(default_factory=deque)
    calls: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def send(self, cost: int) -> None:
        self.due.append((max(self.now, self.due[-1][0] if self.due else 0) + self.seconds, cost))

    def depth(self) -> int:
        while self.due and self.due[0][0] <= self.now:
            at, cost = self.due.popleft()
            self.calls += [at] * cost
        return len(self.due)

    def most_in_a_minute(self) -> int:
        calls = sorted(self.calls)
        return max(sum(begin <= at < begin + MINUTE for at in calls) for begin in calls)


def budget_of(queue: Queue, per_minute: int | None = 100) -> Budget:
    return Budget(per_minute, outstanding=queue.depth, clock=queue.clock, sleep=queue.sleep)


@pytest.mark.parametrize("cost", [1, 3])
@pytest.mark.parametrize("seconds", [0.05, 0.4])
def test_no_minute_sees_more_than_the_budget_and_nearly_all_of_it_is_used(cost: int, seconds: float) -> None:
    queue = Queue(seconds=seconds)
    budget = budget_of(queue)
    while queue.now < 1_000 + 20 * MINUTE:
        budget.reserve(cost)
        queue.send(cost)
    queue.sleep(1_000)
    queue.depth()
    assert queue.most_in_a_minute() <= 100
    within = [at for at in queue.calls if at < 1_000 + 20 * MINUTE]
    assert len(within) >= 0.95 * 100 * 20


def test_a_worker_that_stops_and_goes_on_is_not_given_more() -> None:
    queue = Queue(seconds=0.1)
    budget = budget_of(queue)
    for number in range(300):
        if number == 50:
            queue.due.append((queue.now + 200, 0))  # everything behind it waits
        budget.reserve(1)
        queue.send(1)
        assert queue.depth() <= MOST_OUTSTANDING + 1
    queue.sleep(1_000)
    queue.depth()
    assert queue.most_in_a_minute() <= 100


def test_a_worker_that_does_nothing_is_told_of() -> None:
    queue, told = Queue(seconds=0.1), []
    budget = Budget(
        100,
        outstanding=queue.depth,
        stalled=lambda: told.append(queue.now),
        clock=queue.clock,
        sleep=queue.sleep,
    )
    queue.due.append((queue.now + 150, 0))
    for _ in range(110):
        budget.reserve(1)
        queue.send(1)
    assert told
    assert 1_120 <= told[0] < 1_122


def test_calls_of_our_own_count() -> None:
    queue = Queue()
    budget = budget_of(queue)
    times = []
    for _ in range(250):
        budget.before("/list")
        times.append(queue.now)
        budget.after("/list", ())
    assert max(sum(begin <= at < begin + MINUTE for at in times) for begin in times) == 100


def test_half_of_the_plan_is_the_default() -> None:
    queue = Queue()
    budget = budget_of(queue, None)
    assert budget.allowed == 100
    budget.after("/list", [RateLimit(total=700, remaining=600), RateLimit(total=10, remaining=9, endpoint="export")])
    assert budget.allowed == 350


def test_a_limit_that_is_used_up_is_waited_for() -> None:
    queue = Queue()
    budget = budget_of(queue)
    budget.before("/export")
    budget.after("/export", [RateLimit(total=10, remaining=0, resets=42, endpoint="export")])
    budget.before("/list")
    assert queue.now == 1_000
    budget.before("/export")
    assert queue.now == 1_042


def test_what_costs_more_than_the_budget_waits_for_an_empty_minute_and_goes() -> None:
    queue = Queue()
    budget = budget_of(queue)
    budget.before("/list")
    budget.reserve(500)
    assert queue.now >= 1_060


def test_after_a_kill_what_was_queued_is_waited_for_and_a_minute_more() -> None:
    queue = Queue(seconds=10)
    queue.send(1)
    budget = budget_of(queue)
    budget.taken_before(queue.now - 5)
    budget.before("/list")
    assert 1_070 <= queue.now < 1_072


def test_long_after_a_kill_nothing_is_waited_for() -> None:
    queue = Queue()
    budget = budget_of(queue)
    budget.taken_before(queue.now - 3_600)
    budget.before("/list")
    assert queue.now == 1_000
