"""The link worker's handling of a Lambda event: each record is opened, worked on once, and acknowledged or put off."""

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from linksync.core.messages import Envelope
from linksync.errors import (
    LinksyncError,
    OperatorError,
    OurSideUnavailable,
    UpstreamForbidden,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from linksync.observability import describe, emit, logger
from linksync.worker.context import World
from linksync.worker.deliveries import Again, Dead, Done, Fate, Receipt, fate, opened
from linksync.worker.dispatch import work

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_TROUBLE_METRICS: dict[type[Exception], str] = {
    UpstreamThrottled: "UpstreamThrottled",
    UpstreamUnavailable: "UpstreamFailed",
    UpstreamForbidden: "UpstreamForbidden",
}


class EventSource(Protocol):
    """Where messages come from and go to when they cannot be finished."""

    def postpone(self, handle: str, seconds: int) -> None:
        """Hide a message for this long."""

    def bury(self, *, body: str, lane: str, unique: str, reason: str, advice: str) -> None:
        """Put a message before an operator."""


class Once(Protocol):
    """Guards work so that a delivery is done at most once."""

    def starts(self, context: "LambdaContext") -> None:
        """A run begins."""

    def __call__(self, envelope: Envelope, work: Callable[[Envelope], None]) -> None:
        """Work on the envelope unless it was done before."""


class Emit(Protocol):
    """Writes metrics."""

    def __call__(self, counts: Mapping[str, float], *, source: str = "", correlation_id: str = "") -> None:
        """Write them, with their source and correlation id when these are known."""


class Counts:
    """The metrics of one message, written as one line when it is done with."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def count(self, metric: str, value: float = 1) -> None:
        """Add to a metric; SecondsBehind keeps the largest."""
        known = self.values.get(metric, 0)
        self.values[metric] = max(known, value) if metric == "SecondsBehind" else known + value


class LinkWorker:
    """Handles the records of one Lambda event.

    `world` makes the outside for one run, from its metrics and the seconds that it has left.
    """

    def __init__(
        self,
        *,
        source: EventSource,
        once: Once,
        world: Callable[[Counts, Callable[[], float]], World],
        emit: Emit = emit,
        now: Callable[[], float] = time.time,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._once = once
        self._world = world
        self._emit = emit
        # Only what this process saw: where another takes over, the grace begins anew, and ends all the same.
        self._refused_since: dict[str, float] = {}
        self._now = now
        self._dice = dice

    def handle(self, event: Mapping[str, Any], context: "LambdaContext") -> dict[str, Any]:
        """The answer of ReportBatchItemFailures: the messages that must come again.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
        """
        self._once.starts(context)
        receipts = [Receipt.of(record) for record in event["Records"]]
        failed = [receipt.message_id for receipt in receipts if not self._done_with(receipt, context)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _done_with(self, receipt: Receipt, context: "LambdaContext") -> bool:
        counts = Counts()
        envelope = opened(receipt)
        became = envelope if isinstance(envelope, Dead) else self._work(receipt, envelope, counts, context)
        finished = self._settle(receipt, became)
        self._report(receipt, envelope, became, counts)
        return finished

    def _work(self, receipt: Receipt, envelope: Envelope, counts: Counts, context: "LambdaContext") -> Fate:
        def job() -> None:
            world = self._world(counts, lambda: context.get_remaining_time_in_millis() / 1000)
            self._once(envelope, lambda taken: work(world, taken))

        now = self._now()
        since = self._refused_since.pop(receipt.message_id, now)
        became = fate(receipt, job, now=now, dice=self._dice(), refused_since=since)
        if isinstance(became, Again) and isinstance(became.trouble, OperatorError):
            self._refused_since[receipt.message_id] = since
        return became

    def _settle(self, receipt: Receipt, became: Fate) -> bool:
        """Whether the message may be acknowledged."""
        try:
            match became:
                case Done():
                    return True
                case Again(seconds=seconds):
                    self._source.postpone(receipt.handle, seconds)
                    return False
                case Dead(reason=reason, advice=advice):
                    unique = f"{receipt.message_id}-{receipt.sent_at}"
                    self._source.bury(body=receipt.body, lane=receipt.lane, unique=unique, reason=reason, advice=advice)
                    return True
        except OurSideUnavailable as trouble:
            logger().warning("message stays for the queue's own time-out", extra={"trouble": str(trouble)})
            return False

    def _report(self, receipt: Receipt, envelope: Envelope | Dead, became: Fate, counts: Counts) -> None:
        told: dict[str, object] = {"lane": receipt.lane, "attempt": receipt.attempt}
        origin: dict[str, str] = {}
        if isinstance(envelope, Envelope):
            origin = {"correlation_id": envelope.correlation_id, "source": envelope.source}
            told |= origin | {"delivery": envelope.delivery}
        match became:
            case Done():
                logger().info("delivery done", extra=told | {"counts": counts.values})
            case Again(seconds=seconds, trouble=trouble):
                self._count_trouble(counts, trouble)
                logger().warning("delivery put off", extra=told | {"seconds": seconds, "trouble": _told(trouble)})
            case Dead(reason=reason, advice=advice):
                if reason == UpstreamForbidden.reason:
                    counts.count("UpstreamForbidden")
                logger().error("delivery is an operator's", extra=told | {"reason": reason, "advice": advice})
        self._emit(counts.values, **origin)

    def _count_trouble(self, counts: Counts, trouble: Exception) -> None:
        for kind, metric in _TROUBLE_METRICS.items():
            if isinstance(trouble, kind):
                counts.count(metric)


def _told(trouble: Exception) -> str:
    """Our own errors hold no secret and no text of people's; anybody else's message might."""
    return str(trouble) if isinstance(trouble, LinksyncError) else describe(trouble)
