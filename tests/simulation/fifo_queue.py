"""A FIFO queue of SQS: lanes in order, duplicates dropped, what is received hidden for a while.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.clock import Clock

DEDUPLICATED_FOR = 300.0


@dataclass
class QueuedMessage:
    """`visible_at` is when it can be received; `handle` is that of its last receive."""

    id: str
    body: str
    lane: str
    attributes: Mapping[str, Any]
    sent_at: float
    visible_at: float = 0.0
    received: int = 0
    first_received_at: float = 0.0
    handle: str = ""
    runs: int = 0
    """How often the worker was given it."""


@dataclass
class FifoQueue:
    """A lane's first message hides those behind it, and stays first until it is deleted."""

    clock: Clock
    lanes: dict[str, list[QueuedMessage]] = field(default_factory=dict)
    sent: int = 0
    _known: dict[tuple[str, str], float] = field(default_factory=dict)

    def send(self, body: str, lane: str, known_by: str, attributes: Mapping[str, Any]) -> str:
        """Its id.  One that the lane had within five minutes is dropped, whatever has become of that."""
        known, now = (lane, known_by), self.clock.now
        if now - self._known.get(known, -DEDUPLICATED_FOR) < DEDUPLICATED_FOR:
            return "duplicate"
        self._known[known] = now
        self.sent += 1
        message = QueuedMessage(str(self.sent), body, lane, attributes, now)
        self.lanes.setdefault(lane, []).append(message)
        return message.id

    def ready(self) -> list[str]:
        """The lanes whose first message can be received now."""
        return [lane for lane, messages in self.lanes.items() if messages[0].visible_at <= self.clock.now]

    def next_visible(self) -> float | None:
        """When the next lane opens; None when the queue is empty."""
        return min((messages[0].visible_at for messages in self.lanes.values()), default=None)

    def receive(self, lane: str, hidden_for: float) -> QueuedMessage:
        message = self.lanes[lane][0]
        message.received += 1
        message.first_received_at = message.first_received_at or self.clock.now
        message.visible_at = self.clock.now + hidden_for
        message.handle = f"{message.id}-{message.received}"
        return message

    def hide(self, handle: str, seconds: float) -> None:
        """Raises KeyError when the handle is no longer good."""
        message = self.in_flight(handle)
        message.visible_at = self.clock.now + seconds

    def in_flight(self, handle: str) -> QueuedMessage:
        firsts = (messages[0] for messages in self.lanes.values())
        message = next((one for one in firsts if one.handle == handle), None)
        if message is None or message.visible_at < self.clock.now:
            raise KeyError(handle)
        return message

    def delete(self, message: QueuedMessage) -> None:
        waiting = self.lanes[message.lane]
        waiting.remove(message)
        if not waiting:
            del self.lanes[message.lane]
