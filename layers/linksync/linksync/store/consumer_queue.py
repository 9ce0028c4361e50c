"""What the worker does with a message that it could not finish: put it off, or put it before an operator.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Sqs(Protocol):
    """What is used of the client.  Everything may raise AwsUnavailable."""

    @property
    def change_message_visibility(self) -> Callable[..., Mapping[str, Any]]:
        """ChangeMessageVisibility."""

    @property
    def send_message(self) -> Callable[..., Mapping[str, Any]]:
        """SendMessage."""


class ConsumerQueue:
    """The event queue as its consumer sees it, and the dead-letter queue behind it."""

    def __init__(self, client: Sqs, *, queue_url: str, dead_letter_url: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._dead_letter_url = dead_letter_url

    def retry_later(self, handle: str, seconds: int) -> None:
        """Hide the message of this receipt handle, and with it its lane, for this long.

        Raises AwsUnavailable; then it stays hidden for the queue's own visibility time-out.
        """
        self._client.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=handle, VisibilityTimeout=seconds
        )

    def dead_letter(self, *, body: str, lane: str, unique: str, reason: str, advice: str) -> None:
        """Put a message on the dead-letter queue as it came, with `reason` and `advice` as attributes.

        `unique` tells this failure from others: one that was redriven and failed again within minutes is news.
        """
        self._client.send_message(
            QueueUrl=self._dead_letter_url,
            MessageBody=body,
            MessageGroupId=lane,
            MessageDeduplicationId=unique,
            MessageAttributes={
                "reason": {"DataType": "String", "StringValue": reason},
                "advice": {"DataType": "String", "StringValue": advice},
            },
        )
