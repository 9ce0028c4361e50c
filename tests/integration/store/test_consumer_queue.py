"""The event queue as its consumer sees it, on moto's SQS with the template's own settings."""

from typing import Any

import boto3
import pytest

from linksync.errors import AwsUnavailable
from linksync.store.aws_calls import CallLimits
from linksync.store.consumer_queue import ConsumerQueue
from linksync.store.sqs_calls import SqsCalls


@pytest.fixture
def sqs() -> Any:
    return boto3.client("sqs")


def made(sqs: Any, name: str, properties: dict[str, Any]) -> str:
    asked = {key: str(value).lower() if value is True else str(value) for key, value in properties.items()}
    asked.pop("RedrivePolicy", None)
    asked["DeduplicationScope"] = properties["DeduplicationScope"]
    return str(sqs.create_queue(QueueName=f"{name}.fifo", Attributes=asked)["QueueUrl"])


@pytest.fixture
def queue(sqs: Any, resources: dict[str, Any]) -> str:
    return made(sqs, "events", resources["EventQueue"])


@pytest.fixture
def graveyard(sqs: Any, resources: dict[str, Any]) -> str:
    return made(sqs, "dead", resources["DeadLetterQueue"])


@pytest.fixture
def source(queue: str, graveyard: str, over_http: CallLimits) -> ConsumerQueue:
    return ConsumerQueue(SqsCalls(queue, over_http), queue_url=queue, dead_letter_url=graveyard)


def send(sqs: Any, queue: str, body: str, lane: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=lane, MessageDeduplicationId=body)


def receive(sqs: Any, queue: str) -> list[dict[str, Any]]:
    received = sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )
    return list(received.get("Messages", []))


def test_a_postponed_message_hides_its_lane_and_no_other(sqs: Any, queue: str, source: ConsumerQueue) -> None:
    send(sqs, queue, "first", "ticket#5001")
    (first,) = receive(sqs, queue)
    send(sqs, queue, "second", "ticket#5001")
    send(sqs, queue, "other", "ticket#5002")
    source.retry_later(first["ReceiptHandle"], 43_000)
    assert [message["Body"] for message in receive(sqs, queue)] == ["other"]
    source.retry_later(first["ReceiptHandle"], 0)
    again = receive(sqs, queue)[0]
    assert (again["Body"], again["Attributes"]["ApproximateReceiveCount"]) == ("first", "2")


def test_a_message_postponed_for_no_time_comes_at_once(sqs: Any, queue: str, source: ConsumerQueue) -> None:
    send(sqs, queue, "first", "ticket#5001")
    (first,) = receive(sqs, queue)
    assert receive(sqs, queue) == []
    source.retry_later(first["ReceiptHandle"], 0)
    assert [message["Body"] for message in receive(sqs, queue)] == ["first"]


def dead_letter(source: ConsumerQueue, unique: str) -> None:
    source.dead_letter(
        body='{"v": 1}', lane="ticket#5001", unique=unique, reason="forbidden", advice="Grant the role, then redrive."
    )


def test_a_buried_message_is_as_it_came_with_reason_and_advice(sqs: Any, graveyard: str, source: ConsumerQueue) -> None:
    dead_letter(source, "m1-1700")
    (dead,) = receive(sqs, graveyard)
    attributes = {name: attribute["StringValue"] for name, attribute in dead["MessageAttributes"].items()}
    assert (dead["Body"], dead["Attributes"]["MessageGroupId"]) == ('{"v": 1}', "ticket#5001")
    assert attributes == {"reason": "forbidden", "advice": "Grant the role, then redrive."}


def test_a_message_is_buried_once_but_one_redriven_that_failed_again_is_news(
    sqs: Any, graveyard: str, source: ConsumerQueue
) -> None:
    for unique in ("m1-1700", "m1-1700", "m1-1999"):
        dead_letter(source, unique)
    dead = []
    while batch := receive(sqs, graveyard):
        for message in batch:
            dead.append(message["Attributes"]["MessageDeduplicationId"])
            sqs.delete_message(QueueUrl=graveyard, ReceiptHandle=message["ReceiptHandle"])
    assert dead == ["m1-1700", "m1-1999"]


def test_a_queue_that_is_gone(sqs: Any, queue: str, graveyard: str, source: ConsumerQueue) -> None:
    send(sqs, queue, "first", "ticket#5001")
    (first,) = receive(sqs, queue)
    sqs.delete_queue(QueueUrl=queue)
    sqs.delete_queue(QueueUrl=graveyard)
    with pytest.raises(AwsUnavailable):
        source.retry_later(first["ReceiptHandle"], 5)
    with pytest.raises(AwsUnavailable):
        dead_letter(source, "m1-1700")
