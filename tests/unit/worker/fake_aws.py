"""The queue, the tables and the idempotency guard as the worker meets them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linksync.core import messages
from linksync.core.message_format import encode
from linksync.core.messages import Envelope
from linksync.errors import AwsUnavailable
from tests.simulation.clock import Clock
from tests.unit.worker.script import Script

VISIBILITY = 90.0
RUN = 30.0
REMEMBERED = 86_400.0


@dataclass
class Message:
    envelope: Envelope
    number: int
    sent_at: float
    visible_at: float = 0.0
    received: int = 0
    first_received_at: float = 0.0
    redriven: bool = False


@dataclass
class FakeQueue:
    """FIFO by lane: a lane's first message hides those behind it, and stays first until it is done."""

    clock: Clock
    faults: Script
    lanes: dict[str, list[Message]] = field(default_factory=dict)
    dead: list[tuple[Envelope | None, str]] = field(default_factory=list)
    sent: int = 0
    done: int = 0
    _dedup: dict[tuple[str, str], float] = field(default_factory=dict)

    def send(self, envelope: Envelope, *, known_by: str = "", redriven: bool = False) -> None:
        """Queue it, unless the lane had the same within five minutes."""
        known = (envelope.lane, known_by or envelope.delivery)
        if self.clock.now - self._dedup.get(known, -1e9) < 300:
            return
        self._dedup[known] = self.clock.now
        self.sent += 1
        self.lanes.setdefault(envelope.lane, []).append(Message(envelope, self.sent, self.clock.now, redriven=redriven))

    def send_batch(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            self.faults.ours()
            self.send(envelope)
        self.faults.ours()

    def ready(self) -> list[str]:
        """The lanes whose first message can be received now."""
        return [lane for lane, messages in self.lanes.items() if messages and messages[0].visible_at <= self.clock.now]

    def next_visible(self) -> float | None:
        """When the next lane opens."""
        return min((messages[0].visible_at for messages in self.lanes.values() if messages), default=None)

    def receive(self, lane: str) -> dict[str, Any]:
        """The first message of a lane as a Lambda event."""
        message = self.lanes[lane][0]
        message.received += 1
        message.first_received_at = message.first_received_at or self.clock.now
        message.visible_at = self.clock.now + VISIBILITY
        record = {
            "messageId": str(message.number),
            "receiptHandle": lane,
            "body": encode(message.envelope),
            "attributes": {
                "ApproximateReceiveCount": str(message.received),
                "ApproximateFirstReceiveTimestamp": str(int(message.first_received_at * 1000)),
                "SentTimestamp": str(int(message.sent_at * 1000)),
                "MessageGroupId": lane,
            },
            "messageAttributes": {"reason": {"stringValue": "refused"}} if message.redriven else {},
        }
        return {"Records": [record]}

    def acknowledge(self, lane: str) -> None:
        self.done += 1
        self.lanes[lane].pop(0)
        if not self.lanes[lane]:
            del self.lanes[lane]

    def retry_later(self, handle: str, seconds: int) -> None:
        self.faults.ours()
        if self.lanes[handle][0].visible_at < self.clock.now:
            raise AwsUnavailable("the receipt has expired")
        self.lanes[handle][0].visible_at = self.clock.now + seconds

    def dead_letter(self, *, body: str, lane: str, unique: str, reason: str, advice: str) -> None:
        self.faults.ours()
        self.dead.append((self.lanes[lane][0].envelope, f"{reason}: {advice}"))


@dataclass
class FakeIdempotency:
    """Powertools' idempotency: a delivery that is done is remembered for a day."""

    clock: Clock
    faults: Script
    done: dict[str, float] = field(default_factory=dict)
    key: Callable[[messages.Message], str] = lambda message: message.delivery

    def register(self, context: object) -> None:
        """The clock is the same for every run."""

    def run_once[M: messages.Message](self, message: M, work: Callable[[M], bool | None]) -> None:
        self.faults.ours()
        key = self.key(message)
        if self.clock.now < self.done.get(key, 0):
            return
        if work(message) is False:
            return
        self.faults.ours()
        self.done[key] = self.clock.now + REMEMBERED


@dataclass
class FakeCrashCount:
    """Runs that began and did not end in order, by message id."""

    faults: Script
    crashes: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def begin(self, message_id: str, attempt: int) -> int:
        self.faults.ours()
        self.crashes[message_id].add(attempt)
        return len(self.crashes[message_id])

    def end(self, message_id: str, attempt: int) -> None:
        self.faults.ours()
        self.crashes[message_id].discard(attempt)


@dataclass
class FakeDynamo:
    """As much of a DynamoDB client as the ledger uses.  A crash may come between any two items of a batch."""

    faults: Script
    items: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    writes: int = 0

    def get_paginator(self, name: str) -> "FakeDynamo":
        assert name == "query"
        return self

    def paginate(self, **query: Any) -> Iterator[dict[str, Any]]:
        self.faults.ours()
        (value,) = query["ExpressionAttributeValues"].values()
        if query.get("IndexName"):
            rows = [row for lane in self.items.values() for row in lane.values() if row.get("issue_id") == value]
        else:
            rows = list(self.items.get(value["S"], {}).values())
        yield {"Items": rows}

    def batch_write_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803  boto3's name
        for write in next(iter(RequestItems.values())):
            self.faults.ours()
            self.writes += 1
            self._write(write)
        self.faults.ours()
        return {}

    def _write(self, write: Mapping[str, Any]) -> None:
        key = write["DeleteRequest"]["Key"] if "DeleteRequest" in write else write["PutRequest"]["Item"]
        lane = self.items.setdefault(key["lane"]["S"], {})
        if "DeleteRequest" in write:
            lane.pop(key["record"]["S"], None)
        else:
            lane[key["record"]["S"]] = key
