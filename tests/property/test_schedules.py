"""Invariant 4 at its worst: a crash at any step of a long plan, and agents who link by hand right after it."""

from random import Random

import pytest

from linksync.core.links import UnlinkPolicy
from tests.simulation.fault_kinds import Fault
from tests.simulation.schedules import CREATES, DELAYS, DELETES, FAULTS, FORGETS, Schedule, play_schedule, steps

SAMPLE = 25


def test_the_plan_is_longer_than_one_write() -> None:
    assert CREATES + DELETES + FORGETS > 25
    assert steps() > 100


@pytest.mark.parametrize("policy", UnlinkPolicy)
@pytest.mark.parametrize("delay", DELAYS)
def test_a_crash_and_a_delay(policy: UnlinkPolicy, delay: float) -> None:
    every = [Schedule(step, fault, delay, policy) for step in range(1, steps() + 1) for fault in FAULTS]
    chosen = Random(f"{policy} {delay}").sample(every, SAMPLE)
    assert [(schedule, found) for schedule in chosen if (found := play_schedule(schedule))] == []


def test_a_kill_between_any_two_calls_takes_over_no_link() -> None:
    killed = [Schedule(step, Fault.KILLED, 40.0) for step in range(1, steps() + 1, 6)]
    assert [(schedule, found) for schedule in killed if (found := play_schedule(schedule))] == []


@pytest.mark.parametrize("fault", [Fault.AWS_SILENT, Fault.AWS_SILENT_AFTER_WRITE])
def test_an_answer_of_ours_that_is_lost_takes_over_no_link(fault: Fault) -> None:
    lost = [Schedule(step, fault, 40.0) for step in range(1, steps() + 1)]
    assert [(schedule, found) for schedule in lost if (found := play_schedule(schedule))] == []
