"""What an operator asks of a ticket's lane: sent as any other message, waited for, and looked at afterwards."""

import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from linksync.core.messages import Envelope, OperatorAction, OperatorCommand
from linksync.store.event_queue import EventQueue
from linksync_cli.outcomes import Outcome
from linksync_cli.redriving import dead_letter_queue, outcomes
from linksync_cli.stack import Stack

SOURCE = "operator"


class LaneCommands:
    """Sends commands to the lanes of a stack.  Raises the clients' errors."""

    def __init__(self, stack: Stack, *, clock: Callable[[], float] = time.time) -> None:
        self._stack, self._clock = stack, clock
        self._queue = EventQueue(stack.aws.client("sqs"), stack.output("EventQueueUrl"))

    def command(self, action: OperatorAction, *, ticket_id: str, issue_id: str, issue_key: str) -> OperatorCommand:
        """A command about one link, as of now."""
        return OperatorCommand(
            ticket_id=ticket_id, issue_id=issue_id, issue_key=issue_key, action=action, at=self._clock()
        )

    def send(self, commands: Sequence[OperatorCommand]) -> list[str]:
        """Queues them, each in its lane and as a delivery of its own; returns the deliveries, in this order."""
        envelopes = [
            Envelope(
                delivery=(delivery := uuid4().hex),
                correlation_id=delivery,
                source=SOURCE,
                received_at=self._clock(),
                payload=command,
            )
            for command in commands
        ]
        self._queue.send_batch(envelopes)
        return [envelope.delivery for envelope in envelopes]

    def wait(
        self, deliveries: Sequence[str], *, seconds: float, on_progress: Callable[[int], None]
    ) -> dict[str, Outcome]:
        """What became of each, once all have ended or so many seconds are over; `on_progress` gets their number."""
        return outcomes(self._stack, dead_letter_queue(self._stack)).of(
            deliveries, seconds=seconds, on_progress=on_progress
        )
