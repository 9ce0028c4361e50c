"""What becomes of a queued message: done, retried later, or a dead letter."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from linksync.core import backoff
from linksync.core.message_format import decode
from linksync.core.messages import Message
from linksync.errors import (
    Misconfigured,
    OperatorError,
    PutOff,
    RetryLater,
    UnfinishedWork,
    UpstreamForbidden,
    UpstreamThrottled,
)
from linksync.references.fields import TooManyReferences
from linksync.worker.queue_message import QueueMessage
from linksync.worker.run_guard import CrashedTooOften

GRACE = 30.0
"""Seconds for which a 401, a 403 or a missing setting is tried again: rights and secrets take a moment to spread."""

_REPORT = "Report it with the log of this delivery."

UNREADABLE_ADVICE = (
    "Compare the field and the sender's body template with the setup guide; a body's beginning is in `excerpt`."
)


@dataclass(frozen=True, slots=True)
class Done:
    """Worked on, or found to change nothing."""


@dataclass(frozen=True, slots=True)
class Retry:
    """To be retried after `seconds`; its lane waits meanwhile.  `error` is what stood in the way."""

    seconds: int
    error: Exception


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """For the dead-letter queue.  `reason` is one word, `advice` tells an operator what to do.  `sent`: it is there."""

    reason: str
    advice: str
    sent: bool = False


type Disposition = Done | Retry | DeadLetter


def open_message(message: QueueMessage) -> Message | DeadLetter:
    """What is in a message, or why an operator has to look at it."""
    try:
        return decode(message.body)
    except ValueError:
        return DeadLetter("not_a_message", "Something other than linksync writes to the event queue; find out what.")


def disposition(
    message: QueueMessage, work: Callable[[], None], *, now: float, jitter: float, refused_since: float | None = None
) -> Disposition:
    """Do the work and say what becomes of its message.

    `jitter` is drawn evenly from [0, 1).  `refused_since` is when the vendor began to refuse this message, as far as
    that is known; without it, it is when the message was first received.
    """
    try:
        work()
    except UnfinishedWork as error:
        return Retry(0, error)
    except Exception as error:  # noqa: BLE001  a bug of ours must neither lose the message nor stop other lanes
        since = message.first_received_at if refused_since is None else refused_since
        budget = _retry_budget(error, refused_for=now - since)
        if budget <= 0:
            return _dead_letter(error)
        retry_after = error.retry_after if isinstance(error, RetryLater) else None
        throttled = isinstance(error, UpstreamThrottled) or (isinstance(error, PutOff) and error.throttled)
        seconds = backoff.delay(attempt=message.attempt, retry_after=retry_after, jitter=jitter, throttled=throttled)
        return Retry(seconds if math.isinf(budget) else min(seconds, math.ceil(budget)), error)
    return Done()


def _retry_budget(error: Exception, *, refused_for: float) -> float:
    """For how many seconds more the message is retried."""
    match error:
        case UpstreamForbidden() | Misconfigured():
            return GRACE - refused_for
        case OperatorError() | TooManyReferences() | CrashedTooOften():
            return 0.0
    return math.inf


def _dead_letter(error: Exception) -> DeadLetter:
    match error:
        case OperatorError():
            return DeadLetter(error.reason, str(error))
        case TooManyReferences():  # what a field holds, once it was read from its own system
            return DeadLetter(error.reason, UNREADABLE_ADVICE)
        case CrashedTooOften(error=None):
            return DeadLetter("crash", f"The function was killed at this message by its time-out or memory. {_REPORT}")
        case CrashedTooOften(error=bug):
            return DeadLetter("crash", f"linksync itself failed ({type(bug).__name__}). {_REPORT}")
    raise ValueError(f"{type(error).__name__} is retried") from error
