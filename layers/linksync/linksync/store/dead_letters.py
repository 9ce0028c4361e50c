"""The dead-letter queue as an operator sees it: each letter with its reason, and the way back for the chosen ones.

SQS's own move task cannot choose, and knows no way back for messages that were *sent* here, as the worker does
(CouldNotDetermineMessageSource).  So a letter is sent to the event queue anew and deleted afterwards: in between it is
there twice, which is harmless, and never nowhere.  Moving a letter back is safe at any time: an old statement is put in
order with what was stated since, and in doubt the field is read.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError

from linksync.core.message_format import decode

LOOKED_AT = 60
"""Seconds for which the letters that are being looked at are hidden from others who look."""

RECEIVE_LIMIT = "receive_limit"
RECEIVE_LIMIT_ADVICE = (
    "SQS gave up after the event queue's maxReceiveCount tries: Zendesk or Jira did not answer for days, or each run"
    " was killed. Make sure that both answer and that the worker's log shows no time-outs, then move the letter back."
)
NOT_A_MESSAGE = "not_a_message"
NOT_A_MESSAGE_ADVICE = "Something other than linksync wrote this; find out what, and delete it."


class Sqs(Protocol):
    """What is used of boto3's client."""

    @property
    def receive_message(self) -> Callable[..., Mapping[str, Any]]:
        """ReceiveMessage."""

    @property
    def send_message(self) -> Callable[..., Mapping[str, Any]]:
        """SendMessage."""

    @property
    def delete_message(self) -> Callable[..., object]:
        """DeleteMessage."""

    @property
    def change_message_visibility(self) -> Callable[..., object]:
        """ChangeMessageVisibility."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter.  `id` is SQS's.

    `reason` is one word and `advice` tells what to do.  `delivery`, `correlation_id` and `source` are empty where the
    body is none of ours.  `since` is when it came here, in seconds since the epoch.
    """

    id: str
    delivery: str
    correlation_id: str
    source: str
    lane: str
    reason: str
    advice: str
    since: float
    body: str
    handle: str


class DeadLetterQueue:
    """The dead-letter queue behind an event queue.  Every method may raise the client's errors."""

    def __init__(self, client: Sqs, *, queue_url: str, dead_letter_url: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._dead_letter_url = dead_letter_url

    def letters(self, *, most: int = 1000) -> list[Letter]:
        """What is there now, up to that many; all of it stays.

        Of one lane, those behind its tenth show when the ones before are gone: FIFO gives no others meanwhile.
        """
        found: dict[str, Letter] = {}
        try:
            for batch in self._batches():
                if len(found) >= most or batch[0].id in found:
                    break
                found |= {letter.id: letter for letter in batch}
        finally:
            self._show(found.values())
        return list(found.values())[:most]

    def each(self) -> Iterator[Letter]:
        """One letter after the other, hidden from others for `LOOKED_AT`: `move_back` it or `leave` it.

        It ends, whatever becomes of those that are moved back: one that dies again meanwhile does not come twice.
        """
        known: set[tuple[str, str]] = set()
        held: dict[str, Letter] = {}
        try:
            for batch in self._batches():
                held |= {letter.id: letter for letter in batch}
                for letter in batch:
                    if (letter.lane, letter.body) not in known:
                        known.add((letter.lane, letter.body))
                        del held[letter.id]
                        yield letter
        finally:
            self._show(held.values())

    def move_back(self, letter: Letter) -> str:
        """Sends the letter to the event queue and takes it away here; the id of the new message."""
        sent = self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=letter.body,
            MessageGroupId=letter.lane,
            # A new one each time: SQS drops what bears the id of a message of the last five minutes, dead or alive.
            MessageDeduplicationId=f"redriven-{uuid4().hex}",
            # By this the worker knows that an operator sent it again: what was refused is worth another call.
            MessageAttributes={"reason": {"DataType": "String", "StringValue": letter.reason}},
        )
        self._client.delete_message(QueueUrl=self._dead_letter_url, ReceiptHandle=letter.handle)
        return str(sent["MessageId"])

    def leave(self, letter: Letter) -> None:
        """Shows the letter to others again."""
        self._client.change_message_visibility(
            QueueUrl=self._dead_letter_url, ReceiptHandle=letter.handle, VisibilityTimeout=0
        )

    def _show(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            with suppress(ClientError):  # looked at for longer than it was hidden: it shows already
                self.leave(letter)

    def _batches(self) -> Iterator[list[Letter]]:
        while messages := self._client.receive_message(
            QueueUrl=self._dead_letter_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=LOOKED_AT,
            MessageAttributeNames=["reason", "advice"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages"):
            yield [_letter(message) for message in messages]


def _letter(message: Mapping[str, Any]) -> Letter:
    """The worker tells its reasons; what came without one was moved by SQS itself."""
    attributes = {
        name: str(value.get("StringValue", "")) for name, value in message.get("MessageAttributes", {}).items()
    }
    system = message["Attributes"]
    try:
        content = decode(message["Body"])
        ours = (content.delivery, content.correlation_id, content.source)
    except ValueError:
        ours = ("", "", "")
    derived = (RECEIVE_LIMIT, RECEIVE_LIMIT_ADVICE) if ours[0] else (NOT_A_MESSAGE, NOT_A_MESSAGE_ADVICE)
    return Letter(
        id=message["MessageId"],
        delivery=ours[0],
        correlation_id=ours[1],
        source=ours[2],
        lane=system["MessageGroupId"],
        reason=attributes.get("reason") or derived[0],
        advice=attributes.get("advice") or derived[1],
        since=int(system["SentTimestamp"]) / 1000,
        body=message["Body"],
        handle=message["ReceiptHandle"],
    )
