"""SQS's FIFO queue as far as a long backlog meets its limits, on a clock that its user moves.

- A lane (a message group) shows its first message alone, the others once that one is gone.
- Lanes are looked for among the first messages alone: those behind are not seen, whatever their lane, until earlier
  ones are gone.  One that was received and put off is in the queue still, and counts.
- What was received as often as the redrive policy allows is a dead letter when it would be received again.
- What is older than the retention period is gone, received or not, and nothing tells of it.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/avoid-backlog-with-the-same-message-group-id.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum

LOOKED_AT = 120_000
"""Messages among which SQS looks for lanes with work; the most that may be received and not deleted are as many."""


class Ended(Enum):
    """What became of a message."""

    DONE = "done"
    DEAD = "dead"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`receives` of a message before it is a dead letter, `retention` in seconds, `window` in messages."""

    receives: int
    retention: float
    window: int = LOOKED_AT


@dataclass(slots=True, eq=False)
class Message:
    """`needs` are the vendors that its work calls, in this order.  Times are seconds of the simulation."""

    lane: int
    needs: tuple[str, ...]
    sent_at: float
    receives: int = 0
    first_received_at: float = 0.0
    ended: Ended | None = None
    ended_at: float = 0.0


class FifoQueue:
    """Holds messages from `send` until `end`.  Times that it is told never run backwards."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._by_age: deque[Message] = deque()
        self._unseen: deque[Message] = deque()
        self._seen = 0
        self._lanes: dict[int, deque[Message]] = {}
        self._visible: deque[Message] = deque()

    def send(self, message: Message) -> None:
        """Takes it in, behind all others."""
        self._by_age.append(message)
        self._unseen.append(message)
        self._look()

    def receive(self, now: float) -> Message | None:
        """A lane's first message, the one that has been visible for longest; None while there is none."""
        while self._visible:
            message = self._visible.popleft()
            if message.ended:
                continue
            if message.receives >= self._limits.receives:
                self.end(message, Ended.DEAD, now)
                continue
            message.receives += 1
            if message.receives == 1:
                message.first_received_at = now
            return message
        return None

    def show_again(self, message: Message) -> None:
        """The time for which it was put off is over."""
        self._visible.append(message)

    def end(self, message: Message, how: Ended, now: float) -> None:
        """Takes it out, unless it is gone already, and shows what waited for that."""
        if message.ended:
            return
        message.ended, message.ended_at = how, now
        lane = self._lanes[message.lane]
        lane.popleft()
        if lane:
            self._visible.append(lane[0])
        else:
            del self._lanes[message.lane]
        self._seen -= 1
        self._look()

    def expire(self, now: float) -> None:
        """Takes out what is too old by then: the oldest first, which is always among those that are seen."""
        while self._by_age and (gone_at := self._by_age[0].sent_at + self._limits.retention) <= now:
            self.end(self._by_age.popleft(), Ended.EXPIRED, gone_at)

    def _look(self) -> None:
        while self._unseen and self._seen < self._limits.window:
            message = self._unseen.popleft()
            self._seen += 1
            lane = self._lanes.setdefault(message.lane, deque())
            lane.append(message)
            if len(lane) == 1:
                self._visible.append(message)
