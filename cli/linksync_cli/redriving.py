"""Dead letters on their way back: which are meant, moved, and what became of each."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from linksync.store.dead_letters import DeadLetterQueue, Letter
from linksync_cli.failures import WrongUsage
from linksync_cli.outcomes import Outcomes
from linksync_cli.stack import Stack

SHORTEST_NAME = 6
_IDEMPOTENCY = "IdempotencyTable"  # what the template calls it


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which letters are meant: by their deliveries (or how these begin), by a reason, or all."""

    names: Collection[str] = ()
    reason: str = ""
    everything: bool = False

    def includes(self, letter: Letter) -> bool:
        """Whether this letter is meant."""
        named = any(name_of(letter).startswith(name) for name in self.names)
        return self.everything or named or (bool(self.reason) and letter.reason == self.reason)

    @property
    def any(self) -> bool:
        """Whether any letter is meant at all."""
        return bool(self.names or self.reason or self.everything)

    def check(self, letters: Collection[Letter]) -> None:
        """Raises WrongUsage for a name that is too short, or that no letter bears."""
        for name in self.names:
            if len(name) < SHORTEST_NAME:
                raise WrongUsage("delivery", f"{name} is too short to name a letter.", "Give six characters or more.")
            if not any(name_of(letter).startswith(name) for letter in letters):
                raise WrongUsage("delivery", f"No dead letter is called {name}.", "See them with `linksync redrive`.")


class DeadDeliveries:
    """The deliveries of a dead-letter queue, with the reason of each."""

    def __init__(self, queue: DeadLetterQueue) -> None:
        self._queue = queue

    def deliveries(self) -> Mapping[str, str]:
        """By delivery, or by SQS's id where a letter is none of ours."""
        return {name_of(letter): letter.reason for letter in self._queue.letters()}


def name_of(letter: Letter) -> str:
    """What a letter is called: its delivery, or SQS's id where it has none."""
    return letter.delivery or letter.id


def dead_letter_queue(stack: Stack) -> DeadLetterQueue:
    """The stack's dead-letter queue."""
    return DeadLetterQueue(
        stack.aws.client("sqs"),
        queue_url=stack.output("EventQueueUrl"),
        dead_letter_url=stack.output("DeadLetterQueueUrl"),
    )


def outcomes(stack: Stack, queue: DeadLetterQueue) -> Outcomes:
    """Finds out what became of deliveries of this stack."""
    table = stack.resources()[_IDEMPOTENCY][1]
    return Outcomes(dynamodb=stack.aws.client("dynamodb"), table=table, letters=DeadDeliveries(queue), wait=time.sleep)


def move_back(queue: DeadLetterQueue, chosen: Chosen, on_progress: Callable[[int], None]) -> list[Letter]:
    """Moves the chosen letters back, the oldest of each lane first; returns them."""
    moved = []
    for letter in queue.each():
        if chosen.includes(letter):
            queue.move_back(letter)
            moved.append(letter)
            on_progress(1)
        else:
            queue.leave(letter)
    return moved
