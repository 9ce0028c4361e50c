"""Table 3: whether one event's time and calls grow with the ledger, with the ticket, or with the change."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from local.jira.issue import SimulatedIssue
from tests.bench.calls import keys
from tests.bench.counted_aws import LEDGER
from tests.bench.one_event import Cost, Laptop
from tests.bench.table import table

LEDGERS = (100, 10_000, 1_000_000)
FILLING_SECONDS = 180
TICKETS = (1, 10, 50, 100, 200)
CHANGES = (1, 10, 50, 100, 200)
REPEATS = 15
LATER = 1200.0
_BATCH = 25


@dataclass(frozen=True, slots=True)
class Row:
    """Events of one kind, at one size."""

    kind: str
    size: int
    costs: list[Cost]


def rows(*, say: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """The ledger grows from row to row; tickets and changes of every size come first, with a small one."""
    with Laptop() as laptop:
        for _ in range(max(TICKETS) + REPEATS + 1):
            laptop.vendors.issue("PROJ")
        for _ in range(5):
            laptop.ticket_says(laptop.vendors.ticket(), keys(2))
        yield from _tickets(laptop)
        yield from _changes(laptop)
        filled = 0
        for goal in LEDGERS:
            say(f"filling the ledger with {goal:,} links")
            filled = _fill(laptop, filled, goal)
            yield Row("links in the ledger; the ticket gains 1", filled, [_gain(laptop) for _ in range(REPEATS)])
            yield Row("links in the ledger; the issue gains 1", filled, [_named(laptop) for _ in range(REPEATS)])


def _tickets(laptop: Laptop) -> Iterator[Row]:
    for size in TICKETS:
        ticket, costs = laptop.vendors.ticket(), []
        laptop.ticket_says(ticket, keys(size))
        for more in range(1, REPEATS + 1):
            laptop.wait(LATER)
            costs.append(laptop.ticket_says(ticket, keys(size + more)))
        yield Row("issues on the ticket; it gains 1", size, costs)


def _changes(laptop: Laptop) -> Iterator[Row]:
    for size in CHANGES:
        costs = [laptop.ticket_says(laptop.vendors.ticket(), keys(size)) for _ in range(3)]
        yield Row("issues that the ticket gains at once", size, costs)


def _gain(laptop: Laptop) -> Cost:
    return laptop.ticket_says(laptop.vendors.ticket(), keys(1))


def _named(laptop: Laptop) -> Cost:
    issue: SimulatedIssue = laptop.vendors.issue("PROJ")
    return laptop.issue_says(issue.key, str(laptop.vendors.ticket()))


def _fill(laptop: Laptop, filled: int, goal: int) -> int:
    """Puts other tickets' links until there are `goal`, or the time is up; how many there are then.

    Without botocore, which takes longer than the store itself.
    """
    connection = http.client.HTTPConnection("127.0.0.1", laptop.aws.emulator.port, timeout=60)
    headers = {
        "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={laptop.aws.emulator.key}/20260101/us-east-1/dynamodb/"
        "aws4_request, SignedHeaders=host, Signature=0",
    }
    deadline = time.monotonic() + FILLING_SECONDS
    while filled < goal and time.monotonic() < deadline:
        puts = [{"PutRequest": {"Item": _item(number)}} for number in range(filled, min(filled + _BATCH, goal))]
        connection.request("POST", "/", json.dumps({"RequestItems": {LEDGER: puts}}), headers)
        answer = connection.getresponse()
        if answer.read() and answer.status != 200:
            raise RuntimeError(f"the local store answered {answer.status}")
        filled += len(puts)
    connection.close()
    return filled


def _item(number: int) -> dict[str, dict[str, object]]:
    """One link as the ledger writes it."""
    return {
        "lane": {"S": f"ticket#9{number // 2}"},
        "record": {"S": f"link#8{number}"},
        "issue_id": {"S": f"8{number}"},
        "issue_key": {"S": f"OLD-{number}"},
        "key_at": {"N": "1700000000.0"},
        "claims": {"SS": [f"ticket:OLD-{number}"]},
        "state": {"S": "linked"},
        "owner": {"S": "linksync"},
    }


def report(found: list[Row]) -> str:
    """Medians: the worker's time for the whole event, and what it called, read and wrote."""
    head = ("what grows", "n", "worker ms", "Zendesk", "Jira", "AWS calls", "records read", "records written")
    return table(head, [_line(row) for row in found])


def _line(row: Row) -> tuple[str, ...]:
    def middle(value: Callable[[Cost], float]) -> str:
        return f"{median(map(value, row.costs)):.0f}"

    return (
        row.kind,
        f"{row.size:,}",
        f"{median(1000 * cost.seconds for cost in row.costs):.1f}",
        middle(lambda cost: cost.zendesk),
        middle(lambda cost: cost.jira),
        middle(lambda cost: len(cost.received) + len(cost.worked)),
        middle(lambda cost: cost.read()),
        middle(lambda cost: cost.written()),
    )
