"""What becomes of a queued message: done, tried again later, or put before an operator.

A record is an SQS record of a Lambda event, see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from linksync.core import backoff
from linksync.core.messages import Envelope, Quarantined, decode
from linksync.errors import (
    Misconfigured,
    OperatorError,
    RetryLater,
    UnfinishedWork,
    UpstreamForbidden,
)
from linksync.references.fields import TooManyReferences

GRACE = 30.0
"""Seconds for which a 401, a 403 or a missing setting is tried again: rights and secrets take a moment to spread."""

CRASHES_BORNE = 8
"""Tries after which a message that crashes our own code is put before an operator."""

UNREADABLE_ADVICE = (
    "Compare the field and the sender's body template with the setup guide; a body's beginning is in `excerpt`."
)


@dataclass(frozen=True, slots=True)
class Done:
    """Worked on, or found to change nothing."""


@dataclass(frozen=True, slots=True)
class Again:
    """To be tried again after `seconds`; its lane waits meanwhile.  `trouble` is what stood in the way."""

    seconds: int
    trouble: Exception


@dataclass(frozen=True, slots=True)
class Dead:
    """For the dead-letter queue.  `reason` is one word, `advice` tells an operator what to do."""

    reason: str
    advice: str


type Fate = Done | Again | Dead


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What SQS tells of a message: how often it was received, and when first (seconds since the epoch)."""

    message_id: str
    handle: str
    attempt: int
    first_received_at: float
    sent_at: str
    lane: str
    body: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Receipt":
        """The receipt of an SQS record."""
        attributes = record["attributes"]
        return cls(
            message_id=record["messageId"],
            handle=record["receiptHandle"],
            attempt=int(attributes["ApproximateReceiveCount"]),
            first_received_at=int(attributes["ApproximateFirstReceiveTimestamp"]) / 1000,
            sent_at=attributes["SentTimestamp"],
            lane=attributes["MessageGroupId"],
            body=record["body"],
        )


def opened(receipt: Receipt) -> Envelope | Dead:
    """The envelope in a message, or why an operator has to look at it."""
    try:
        envelope = decode(receipt.body)
    except ValueError:
        return Dead("not_a_message", "Something other than linksync writes to the event queue; find out what.")
    if isinstance(envelope.payload, Quarantined):
        return Dead(envelope.payload.reason, UNREADABLE_ADVICE)
    return envelope


def fate(
    receipt: Receipt, work: Callable[[], None], *, now: float, dice: float, refused_since: float | None = None
) -> Fate:
    """Do the work and say what becomes of its message.

    `dice` is drawn evenly from [0, 1).  `refused_since` is when the remote side began to refuse this message, as far as
    that is known; without it, it is when the message was first received.
    """
    try:
        work()
    except UnfinishedWork as trouble:
        return Again(0, trouble)
    except Exception as trouble:  # noqa: BLE001  a bug of ours must neither lose the message nor stop other lanes
        since = receipt.first_received_at if refused_since is None else refused_since
        patience = _patience(trouble, attempt=receipt.attempt, refused_for=now - since)
        if patience <= 0:
            return _dead(trouble)
        retry_after = trouble.retry_after if isinstance(trouble, RetryLater) else None
        seconds = backoff.delay(attempt=receipt.attempt, retry_after=retry_after, dice=dice)
        return Again(seconds if math.isinf(patience) else min(seconds, math.ceil(patience)), trouble)
    return Done()


def _patience(trouble: Exception, *, attempt: int, refused_for: float) -> float:
    """For how many seconds more the message is tried."""
    match trouble:
        case RetryLater():
            return math.inf
        case UpstreamForbidden() | Misconfigured():
            return GRACE - refused_for
        case OperatorError() | TooManyReferences():
            return 0.0
    return math.inf if attempt < CRASHES_BORNE else 0.0


def _dead(trouble: Exception) -> Dead:
    match trouble:
        case OperatorError():
            return Dead(trouble.reason, str(trouble))
        case TooManyReferences():  # what a field holds, once it was read from its own system
            return Dead(trouble.reason, UNREADABLE_ADVICE)
    return Dead("crash", f"linksync itself failed ({type(trouble).__name__}): report it with the log of this delivery.")
