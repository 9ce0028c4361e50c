"""The dead-letter queue as the page's tray: what lies there, and the way back."""

import threading
from collections.abc import Collection

from linksync.store.dead_letters import DeadLetterQueue, Letter
from local.aws.queues import Depth
from local.aws.stack import Stack


class DeadLetterTray:
    """One reader of the queue at a time: whoever looks hides the letters for a moment from whoever else does."""

    def __init__(self, stack: Stack) -> None:
        self._queue = DeadLetterQueue(
            stack.client("sqs"),
            queue_url=stack.outputs["EventQueueUrl"],
            dead_letter_url=stack.outputs["DeadLetterQueueUrl"],
        )
        self._lock = threading.Lock()
        self._depth = Depth(0, 0, 0)
        self._letters: list[Letter] = []

    def letters(self, depth: Depth) -> list[Letter]:
        """The letters, read anew when the queue's depth is another than last time."""
        with self._lock:
            if depth != self._depth:
                self._letters, self._depth = self._queue.letters(most=50), depth
            return list(self._letters)

    def move_back(self, names: Collection[str]) -> int:
        """Moves the letters of these deliveries (or SQS ids) to the event queue; how many they were."""
        moved = 0
        with self._lock:
            for letter in self._queue.each():
                if (letter.delivery or letter.id) in names:
                    self._queue.move_back(letter)
                    moved += 1
                else:
                    self._queue.leave(letter)
            self._depth = Depth(-1, 0, 0)  # whatever it is now, it is to be read anew
        return moved
