"""SQS as linksync's functions call it, and as Lambda's event source mapping uses it.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from linksync.errors import AwsUnavailable
from tests.simulation.clock import Clock
from tests.simulation.fault_injector import AFTER_AWS, BEFORE_AWS, FaultInjector
from tests.simulation.fault_kinds import Fault
from tests.simulation.fifo_queue import FifoQueue, QueuedMessage

EVENTS, DEAD_LETTERS = "https://sqs.test/events.fifo", "https://sqs.test/dead-letters.fifo"
VISIBILITY = 90.0
RECEIVE_LIMIT = 1_000
KEPT = 14 * 86_400.0


class SimulatedSqs:
    """The event queue and its dead-letter queue; the client's methods are those that linksync calls."""

    def __init__(self, clock: Clock, injector: FaultInjector) -> None:
        self.clock, self.injector = clock, injector
        self.events, self.dead_letters = FifoQueue(clock), FifoQueue(clock)
        self.expired = 0
        self.receive_limit = RECEIVE_LIMIT

    # ── the client ──────────────────────────────────────────────────────────────────────────────────────────────

    def send_message(self, **asked: Any) -> dict[str, Any]:
        self._before()
        sent = self._send(asked["QueueUrl"], asked)
        self._after()
        return {"MessageId": sent}

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803  boto3's names
        self._before()
        failed, sent = [], []
        for entry in Entries:
            if self.injector.strike_aws([Fault.SENT_IN_PART]):
                failed.append({"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"})
            else:
                sent.append({"Id": entry["Id"], "MessageId": self._send(QueueUrl, entry)})
        self._after()
        return {"Successful": sent} | ({"Failed": failed} if failed else {})

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> dict[str, Any]:  # noqa: N803  boto3's names
        self._before()
        try:
            self._queue(QueueUrl).hide(ReceiptHandle, VisibilityTimeout)
        except KeyError:
            raise AwsUnavailable("sqs answered ChangeMessageVisibility with 400 MessageNotInflight") from None
        self._after()
        return {}

    def get_queue_attributes(self, *, QueueUrl: str, **_: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        self._before()
        queue = self._queue(QueueUrl)
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(queue.ready()))}}

    def receive_message(self, *, QueueUrl: str, VisibilityTimeout: int, **_: Any) -> dict[str, Any]:  # noqa: N803  boto3's names
        queue = self._queue(QueueUrl)
        messages = [queue.receive(lane, VisibilityTimeout) for lane in queue.ready()[:10]]
        return {"Messages": [_as_client_sees(message) for message in messages]} if messages else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:  # noqa: N803  boto3's names
        queue = self._queue(QueueUrl)
        queue.delete(queue.in_flight(ReceiptHandle))
        return {}

    # ── the event source mapping ────────────────────────────────────────────────────────────────────────────────

    def deliver(self, lane: str) -> QueuedMessage | None:
        """The lane's first message for the worker; None when SQS moved or dropped it instead."""
        message = self.events.lanes[lane][0]
        if self.clock.now - message.sent_at > KEPT:
            self.events.delete(message)
            self.expired += 1
            return None
        if message.received >= self.receive_limit:
            self.events.delete(message)
            self.dead_letters.send(message.body, lane, f"moved-{message.id}", message.attributes)
            self.injector.counts[Fault.RECEIVE_LIMIT] += 1
            return None
        message.runs += 1
        return self.events.receive(lane, VISIBILITY)

    def acknowledge(self, message: QueuedMessage) -> None:
        """Delete what the worker has done, unless that fails: then it comes again."""
        if not self.injector.strike([Fault.NOT_ACKNOWLEDGED]):
            self.events.delete(message)

    def _queue(self, url: str) -> FifoQueue:
        return {EVENTS: self.events, DEAD_LETTERS: self.dead_letters}[url]

    def _send(self, url: str, entry: Mapping[str, Any]) -> str:
        return self._queue(url).send(
            entry["MessageBody"],
            entry["MessageGroupId"],
            entry["MessageDeduplicationId"],
            entry.get("MessageAttributes", {}),
        )

    def _before(self) -> None:
        if self.injector.strike_aws(BEFORE_AWS):
            raise AwsUnavailable("sqs answered nothing (TimeoutError)")

    def _after(self) -> None:
        if self.injector.strike_aws(AFTER_AWS):
            raise AwsUnavailable("sqs answered nothing (TimeoutError)")


def as_lambda_event(message: QueuedMessage) -> dict[str, Any]:
    """The message as Lambda hands it over: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html ."""
    attributes = {
        name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
        for name, value in message.attributes.items()
    }
    record = {
        "messageId": message.id,
        "receiptHandle": message.handle,
        "body": message.body,
        "attributes": _system_attributes(message),
        "messageAttributes": attributes,
    }
    return {"Records": [record]}


def _as_client_sees(message: QueuedMessage) -> dict[str, Any]:
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.handle,
        "Body": message.body,
        "Attributes": _system_attributes(message),
        "MessageAttributes": message.attributes,
    }


def _system_attributes(message: QueuedMessage) -> dict[str, str]:
    return {
        "ApproximateReceiveCount": str(message.received),
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received_at * 1000)),
        "SentTimestamp": str(int(message.sent_at * 1000)),
        "MessageGroupId": message.lane,
    }
