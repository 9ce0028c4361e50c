"""Dead letters, listed with their reasons and moved back one by one, on moto's SQS with the template's own settings."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from linksync.core.message_format import encode
from linksync.core.messages import Envelope, TicketStatement
from linksync.store import dead_letters
from linksync.store.dead_letters import DeadLetterQueue

TEXT = {"DataType": "String"}


@pytest.fixture
def queue(sqs: Any, events: str, dead: str) -> DeadLetterQueue:
    return DeadLetterQueue(sqs, queue_url=events, dead_letter_url=dead)


def statement(delivery: str, ticket: str = "5001") -> str:
    payload = TicketStatement(ticket_id=ticket, issue_keys=("PROJ-1",), at=1.0, exact=False)
    ids = {"delivery": delivery, "correlation_id": "c-1", "source": "jira_webhook"}
    return encode(Envelope(**ids, received_at=1.0, payload=payload))


def put(sqs: Any, url: str, body: str, *, lane: str = "ticket#5001", unique: str = "", **attributes: str) -> None:
    told = {name: TEXT | {"StringValue": value} for name, value in attributes.items()}
    sqs.send_message(
        QueueUrl=url,
        MessageBody=body,
        MessageGroupId=lane,
        MessageDeduplicationId=unique or body[:80],
        MessageAttributes=told,
    )


def waiting(sqs: Any, url: str) -> list[tuple[str, str]]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
    return [(one["Attributes"]["MessageGroupId"], one["Body"]) for one in found.get("Messages", ())]


def test_a_letter_tells_whose_it_is_and_what_to_do(sqs: Any, dead: str, queue: DeadLetterQueue) -> None:
    put(sqs, dead, statement("d-1"), reason="forbidden", advice="Grant the role.")
    (letter,) = queue.letters()
    assert (letter.delivery, letter.correlation_id, letter.source) == ("d-1", "c-1", "jira_webhook")
    assert (letter.lane, letter.reason, letter.advice) == ("ticket#5001", "forbidden", "Grant the role.")
    assert letter.since > 1_700_000_000


def test_a_letter_that_sqs_itself_moved_has_a_reason_all_the_same(sqs: Any, dead: str, queue: DeadLetterQueue) -> None:
    put(sqs, dead, statement("d-1"))
    put(sqs, dead, "hello", lane="elsewhere")
    reasons = {letter.delivery: (letter.reason, letter.advice) for letter in queue.letters()}
    assert reasons == {
        "d-1": (dead_letters.RECEIVE_LIMIT, dead_letters.RECEIVE_LIMIT_ADVICE),
        "": (dead_letters.NOT_A_MESSAGE, dead_letters.NOT_A_MESSAGE_ADVICE),
    }


def test_looking_takes_nothing_away_and_can_be_done_again(sqs: Any, dead: str, queue: DeadLetterQueue) -> None:
    for number in range(25):
        put(sqs, dead, statement(f"d-{number}"), lane=f"ticket#{number}")
    first, second = queue.letters(), queue.letters()
    assert {letter.delivery for letter in first} == {f"d-{number}" for number in range(25)}
    assert [letter.id for letter in first] == [letter.id for letter in second]
    assert len(queue.letters(most=7)) == 7


def test_the_chosen_letter_goes_back_into_its_lane_and_the_others_stay(
    sqs: Any, events: str, dead: str, queue: DeadLetterQueue
) -> None:
    for number in (1, 2, 3):
        put(sqs, dead, statement(f"d-{number}"), lane=f"ticket#{number}", reason="refused", advice="x")
    for letter in queue.each():
        queue.move_back(letter) if letter.delivery == "d-2" else queue.leave(letter)
    assert waiting(sqs, events) == [("ticket#2", statement("d-2"))]
    assert {letter.delivery for letter in queue.letters()} == {"d-1", "d-3"}


def test_a_letter_that_was_queued_minutes_ago_is_no_duplicate(
    sqs: Any, events: str, dead: str, queue: DeadLetterQueue
) -> None:
    body = statement("d-1")
    put(sqs, events, body, unique="d-1")
    (received,) = sqs.receive_message(QueueUrl=events)["Messages"]
    sqs.delete_message(QueueUrl=events, ReceiptHandle=received["ReceiptHandle"])
    for unique in ("first", "second"):  # it dies again, and is moved back again
        put(sqs, dead, body, unique=unique)
        (letter,) = queue.each()
        queue.move_back(letter)
        (again,) = sqs.receive_message(QueueUrl=events)["Messages"]
        assert again["Body"] == body
        sqs.delete_message(QueueUrl=events, ReceiptHandle=again["ReceiptHandle"])


def test_a_lane_with_many_letters_is_moved_back_in_order(
    sqs: Any, events: str, dead: str, queue: DeadLetterQueue
) -> None:
    bodies = [statement(f"d-{number:02}") for number in range(23)]
    for body in bodies:
        put(sqs, dead, body, unique=body[30:90])
    for letter in queue.each():
        queue.move_back(letter)
    moved = []
    while messages := sqs.receive_message(QueueUrl=events, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            moved.append(message["Body"])
            sqs.delete_message(QueueUrl=events, ReceiptHandle=message["ReceiptHandle"])
    assert moved == bodies


def test_moving_all_ends_though_each_dies_again_at_once(sqs: Any, dead: str, queue: DeadLetterQueue) -> None:
    put(sqs, dead, statement("d-1"), unique="1")
    moved = 0
    for letter in queue.each():
        queue.move_back(letter)
        moved += 1
        assert moved < 5
        put(sqs, dead, letter.body, unique=f"again-{moved}")
    assert moved == 1
    assert len(queue.letters()) == 1


def test_what_was_not_come_to_is_shown_again_when_somebody_stops(sqs: Any, dead: str, queue: DeadLetterQueue) -> None:
    for number in range(5):
        put(sqs, dead, statement(f"d-{number}"), lane=f"ticket#{number}")
    letters = queue.each()
    queue.leave(next(letters))
    letters.close()  # type: ignore[attr-defined]  # a generator, as Ctrl-C leaves it
    assert len(queue.letters()) == 5


def test_a_letter_that_cannot_be_queued_stays(sqs: Any, events: str, dead: str, queue: DeadLetterQueue) -> None:
    put(sqs, dead, statement("d-1"))
    sqs.delete_queue(QueueUrl=events)
    for letter in queue.each():
        with pytest.raises(ClientError):
            queue.move_back(letter)
        queue.leave(letter)
    assert [letter.delivery for letter in queue.letters()] == ["d-1"]
