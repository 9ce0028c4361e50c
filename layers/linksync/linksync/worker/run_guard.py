"""Sees to it that a delivery is worked on to its end once at most, and that one that crashes its runs is given up."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from linksync.core.messages import Message
from linksync.errors import AwsUnavailable, LinksyncError
from linksync.references.fields import TooManyReferences
from linksync.worker.dependencies import CrashCount, Idempotency
from linksync.worker.queue_message import QueueMessage

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

FREE_TRIES = 4
"""Receives of a message for which nothing is counted, and nothing written."""

MOST_CRASHES = 4
"""Crashes after those at which a message is given up."""


class CrashedTooOften(Exception):
    """The message crashed its runs.  `error` is what the last one raised, or None when the runs were killed."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error


class RunGuard:
    """Idempotency by delivery, and a count of crashes by message."""

    def __init__(self, idempotency: Idempotency, crash_count: CrashCount) -> None:
        self._idempotency, self._crash_count = idempotency, crash_count

    def register(self, context: "LambdaContext") -> None:
        """A run begins: tell how long it may take."""
        self._idempotency.register(context)

    def run[M: Message](self, message: QueueMessage, content: M, work: Callable[[M], bool | None]) -> None:
        """Work on the message's content unless its delivery was done before.

        A run is counted before it begins and taken back when it ends in order, so that a run that is killed leaves its
        mark.  Raises what the work raises, AwsUnavailable, and CrashedTooOften.
        """
        if message.attempt <= FREE_TRIES:
            self._idempotency.run_once(content, work)
            return
        crashes = self._crash_count.begin(message.message_id, message.attempt)
        if crashes > MOST_CRASHES:
            raise CrashedTooOften
        try:
            self._idempotency.run_once(content, work)
        except (LinksyncError, TooManyReferences):
            self._ended_in_order(message)
            raise
        except Exception as bug:
            if crashes == MOST_CRASHES:
                raise CrashedTooOften(bug) from bug
            raise
        self._ended_in_order(message)

    def _ended_in_order(self, message: QueueMessage) -> None:
        for _ in range(2):  # a run that is not taken back counts as a crash for good
            with suppress(AwsUnavailable):
                self._crash_count.end(message.message_id, message.attempt)
                return
