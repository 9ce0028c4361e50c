"""What becomes of a queued message: done, retried later, or a dead letter."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from linksync.core import backoff
from linksync.core.message_format import decode
from linksync.core.messages import Envelope, Quarantined
from linksync.errors import (
    Misconfigured,
    OperatorError,
    RetryLater,
    UnfinishedWork,
    UpstreamForbidden,
)
from linksync.references.fields import TooManyReferences
from linksync.worker.queue_message import QueueMessage

GRACE = 30.0
"""Seconds for which a 401, a 403 or a missing setting is tried again: rights and secrets take a moment to spread."""

MOST_CRASHES = 8
"""Tries after which a message that crashes our own code becomes a dead letter."""

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
    """For the dead-letter queue.  `reason` is one word, `advice` tells an operator what to do."""

    reason: str
    advice: str


type Disposition = Done | Retry | DeadLetter


def open_message(message: QueueMessage) -> Envelope | DeadLetter:
    """The envelope in a message, or why an operator has to look at it."""
    try:
        content = decode(message.body)
    except ValueError:
        return DeadLetter("not_a_message", "Something other than linksync writes to the event queue; find out what.")
    if isinstance(content, Quarantined):
        return DeadLetter(content.reason, UNREADABLE_ADVICE)
    return content


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
        budget = _retry_budget(error, attempt=message.attempt, refused_for=now - since)
        if budget <= 0:
            return _dead_letter(error)
        retry_after = error.retry_after if isinstance(error, RetryLater) else None
        seconds = backoff.delay(attempt=message.attempt, retry_after=retry_after, jitter=jitter)
        return Retry(seconds if math.isinf(budget) else min(seconds, math.ceil(budget)), error)
    return Done()


def _retry_budget(error: Exception, *, attempt: int, refused_for: float) -> float:
    """For how many seconds more the message is retried."""
    match error:
        case RetryLater():
            return math.inf
        case UpstreamForbidden() | Misconfigured():
            return GRACE - refused_for
        case OperatorError() | TooManyReferences():
            return 0.0
    return math.inf if attempt < MOST_CRASHES else 0.0


def _dead_letter(error: Exception) -> DeadLetter:
    match error:
        case OperatorError():
            return DeadLetter(error.reason, str(error))
        case TooManyReferences():  # what a field holds, once it was read from its own system
            return DeadLetter(error.reason, UNREADABLE_ADVICE)
    return DeadLetter(
        "crash", f"linksync itself failed ({type(error).__name__}): report it with the log of this delivery."
    )
