# ruff: noqa: N803 - clients are untyped here; AWS names its parameters so
"""The event queue, on moto's SQS and on a queue that refuses."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from linksync.core.message_format import decode
from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LinkNotice,
    NoticeKind,
    Payload,
    TicketStatement,
)
from linksync.errors import AwsUnavailable
from linksync.store.aws_calls import CallLimits
from linksync.store.event_queue import EventQueue
from linksync.store.sqs_calls import SqsCalls
from tests.examples import quarantined

TICKET = TicketStatement(ticket_id="9" * 20, issue_keys=("SHOP-1",), at=1.5, exact=False)
ISSUE = IssueStatement(issue_id="9" * 20, issue_key="SHOP-1", ticket_ids=None, at=1.5, exact=True)
UNREADABLE = quarantined()


def notice(ticket: int, issue: int) -> LinkNotice:
    return LinkNotice(
        ticket_id=str(ticket),
        issue_id=str(issue),
        issue_key=f"SHOP-{issue}",
        kind=NoticeKind.CLAIMED,
        at=1.5,
        key_at=1.5,
    )


def envelope(payload: Payload, delivery: str = "d" * 32) -> Envelope:
    return Envelope(delivery=delivery, correlation_id="c", source="zendesk_trigger", received_at=2.5, payload=payload)


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-central-1")


@pytest.fixture
def url(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName="events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"])


@pytest.fixture
def queue(url: str, over_http: CallLimits) -> EventQueue:
    return EventQueue(SqsCalls(url, over_http), url)


def received(sqs: Any, url: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while more := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]).get(
        "Messages"
    ):
        messages += more
        for message in more:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return messages


@pytest.mark.parametrize("payload", [TICKET, ISSUE, notice(1, 2)])
def test_a_message_travels_in_its_lane(sqs: Any, url: str, queue: EventQueue, payload: Payload) -> None:
    queue.send(envelope(payload))
    (message,) = received(sqs, url)
    assert decode(message["Body"]) == envelope(payload)
    assert message["Attributes"]["MessageGroupId"] == payload.lane
    assert message["Attributes"]["MessageDeduplicationId"] == "d" * 32


def test_an_unreadable_body_travels_in_a_lane_of_its_own(sqs: Any, url: str, queue: EventQueue) -> None:
    queue.send(UNREADABLE)
    (message,) = received(sqs, url)
    assert decode(message["Body"]) == UNREADABLE
    assert message["Attributes"]["MessageGroupId"] == UNREADABLE.lane
    assert message["Attributes"]["MessageDeduplicationId"] == UNREADABLE.delivery


def test_a_delivery_is_queued_once(sqs: Any, url: str, queue: EventQueue) -> None:
    queue.send(envelope(TICKET))
    queue.send(envelope(TICKET))
    queue.send(envelope(TICKET, delivery="f" * 32))
    queue.send(envelope(TICKET, delivery="e" * 32))
    assert len(received(sqs, url)) == 3


def test_a_batch_of_one_delivery_arrives_whole_and_once(sqs: Any, url: str, queue: EventQueue) -> None:
    envelopes = [envelope(notice(ticket, issue)) for ticket in range(1, 9) for issue in (1, 2, 3)]
    queue.send_batch(envelopes)
    queue.send_batch(envelopes)
    queue.send_batch([])
    arrived = [decode(message["Body"]) for message in received(sqs, url)]
    assert (len(arrived), set(arrived)) == (24, set(envelopes))


def test_a_queue_that_is_not_there(url: str, over_http: CallLimits) -> None:
    queue = EventQueue(SqsCalls(url, over_http), url + "-not")
    with pytest.raises(AwsUnavailable, match="QueueDoesNotExist"):
        queue.send(envelope(TICKET))
    with pytest.raises(AwsUnavailable, match="QueueDoesNotExist"):
        queue.send_batch([envelope(TICKET)])


@dataclass
class Refusing:
    """Refuses every message `times` times, and takes the others."""

    times: int
    taken: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def send_message(self, **_: Any) -> dict[str, Any]:
        raise AwsUnavailable("out of reach")

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:
        assert QueueUrl == "url"
        failed, taken = [], []
        for entry in Entries:
            ticket = json.loads(entry["MessageBody"])["payload"]["ticket_id"]
            self.seen[ticket] = self.seen.get(ticket, 0) + 1
            if ticket == "3" and self.seen[ticket] <= self.times:
                failed.append({"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"})
            else:
                self.taken.append(ticket)
                taken.append({"Id": entry["Id"], "MessageId": "…"})
        return {"Successful": taken} | ({"Failed": failed} if failed else {})


def test_what_a_batch_refused_is_sent_again() -> None:
    client = Refusing(times=2)
    EventQueue(client, "url").send_batch([envelope(notice(ticket, 1)) for ticket in range(1, 6)])
    assert client.taken == ["1", "2", "4", "5", "3"]


def test_what_a_batch_keeps_refusing_is_ours_to_mend() -> None:
    client = Refusing(times=3)
    with pytest.raises(AwsUnavailable, match="did not take 1 of 5"):
        EventQueue(client, "url").send_batch([envelope(notice(ticket, 1)) for ticket in range(1, 6)])


def test_a_queue_out_of_reach() -> None:
    with pytest.raises(AwsUnavailable, match="out of reach"):
        EventQueue(Refusing(times=0), "url").send(envelope(TICKET))


class Silent:
    """Answers, and tells of nothing that it took."""

    def send_message(self, **_: Any) -> dict[str, Any]:
        return {}

    def send_message_batch(self, **_: Any) -> dict[str, Any]:
        return {}


def test_what_a_batch_does_not_tell_that_it_took_was_not_taken() -> None:
    with pytest.raises(AwsUnavailable, match="did not take 2 of 2"):
        EventQueue(Silent(), "url").send_batch([envelope(notice(ticket, 1)) for ticket in range(1, 3)])
