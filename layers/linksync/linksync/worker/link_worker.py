"""The link worker's handling of a Lambda event: each message is opened, worked on once, and acknowledged or retried."""

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from linksync.core.messages import Envelope
from linksync.errors import (
    AwsUnavailable,
    LinksyncError,
    OperatorError,
    UpstreamForbidden,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from linksync.metrics import Metric
from linksync.observability import describe, emit, logger
from linksync.worker.dependencies import ConsumerQueue, Dependencies, Emit
from linksync.worker.dispatch import work
from linksync.worker.disposition import (
    DeadLetter,
    Disposition,
    Done,
    Retry,
    disposition,
    open_message,
)
from linksync.worker.queue_message import QueueMessage
from linksync.worker.run_guard import RunGuard

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_ERROR_METRICS: dict[type[Exception], Metric] = {
    UpstreamThrottled: Metric.UPSTREAM_THROTTLED,
    UpstreamUnavailable: Metric.UPSTREAM_FAILED,
    UpstreamForbidden: Metric.UPSTREAM_FORBIDDEN,
}


class Counts:
    """The metrics of one message, written as one line when it is done with."""

    def __init__(self) -> None:
        self.values: dict[Metric, float] = {}

    def count(self, metric: Metric, value: float = 1) -> None:
        """Add to a metric; SecondsBehind keeps the largest."""
        known = self.values.get(metric, 0)
        self.values[metric] = max(known, value) if metric is Metric.SECONDS_BEHIND else known + value


class LinkWorker:
    """Handles the messages of one Lambda event.

    `dependencies` makes what the work on one message is given, from its metrics and the seconds that the run has left.
    """

    def __init__(
        self,
        *,
        queue: ConsumerQueue,
        guard: RunGuard,
        dependencies: Callable[[Counts, Callable[[], float]], Dependencies],
        emit: Emit = emit,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._queue = queue
        self._guard = guard
        self._dependencies = dependencies
        self._emit = emit
        # Only what this process saw: where another takes over, the grace begins anew, and ends all the same.
        self._refused_since: dict[str, float] = {}
        self._now = now
        self._jitter = jitter

    def handle(self, event: Mapping[str, Any], context: "LambdaContext") -> dict[str, Any]:
        """The response of ReportBatchItemFailures: the messages that must come again.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
        """
        self._guard.register(context)
        messages = [QueueMessage.of(event_record) for event_record in event["Records"]]
        failed = [message.message_id for message in messages if not self._finished(message, context)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _finished(self, message: QueueMessage, context: "LambdaContext") -> bool:
        counts = Counts()
        envelope = open_message(message)
        end = envelope if isinstance(envelope, DeadLetter) else self._work(message, envelope, counts, context)
        acknowledged = self._acknowledge(message, end)
        self._report(message, envelope, end, counts)
        return acknowledged

    def _work(self, message: QueueMessage, envelope: Envelope, counts: Counts, context: "LambdaContext") -> Disposition:
        def job() -> None:
            deps = self._dependencies(counts, lambda: context.get_remaining_time_in_millis() / 1000)
            self._guard.run(message, envelope, lambda opened: work(deps, opened, redriven=message.redriven))

        now = self._now()
        since = self._refused_since.pop(message.message_id, now)
        end = disposition(message, job, now=now, jitter=self._jitter(), refused_since=since)
        if isinstance(end, Retry) and isinstance(end.error, OperatorError):
            self._refused_since[message.message_id] = since
        return end

    def _acknowledge(self, message: QueueMessage, end: Disposition) -> bool:
        """Whether the message may be deleted from the queue."""
        try:
            match end:
                case Done():
                    return True
                case Retry(seconds=seconds):
                    self._queue.retry_later(message.handle, seconds)
                    return False
                case DeadLetter(reason=reason, advice=advice):
                    unique = f"{message.message_id}-{message.sent_at}"
                    self._queue.dead_letter(
                        body=message.body, lane=message.lane, unique=unique, reason=reason, advice=advice
                    )
                    return True
        except AwsUnavailable as error:
            logger().warning("message stays for the queue's own time-out", extra={"error": str(error)})
            return False

    def _report(self, message: QueueMessage, envelope: Envelope | DeadLetter, end: Disposition, counts: Counts) -> None:
        line: dict[str, object] = {"lane": message.lane, "attempt": message.attempt}
        origin: dict[str, str] = {}
        if isinstance(envelope, Envelope):
            origin = {"correlation_id": envelope.correlation_id, "source": envelope.source}
            line |= origin | {"delivery": envelope.delivery}
        match end:
            case Done():
                logger().info("message done", extra=line | {"counts": counts.values})
            case Retry(seconds=seconds, error=error):
                _count_error(counts, error)
                logger().warning(
                    "message scheduled for retry", extra=line | {"seconds": seconds, "error": _described(error)}
                )
            case DeadLetter(reason=reason, advice=advice):
                if reason == UpstreamForbidden.reason:
                    counts.count(Metric.UPSTREAM_FORBIDDEN)
                logger().error("message dead-lettered", extra=line | {"reason": reason, "advice": advice})
        self._emit(counts.values, **origin)


def _count_error(counts: Counts, error: Exception) -> None:
    for kind, metric in _ERROR_METRICS.items():
        if isinstance(error, kind):
            counts.count(metric)


def _described(error: Exception) -> str:
    """Our own errors hold no secret and no text of people's; anybody else's message might."""
    return str(error) if isinstance(error, LinksyncError) else describe(error)
