"""Table 3, second part: how fast the deployed stack empties its queue, with one lane and with many.

The laptop's AWS feeds a FIFO queue's function one message at a time, so this is its throughput and not AWS's: what it
shows is that many lanes cost no more than one, and that every lane ends right.
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from linksync.core.message_format import encode
from linksync.core.messages import Envelope, TicketStatement
from local.aws.stack import Stack
from local.vendors import SimulatedVendors
from tests.bench.calls import keys
from tests.bench.table import table

LANES = (1, 10, 100)
ROUNDS = 3
MESSAGES = 100
LONGEST_DRAIN = 120
_BATCH = 10


@dataclass(frozen=True, slots=True)
class Row:
    """`MESSAGES` messages over so many lanes.  `right`: every ticket has the links that it named last."""

    lanes: int
    seconds: float
    right: bool


def rows() -> Iterator[Row]:
    """Deploys the built template and empties the queue for each number of lanes, in turn."""
    with SimulatedVendors() as vendors:
        for _ in range(MESSAGES):
            vendors.issue("PROJ")
        with Stack(vendors, parameters={"LogLevel": "ERROR"}) as stack:
            vendors.senders.aim(zendesk="", jira="", automation="")  # what is queued is queued here
            _empty(stack, lanes=1, messages=5)  # starts the worker
            for _ in range(ROUNDS):
                for lanes in LANES:
                    yield _empty(stack, lanes, MESSAGES)


def _empty(stack: Stack, lanes: int, messages: int) -> Row:
    vendors, each = stack.vendors, messages // lanes
    tickets = [vendors.ticket(keys(each)) for _ in range(lanes)]
    envelopes = [_envelope(ticket, named) for named in range(1, each + 1) for ticket in tickets]
    began = time.monotonic()
    for start in range(0, messages, _BATCH):
        entries = [_entry(number, envelope) for number, envelope in enumerate(envelopes[start : start + _BATCH])]
        stack.client("sqs").send_message_batch(QueueUrl=stack.outputs["EventQueueUrl"], Entries=entries)
    while stack.depth().total and time.monotonic() - began < LONGEST_DRAIN:
        time.sleep(0.05)
    seconds = time.monotonic() - began
    right = {(str(ticket), key) for ticket in tickets for key in keys(each).split()}
    return Row(lanes, seconds, right <= vendors.links())


def _envelope(ticket: int, named: int) -> Envelope:
    now = time.time()
    statement = TicketStatement(ticket_id=str(ticket), issue_keys=tuple(keys(named).split()), at=now, exact=True)
    return Envelope(
        delivery=uuid.uuid4().hex, correlation_id="bench", source="bench", received_at=now, payload=statement
    )


def _entry(number: int, envelope: Envelope) -> dict[str, str]:
    return {
        "Id": str(number),
        "MessageBody": encode(envelope),
        "MessageGroupId": envelope.lane,
        "MessageDeduplicationId": envelope.delivery,
    }


def report(found: list[Row]) -> str:
    """Messages a second, each of them one link more: medians."""
    return table(("lanes", "messages", "seconds", "of all rounds", "messages a second", "links right"), _lines(found))


def _lines(found: list[Row]) -> Iterator[tuple[object, ...]]:
    for lanes in LANES:
        rounds = [row for row in found if row.lanes == lanes]
        seconds = sorted(row.seconds for row in rounds)
        shown = " ".join(f"{one:.1f}" for one in seconds)
        right = "yes" if all(row.right for row in rounds) else "NO"
        yield lanes, MESSAGES, f"{median(seconds):.1f}", shown, f"{MESSAGES / median(seconds):.1f}", right
