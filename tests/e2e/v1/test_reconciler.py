"""What senders dropped is found with version 1 too, by the schedule itself."""

import time

import pytest

from local.aws.stack import Stack
from tests.e2e import test_reconciler
from tests.e2e.scene import Scene, eventually
from tests.e2e.v1 import every_test_of

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-v1")]

globals().update(every_test_of(test_reconciler, fixtures=("scene",)))

SETTABLE = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
MINUTE = 60.0


def test_a_schedule_that_is_switched_off_runs_nothing_and_one_that_is_on_finds_what_was_dropped(
    stack: Stack, scene: Scene
) -> None:
    ticket, issue = scene.pair()
    with scene.dropping_deliveries():
        scene.vendors.write_keys(ticket, issue.key)
    began = time.time()
    assert _schedule(stack)["State"] == "DISABLED", "ReconcileEnabled is false"
    _switch(stack, "ENABLED")
    try:
        eventually(lambda: scene.linked(ticket), "the link, by the schedule's run", MINUTE + 30)
    finally:
        _switch(stack, "DISABLED")
    assert stack.runs("Reconciler", since=began) == 1


def _schedule(stack: Stack) -> dict[str, object]:
    scheduler = stack.client("scheduler")
    (found,) = scheduler.list_schedules()["Schedules"]
    answer: dict[str, object] = scheduler.get_schedule(Name=found["Name"])
    return answer


def _switch(stack: Stack, state: str) -> None:
    """As `linksync resume` and `pause` do it."""
    schedule = _schedule(stack)
    stack.client("scheduler").update_schedule(**{name: schedule[name] for name in SETTABLE}, State=state)
