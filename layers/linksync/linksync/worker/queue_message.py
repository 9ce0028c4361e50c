"""A message as SQS hands it to Lambda.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMessage:
    """What SQS tells of a message.

    `attempt` is how often it was received, `first_received_at` when first (seconds since the epoch).  `redriven`: it
    was a dead letter before, as its attribute `reason` tells.
    """

    message_id: str
    handle: str
    attempt: int
    first_received_at: float
    sent_at: str
    lane: str
    body: str
    redriven: bool = False

    @classmethod
    def of(cls, event_record: Mapping[str, Any]) -> "QueueMessage":
        """The message in one of the event's `Records`."""
        attributes = event_record["attributes"]
        return cls(
            message_id=event_record["messageId"],
            handle=event_record["receiptHandle"],
            attempt=int(attributes["ApproximateReceiveCount"]),
            first_received_at=int(attributes["ApproximateFirstReceiveTimestamp"]) / 1000,
            sent_at=attributes["SentTimestamp"],
            lane=attributes["MessageGroupId"],
            body=event_record["body"],
            redriven="reason" in event_record.get("messageAttributes", {}),
        )
