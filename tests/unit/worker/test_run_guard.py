"""A message that crashes its runs is given up, and an outage is no crash."""

from dataclasses import replace

import pytest

from linksync.core.messages import Envelope, TicketStatement
from linksync.errors import AwsUnavailable, UpstreamUnavailable
from linksync.references.fields import TooManyReferences
from linksync.worker.queue_message import QueueMessage
from linksync.worker.run_guard import FREE_TRIES, MOST_CRASHES, CrashedTooOften
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

STATEMENT = TicketStatement(ticket_id="5001", issue_keys=("PROJ-1",), at=1.5, exact=True)
ENVELOPE = Envelope(delivery="d", correlation_id="c", source="test", received_at=1.5, payload=STATEMENT)
MESSAGE = QueueMessage(
    message_id="m1", handle="h1", attempt=1, first_received_at=1.0, sent_at="1", lane="ticket#5001", body="{}"
)
OUTAGE = UpstreamUnavailable("503")
BUG = KeyError("a bug")


def tries(stack: Stack, *ends: BaseException | None, first: int = 1) -> list[str]:
    """What the guard raises for receives that end like this."""
    raised = []
    for attempt, end in enumerate(ends, first):

        def work(_: Envelope, end: BaseException | None = end) -> None:
            stack.clock.now += 100.0  # a killed run holds its delivery until its time is over
            if end:
                raise end

        try:
            stack.guard.run(replace(MESSAGE, attempt=attempt), ENVELOPE, work)
            raised.append("done")
        except BaseException as error:  # noqa: BLE001  a killed run is a BaseException here
            raised.append(type(error).__name__)
        stack.clock.now += 100.0
    return raised


@pytest.mark.parametrize("end", [BUG, RunKilled()])
def test_it_is_given_up_at_the_eighth_crash(stack: Stack, end: BaseException) -> None:
    name = type(end).__name__
    raised = tries(stack, *[end] * 9)
    assert raised[: FREE_TRIES + MOST_CRASHES - 1] == [name] * 7
    assert raised[-1] == "CrashedTooOften"
    assert raised[7] == ("CrashedTooOften" if isinstance(end, Exception) else name)


@pytest.mark.parametrize("end", [BUG, RunKilled()])
def test_the_first_crash_after_an_outage_is_the_first(stack: Stack, end: BaseException) -> None:
    assert tries(stack, *[OUTAGE] * 500, end, None)[-2:] == [type(end).__name__, "done"]


def test_the_first_tries_cost_no_write(stack: Stack) -> None:
    tries(stack, *[OUTAGE] * FREE_TRIES)
    assert stack.crash_count.crashes == {}


def test_a_run_that_ends_in_order_is_taken_back(stack: Stack) -> None:
    tries(stack, OUTAGE, None, first=FREE_TRIES + 1)
    assert stack.crash_count.crashes == {"m1": set()}


def test_a_run_that_could_not_be_taken_back_at_once_is_no_crash(stack: Stack) -> None:
    end, asked = stack.crash_count.end, []

    def lost_at_first(message_id: str, attempt: int) -> None:
        asked.append(attempt)
        if len(asked) == 1:
            raise AwsUnavailable("the idempotency table did not answer")
        end(message_id, attempt)

    stack.crash_count.end = lost_at_first  # type: ignore[method-assign]
    tries(stack, OUTAGE, first=FREE_TRIES + 1)
    assert (asked, stack.crash_count.crashes) == ([5, 5], {"m1": set()})


def test_a_run_that_cannot_be_taken_back_is_left_after_two_calls(stack: Stack) -> None:
    asked = []

    def lost(_: str, attempt: int) -> None:
        asked.append(attempt)
        raise AwsUnavailable("the idempotency table did not answer")

    stack.crash_count.end = lost  # type: ignore[method-assign]
    assert (tries(stack, OUTAGE, first=FREE_TRIES + 1), asked) == (["UpstreamUnavailable"], [5, 5])


def test_a_field_that_holds_too_much_is_no_crash(stack: Stack) -> None:
    assert set(tries(stack, *[TooManyReferences()] * 12)) == {"TooManyReferences"}
    assert stack.crash_count.crashes == {"m1": set()}


def test_a_bug_that_was_given_up_is_named() -> None:
    given_up = CrashedTooOften(BUG)
    assert (given_up.error, str(given_up)) == (BUG, "")  # its text may be people's
