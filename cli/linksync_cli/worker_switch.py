"""The emergency stop: what feeds the worker, and what starts the reconciler, off and on.

Receivers go on accepting meanwhile: the event queue keeps what comes for 14 days.
https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from linksync_cli.failures import Failure
from linksync_cli.stack import Stack

SCHEDULE = "AWS::Scheduler::Schedule"
_ON = frozenset({"Enabled", "Enabling", "Creating"})
_KEPT = (
    "Name",
    "GroupName",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "FlexibleTimeWindow",
    "Target",
    "Description",
    "StartDate",
    "EndDate",
    "KmsKeyArn",
    "ActionAfterCompletion",
)


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing to be switched: what it is called, its id, and whether it is on."""

    what: str
    id: str
    on: bool


class WorkerSwitch:
    """The switches of a stack.  Raises the clients' errors."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._lambda = stack.aws.client("lambda")

    def switches(self) -> list[Switch]:
        """Everything that there is to switch.  Raises Failure when there is nothing that feeds the worker."""
        sources = [Switch("worker", one["UUID"], one["State"] in _ON) for one in self._sources()]
        if not sources:
            raise Failure("no_event_source", "Nothing feeds the worker from the event queue.", "Deploy: `make deploy`.")
        schedules = ((name, self._schedule(name)["State"]) for name in self._schedules())
        return sources + [Switch("schedule", name, state == "ENABLED") for name, state in schedules]

    def turn(self, switch: Switch, *, on: bool) -> None:
        """Turns one of the switches."""
        if switch.what == "worker":
            self._lambda.update_event_source_mapping(UUID=switch.id, Enabled=on)
            return
        known = self._schedule(switch.id)
        kept = {name: known[name] for name in _KEPT if name in known}
        self._stack.aws.client("scheduler").update_schedule(**kept, State="ENABLED" if on else "DISABLED")

    def _sources(self) -> Iterator[dict[str, Any]]:
        arn = self._stack.output("EventQueueArn")
        for page in self._lambda.get_paginator("list_event_source_mappings").paginate(EventSourceArn=arn):
            yield from page["EventSourceMappings"]

    def _schedules(self) -> list[str]:
        return [id_ for kind, id_ in self._stack.resources().values() if kind == SCHEDULE]

    def _schedule(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._stack.aws.client("scheduler").get_schedule(Name=name)
        return found
