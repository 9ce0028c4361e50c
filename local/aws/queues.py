"""How full a queue of the deployed stack is, and what lies in it.  `client` is SQS's everywhere."""

from dataclasses import dataclass
from typing import Any

MOST_READ = 100
"""Times that a queue is read for what it holds, ten messages at most each."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a queue holds: to be had, with a consumer or waiting for another try, and delayed."""

    visible: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.visible + self.in_flight + self.delayed


def depth(client: Any, url: str) -> Depth:  # noqa: ANN401  botocore makes the classes at run time
    """How full the queue is."""
    names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return Depth(*(int(answer["Attributes"][name]) for name in names))


def messages(client: Any, url: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """What the queue holds, up to its first thousand, left where it is."""
    found: list[dict[str, Any]] = []
    for _ in range(MOST_READ):
        answer = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=20, MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )  # fmt: skip
        if not answer.get("Messages"):
            break
        found += answer["Messages"]
    for message in found:
        client.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return found
