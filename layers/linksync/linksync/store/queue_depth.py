"""How many messages wait for the worker.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

_WAITING = "ApproximateNumberOfMessages"


class Sqs(Protocol):
    """What is used of the client.  Everything may raise AwsUnavailable."""

    @property
    def get_queue_attributes(self) -> Callable[..., Mapping[str, Any]]:
        """GetQueueAttributes."""


def waiting(client: Sqs, queue_url: str) -> int:
    """About how many messages could be received now.  Raises AwsUnavailable."""
    answer = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[_WAITING])
    return int(answer["Attributes"][_WAITING])
