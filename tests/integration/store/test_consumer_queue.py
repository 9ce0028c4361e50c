"""The event queue as its consumer sees it, on moto's SQS with the template's own settings."""

from typing import Any

import pytest

from linksync.errors import AwsUnavailable
from linksync.store.aws_calls import CallLimits
from linksync.store.consumer_queue import ConsumerQueue
from linksync.store.sqs_calls import SqsCalls


@pytest.fixture
def source(events: str, dead: str, over_http: CallLimits) -> ConsumerQueue:
    return ConsumerQueue(SqsCalls(events, over_http), queue_url=events, dead_letter_url=dead)


def send(sqs: Any, queue: str, body: str, lane: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=lane, MessageDeduplicationId=body)


def receive(sqs: Any, queue: str) -> list[dict[str, Any]]:
    received = sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )
    return list(received.get("Messages", []))


def test_a_postponed_message_hides_its_lane_and_no_other(sqs: Any, events: str, source: ConsumerQueue) -> None:
    send(sqs, events, "first", "ticket#5001")
    (first,) = receive(sqs, events)
    send(sqs, events, "second", "ticket#5001")
    send(sqs, events, "other", "ticket#5002")
    source.retry_later(first["ReceiptHandle"], 43_000)
    assert [message["Body"] for message in receive(sqs, events)] == ["other"]
    source.retry_later(first["ReceiptHandle"], 0)
    again = receive(sqs, events)[0]
    assert (again["Body"], again["Attributes"]["ApproximateReceiveCount"]) == ("first", "2")


def test_a_message_postponed_for_no_time_comes_at_once(sqs: Any, events: str, source: ConsumerQueue) -> None:
    send(sqs, events, "first", "ticket#5001")
    (first,) = receive(sqs, events)
    assert receive(sqs, events) == []
    source.retry_later(first["ReceiptHandle"], 0)
    assert [message["Body"] for message in receive(sqs, events)] == ["first"]


def dead_letter(source: ConsumerQueue, unique: str) -> None:
    source.dead_letter(
        body='{"v": 1}', lane="ticket#5001", unique=unique, reason="forbidden", advice="Grant the role, then redrive."
    )


def test_a_dead_letter_is_as_it_came_with_reason_and_advice(sqs: Any, dead: str, source: ConsumerQueue) -> None:
    dead_letter(source, "m1-1700")
    (letter,) = receive(sqs, dead)
    attributes = {name: attribute["StringValue"] for name, attribute in letter["MessageAttributes"].items()}
    assert (letter["Body"], letter["Attributes"]["MessageGroupId"]) == ('{"v": 1}', "ticket#5001")
    assert attributes == {"reason": "forbidden", "advice": "Grant the role, then redrive."}


def test_a_message_is_dead_lettered_once_but_one_redriven_that_failed_again_is_news(
    sqs: Any, dead: str, source: ConsumerQueue
) -> None:
    for unique in ("m1-1700", "m1-1700", "m1-1999"):
        dead_letter(source, unique)
    kept = []
    while batch := receive(sqs, dead):
        for message in batch:
            kept.append(message["Attributes"]["MessageDeduplicationId"])
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
    assert kept == ["m1-1700", "m1-1999"]


def test_a_queue_that_is_gone(sqs: Any, events: str, dead: str, source: ConsumerQueue) -> None:
    send(sqs, events, "first", "ticket#5001")
    (first,) = receive(sqs, events)
    sqs.delete_queue(QueueUrl=events)
    sqs.delete_queue(QueueUrl=dead)
    with pytest.raises(AwsUnavailable):
        source.retry_later(first["ReceiptHandle"], 5)
    with pytest.raises(AwsUnavailable):
        dead_letter(source, "m1-1700")
