"""What the worker does with a message that it could not finish: put it off, or put it before an operator.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from typing import TYPE_CHECKING

from linksync.store.trouble import our_side

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class EventSource:
    """The event queue as its consumer sees it, and the dead-letter queue behind it."""

    def __init__(self, client: "SQSClient", *, queue_url: str, dead_letter_url: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._dead_letter_url = dead_letter_url

    def postpone(self, handle: str, seconds: int) -> None:
        """Hide the message of this receipt handle, and with it its lane, for this long.

        Raises OurSideUnavailable; then it stays hidden for the queue's own visibility time-out.
        """
        with our_side("the queue"):
            self._client.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=handle, VisibilityTimeout=seconds
            )

    def bury(self, *, body: str, lane: str, unique: str, reason: str, advice: str) -> None:
        """Put a message on the dead-letter queue as it came, with `reason` and `advice` as attributes.

        `unique` tells this failure from others: one that was redriven and failed again within minutes is news.
        """
        with our_side("the queue"):
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
