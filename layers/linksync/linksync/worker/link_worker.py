"""The link worker's handling of a Lambda event: each message is opened, worked on once, and acknowledged or retried."""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from linksync.core.messages import Envelope, IssueStatement, Quarantined, TicketStatement
from linksync.errors import AwsUnavailable, OperatorError
from linksync.metrics import Metric
from linksync.observability import correlated, emit_line
from linksync.outbound.deadline import within
from linksync.outbound.vendor_breaker import observed_by
from linksync.worker.dependencies import ConsumerQueue, Dependencies, WriteLine
from linksync.worker.dispatch import work
from linksync.worker.disposition import (
    UNREADABLE_ADVICE,
    DeadLetter,
    Disposition,
    Done,
    Retry,
    disposition,
    open_message,
)
from linksync.worker.latencies import Latencies
from linksync.worker.queue_message import QueueMessage
from linksync.worker.run_guard import RunGuard
from linksync.worker.run_log import RunLog, report

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_TIME_TO_RECORD = 3.0  # seconds at a run's end in which no vendor is waited for


class LinkWorker:
    """Handles the messages of one Lambda event.

    `dependencies` makes what the work on one message is given, from its log and the seconds that the run has left.
    """

    def __init__(
        self,
        *,
        queue: ConsumerQueue,
        guard: RunGuard,
        dependencies: Callable[[RunLog, Callable[[], float]], Dependencies],
        write_line: WriteLine = emit_line,
        now: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._queue = queue
        self._guard = guard
        self._dependencies = dependencies
        self._write_line = write_line
        # Only what this process saw: where another takes over, the grace begins anew, and ends all the same.
        self._refused_since: dict[str, float] = {}
        self._now = now
        self._jitter = jitter
        self._latencies = Latencies(write_line, now)

    def handle(self, event: Mapping[str, Any], context: "LambdaContext") -> dict[str, Any]:
        """The response of ReportBatchItemFailures: the messages that must come again.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
        """
        self._guard.register(context)
        messages = [QueueMessage.of(event_record) for event_record in event["Records"]]
        failed = [message.message_id for message in messages if not self._finished(message, context)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _finished(self, message: QueueMessage, context: "LambdaContext") -> bool:
        begun, run = self._now(), RunLog()
        opened = open_message(message)
        envelope = opened if isinstance(opened, Envelope) else None
        match opened:
            case Envelope():
                end = self._work(message, opened, run, context)
            case Quarantined():
                end = self._quarantine(message, opened)
            case DeadLetter():
                end = opened
        if isinstance(end, Retry):
            run.count(Metric.SECONDS_WAITING, max(0.0, begun - message.first_received_at))
        acknowledged = self._acknowledge(message, end)
        report(self._write_line, run, message, envelope, end, seconds=self._now() - begun)
        self._latencies.add(run.calls)
        return acknowledged

    def _work(self, message: QueueMessage, envelope: Envelope, run: RunLog, context: "LambdaContext") -> Disposition:
        def seconds_left() -> float:
            return context.get_remaining_time_in_millis() / 1000

        def job() -> None:
            deps = self._dependencies(run, seconds_left)

            def once(opened: Envelope) -> bool:
                work(deps, opened, redriven=message.redriven)
                # A notice or a command may mean something else by the time that it comes again.
                return not (run.idle and isinstance(opened.payload, TicketStatement | IssueStatement))

            with correlated(envelope.correlation_id), observed_by(run), within(seconds_left() - _TIME_TO_RECORD):
                self._guard.run(message, envelope, once)

        now = self._now()
        since = self._refused_since.pop(message.message_id, now)
        end = disposition(message, job, now=now, jitter=self._jitter(), refused_since=since)
        if isinstance(end, Retry) and isinstance(end.error, OperatorError):
            self._refused_since[message.message_id] = since
        return end

    def _quarantine(self, message: QueueMessage, body: Quarantined) -> Disposition:
        """Put a body that nobody could read before an operator, once a day however often it is sent again."""
        letter = DeadLetter(body.reason, UNREADABLE_ADVICE)
        if message.redriven:
            return letter
        kept: list[Disposition] = [Done()]

        def keep(_: Quarantined) -> None:
            self._send_letter(message, letter)
            kept.append(replace(letter, sent=True))

        failed = disposition(
            message, lambda: self._guard.run(message, body, keep), now=self._now(), jitter=self._jitter()
        )
        return kept[-1] if isinstance(failed, Done) else failed

    def _send_letter(self, message: QueueMessage, letter: DeadLetter) -> None:
        unique = f"{message.message_id}-{message.sent_at}"
        self._queue.dead_letter(
            body=message.body, lane=message.lane, unique=unique, reason=letter.reason, advice=letter.advice
        )

    def _acknowledge(self, message: QueueMessage, end: Disposition) -> bool:
        """Whether the message may be deleted from the queue."""
        try:
            match end:
                case Done():
                    return True
                case Retry(seconds=seconds):
                    self._queue.retry_later(message.handle, seconds)
                    return False
                case DeadLetter() as letter:
                    if not letter.sent:
                        self._send_letter(message, letter)
                    return True
        except AwsUnavailable as error:
            self._write_line(
                logging.WARNING, "message stays for the queue's own time-out", fields={"error": str(error)}
            )
            return False
