"""What becomes of a queued message: done, tried again later, or put before an operator.

A record is an SQS record of a Lambda event, see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

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
    Unreadable,
    UpstreamForbidden,
)

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


def fate(receipt: Receipt, work: Callable[[], None], *, now: float, dice: float) -> Fate:
    """Do the work and say what becomes of its message.  `dice` is drawn evenly from [0, 1)."""
    try:
        work()
    except UnfinishedWork as trouble:
        return Again(0, trouble)
    except Exception as trouble:  # noqa: BLE001  a bug of ours must neither lose the message nor stop other lanes
        if not _is_worth_a_try(trouble, receipt, now):
            return _dead(trouble)
        retry_after = trouble.retry_after if isinstance(trouble, RetryLater) else None
        return Again(backoff.delay(attempt=receipt.attempt, retry_after=retry_after, dice=dice), trouble)
    return Done()


def _is_worth_a_try(trouble: Exception, receipt: Receipt, now: float) -> bool:
    match trouble:
        case RetryLater():
            return True
        case UpstreamForbidden() | Misconfigured():
            return now - receipt.first_received_at < GRACE
        case OperatorError() | Unreadable():
            return False
    return receipt.attempt < CRASHES_BORNE


def _dead(trouble: Exception) -> Dead:
    match trouble:
        case OperatorError():
            return Dead(trouble.reason, str(trouble))
        case Unreadable():  # what a field holds, once it was read from its own system
            return Dead(trouble.reason, UNREADABLE_ADVICE)
    return Dead("crash", f"linksync itself failed ({type(trouble).__name__}): report it with the log of this delivery.")
