"""What becomes of a message: done, again later, or before an operator."""

from dataclasses import replace

import pytest

from linksync.core.backoff import delay
from linksync.core.message_format import encode
from linksync.core.messages import Envelope, Payload, TicketStatement
from linksync.errors import (
    AwsUnavailable,
    LinksyncError,
    Misconfigured,
    OperatorError,
    PutOff,
    UnfinishedWork,
    UpstreamForbidden,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from linksync.references.fields import TooManyReferences
from linksync.worker.disposition import (
    GRACE,
    UNREADABLE_ADVICE,
    DeadLetter,
    Disposition,
    Done,
    Retry,
    disposition,
    open_message,
)
from linksync.worker.queue_message import QueueMessage
from linksync.worker.run_guard import CrashedTooOften
from tests.examples import quarantined

FIRST_RECEIVED = 1_800_000_000.0
STATEMENT = TicketStatement(ticket_id="5001", issue_keys=("PROJ-1",), at=1.5, exact=True)
UNREADABLE = quarantined()
RECORD = {
    "messageId": "m1",
    "receiptHandle": "h1",
    "body": "{}",
    "attributes": {
        "ApproximateReceiveCount": "3",
        "ApproximateFirstReceiveTimestamp": "1800000000000",
        "SentTimestamp": "1799999999000",
        "MessageGroupId": "ticket#5001",
    },
}
MESSAGE = QueueMessage.of(RECORD)


def envelope(payload: Payload) -> Envelope:
    return Envelope(delivery="d", correlation_id="c", source="test", received_at=1.5, payload=payload)


def became(error: Exception | None, *, attempt: int = 1, after: float = 0, jitter: float = 0.5) -> Disposition:
    def work() -> None:
        if error is not None:
            raise error

    return disposition(replace(MESSAGE, attempt=attempt), work, now=FIRST_RECEIVED + after, jitter=jitter)


def test_what_sqs_tells_of_a_message() -> None:
    assert (
        QueueMessage(
            message_id="m1",
            handle="h1",
            attempt=3,
            first_received_at=FIRST_RECEIVED,
            sent_at="1799999999000",
            lane="ticket#5001",
            body="{}",
        )
        == MESSAGE
    )


def test_a_field_re_read_with_too_many_references_is_an_operators_at_once() -> None:
    assert became(TooManyReferences()) == DeadLetter("too_many_references", UNREADABLE_ADVICE)


def test_a_message_of_ours_is_opened() -> None:
    assert open_message(replace(MESSAGE, body=encode(envelope(STATEMENT)))) == envelope(STATEMENT)


@pytest.mark.parametrize(
    ("body", "reason"),
    [("hello", "not_a_message"), ("{}", "not_a_message")],
)
def test_a_message_for_an_operator(body: str, reason: str) -> None:
    dead = open_message(replace(MESSAGE, body=body))
    assert isinstance(dead, DeadLetter)
    assert dead.reason == reason
    assert len(dead.advice) > 40


def test_work_that_went_well() -> None:
    assert became(None) == Done()


@pytest.mark.parametrize("attempt", [1, 8, 200])
@pytest.mark.parametrize(
    ("error", "demand"),
    [
        (UpstreamUnavailable("reset"), None),
        (UpstreamUnavailable("503", retry_after=60.0, maybe_applied=False), 60.0),
        (UpstreamThrottled("429", retry_after=7.5), 7.5),
        (UpstreamThrottled("429"), None),
        (AwsUnavailable("the ledger did not answer"), None),
        (AwsUnavailable("another run", retry_after=10.0), 10.0),
    ],
)
def test_what_nobody_can_mend_is_tried_for_ever(error: Exception, demand: float | None, attempt: int) -> None:
    a_day_later = became(error, attempt=attempt, after=86_400)
    throttled = isinstance(error, UpstreamThrottled)
    assert a_day_later == Retry(delay(attempt=attempt, retry_after=demand, jitter=0.5, throttled=throttled), error)


@pytest.mark.parametrize("throttled", [False, True])
def test_what_was_put_off_is_tried_as_its_vendors_trouble_is(throttled: bool) -> None:
    error = PutOff("not asked", retry_after=20.0, throttled=throttled)
    assert became(error, attempt=50) == Retry(150 if throttled else 225, error)


@pytest.mark.parametrize("attempt", [1, 8, 200])
def test_unfinished_work_goes_on_at_once(attempt: int) -> None:
    error = UnfinishedWork("time is up")
    assert became(error, attempt=attempt, after=86_400) == Retry(0, error)


@pytest.mark.parametrize("error", [UpstreamForbidden("grant the role"), Misconfigured("set the parameter")])
@pytest.mark.parametrize(
    ("attempt", "after", "seconds"),
    [
        (1, 0.0, 2),
        (3, 0.0, 8),
        (5, 0.0, 30),  # and not 32: the last try comes at the end of the grace
        (50, GRACE - 0.001, 1),
    ],
)
def test_rights_get_a_short_grace(error: OperatorError, attempt: int, after: float, seconds: int) -> None:
    assert became(error, attempt=attempt, after=after) == Retry(seconds, error)


@pytest.mark.parametrize(
    ("error", "after", "dead"),
    [
        (UpstreamForbidden("grant the role"), GRACE, DeadLetter("forbidden", "grant the role")),
        (Misconfigured("set the parameter"), GRACE, DeadLetter("misconfigured", "set the parameter")),
        (UpstreamRefused("mend the id"), 0.0, DeadLetter("refused", "mend the id")),
        (OperatorError("look"), 0.0, DeadLetter("operator", "look")),
    ],
)
def test_what_an_operator_has_to_mend(error: LinksyncError, after: float, dead: DeadLetter) -> None:
    assert became(error, after=after) == dead


@pytest.mark.parametrize("attempt", [1, 8, 200])
def test_a_crash_of_ours_is_retried(attempt: int) -> None:
    bug = KeyError("a customer's text")
    assert became(bug, attempt=attempt) == Retry(delay(attempt=attempt, retry_after=None, jitter=0.5), bug)


def test_a_message_that_crashed_too_often_is_a_dead_letter() -> None:
    failed, killed = became(CrashedTooOften(KeyError("a customer's text"))), became(CrashedTooOften())
    assert isinstance(failed, DeadLetter)
    assert (failed.reason, "KeyError" in failed.advice, "customer" in failed.advice) == ("crash", True, False)
    assert isinstance(killed, DeadLetter)
    assert (killed.reason, "time-out or memory" in killed.advice) == ("crash", True)


def test_no_trouble_makes_a_hot_loop() -> None:
    errors = [UpstreamThrottled("429", retry_after=0.0), AwsUnavailable("x"), UpstreamForbidden("x"), KeyError()]
    for error in errors:
        again = became(error, jitter=0.0)
        assert isinstance(again, Retry)
        assert again.seconds >= 1
