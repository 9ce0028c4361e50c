"""The FIFO event queue: every message in its lane, every delivery once within SQS's five minutes.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues.html
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from itertools import batched
from typing import Any, Protocol

from linksync.core.message_format import encode
from linksync.core.messages import Envelope, Message
from linksync.errors import AwsUnavailable

_BATCH = 10  # the most that one SendMessageBatch takes
_ATTEMPTS = 3


class Sqs(Protocol):
    """What is used of the client.  Everything may raise AwsUnavailable."""

    @property
    def send_message(self) -> Callable[..., Mapping[str, Any]]:
        """SendMessage."""

    @property
    def send_message_batch(self) -> Callable[..., Mapping[str, Any]]:
        """SendMessageBatch."""


class EventQueue:
    """The queue between the receivers and the worker.  Both methods raise AwsUnavailable."""

    def __init__(self, client: Sqs, url: str) -> None:
        self._client, self._url = client, url

    def send(self, message: Message) -> None:
        """Queues one message.  SQS drops it as a duplicate of an earlier one of the same delivery."""
        self._client.send_message(QueueUrl=self._url, **_entry(message, message.delivery))

    def send_batch(self, envelopes: Sequence[Envelope]) -> None:
        """Queues many messages in order, several of one delivery too: each is known by its delivery and its payload.

        When it raises, some may have been queued; sending all of them again is safe.
        """
        for chunk in batched(envelopes, _BATCH, strict=False):
            self._send_chunk([_entry(envelope, _known_by(envelope)) for envelope in chunk])

    def _send_chunk(self, messages: Sequence[dict[str, str]]) -> None:
        entries = [{"Id": str(number), **message} for number, message in enumerate(messages)]
        for _ in range(_ATTEMPTS):
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            taken = {entry["Id"] for entry in answer.get("Successful", ())}
            entries = [entry for entry in entries if entry["Id"] not in taken]
            if not entries:
                return
        raise AwsUnavailable(f"the event queue did not take {len(entries)} of {len(messages)} messages")


def _entry(message: Message, known_by: str) -> dict[str, str]:
    return {
        "MessageBody": encode(message),
        "MessageGroupId": message.lane,
        "MessageDeduplicationId": known_by,
    }


def _known_by(envelope: Envelope) -> str:
    payload = f"{envelope.lane} {envelope.payload!r}"
    return f"{envelope.delivery}-{hashlib.sha256(payload.encode()).hexdigest()[:32]}"
