"""Puts what was planned on the event queue, as fast as the budget allows and no faster."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from linksync.core.messages import (
    BACKFILL,
    Envelope,
    IssueStatement,
    LinkNotice,
    OperatorCommand,
    Payload,
    TicketStatement,
)
from linksync.store.event_queue import EventQueue
from linksync_cli.backfill.budget import Budget
from linksync_cli.backfill.origin import digest
from linksync_cli.command import Run
from linksync_cli.stack import Stack

OPERATOR = "operator"
_STALLED = (
    "The worker has done nothing for two minutes: is it paused (linksync resume), or a vendor down (linksync doctor)? "
    "This goes on when the worker does."
)
_A_CALL = 10  # SendMessageBatch's limit
_DEPTH = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]


class Feeder:
    """Feeds one run, which `run` names: what is fed again is known by it, and worked on once.

    Raises AwsUnavailable.
    """

    def __init__(self, queue: EventQueue, budget: Budget, *, run: str, clock: Callable[[], float] = time.time) -> None:
        self._queue, self._budget, self._run, self._clock = queue, budget, run, clock

    def feed(self, payloads: Iterable[tuple[Payload, int]], *, sent: Callable[[], object] = lambda: None) -> list[str]:
        """Queue what lanes are told, each with the calls of Zendesk that it costs.  Returns the deliveries.

        `sent` is called each time that some were queued.
        """
        waiting: list[Envelope] = []
        deliveries: list[str] = []

        def send() -> None:
            if waiting:
                self._queue.send_batch(waiting)
                waiting.clear()
                sent()

        for payload, calls in payloads:
            if len(waiting) == _A_CALL or self._budget.must_wait(calls):
                send()
            self._budget.reserve(calls)
            waiting.append(self._envelope(payload))
            deliveries.append(waiting[-1].delivery)
        send()
        return deliveries

    def _envelope(self, payload: Payload) -> Envelope:
        name = f"{self._run}/{payload.lane}/{_state(payload)}"
        delivery = digest(name.encode())
        return Envelope(
            delivery=delivery,
            correlation_id=delivery,
            source=OPERATOR if isinstance(payload, OperatorCommand) else BACKFILL,
            received_at=self._clock(),
            payload=payload,
        )


def _state(payload: Payload) -> str:
    """What tells two messages of one lane and one run apart: the state that is stated, or the issue that is asked for.

    To read a field is asked for once a run.
    """
    match payload:
        case TicketStatement() | IssueStatement():
            return repr(payload.at) if payload.exact else ""
        case LinkNotice() | OperatorCommand():
            return payload.issue_id


def budget_of(run: Run, stack: Stack, *, per_minute: int | None = None) -> Budget:
    """The pace of what is fed to a stack; it tells of a worker that stands still."""
    outstanding = partial(depth, stack.aws.client("sqs"), stack.output("EventQueueUrl"))
    return Budget(per_minute, outstanding=outstanding, stalled=partial(run.screen.note_once, _STALLED))


def depth(sqs: Any, queue_url: str) -> int:  # noqa: ANN401  boto3's client
    """About how many messages the queue holds: waiting, and being worked on."""
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=_DEPTH)["Attributes"]
    return sum(int(attributes[name]) for name in _DEPTH)
