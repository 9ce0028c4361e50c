"""What a million events cost on AWS, by part: `python -m tests.bench.cost` (options: `--help`).

Calls, records, messages and bytes of log are counted: an event of each kind goes through the real receivers and the
real worker.  Memory, log levels and the share that is traced are read from template.yaml; the processor time of a run
is what table 1 measures.  Prices and assumed times are in `prices`.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench import prices
from tests.bench.calls import LATER, keys
from tests.bench.counted_aws import IDEMPOTENCY, LEDGER
from tests.bench.cpu_share import FULL_MB
from tests.bench.deployed import Deployed
from tests.bench.log_lines import logged
from tests.bench.one_event import Cost, Laptop
from tests.bench.table import table

EVENTS_A_MONTH = 1_000_000
"""At this rate the events come: the lines of latencies are one a minute."""

RECEIVER_CPU, WORKER_CPU = 0.0007, 0.0045
"""Seconds of processor for a warm run, the worker's for a ticket that gains a key: table 1, on a quiet machine."""

COLD = 0.01
"""Share of runs that start a function; that has been billed as well since August 2025."""
COLD_SECONDS = {"receiver": 0.4, "worker": 0.8}

_SAMPLE = 12


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event: what one of it took, and the bytes of log that one brings, at EVENTS_A_MONTH."""

    cost: Cost
    log_bytes: float


def events(deployed: Deployed, n: int = 1) -> dict[str, Event]:
    """A ticket that gains `n` keys, an issue that gains a ticket, and a ticket that states what it stated before."""
    with Laptop() as laptop:
        for _ in range(n + _SAMPLE):
            laptop.vendors.issue("PROJ")
        laptop.ticket_says(laptop.vendors.ticket(), keys(1))
        laptop.issue_says("PROJ-1", str(laptop.vendors.ticket()))
        gained, named, said_again = [], [], []
        for number in range(_SAMPLE):
            ticket = laptop.vendors.ticket()
            gained.append(laptop.ticket_says(ticket, keys(n)))
            _wait_for_the_next(laptop)
            named.append(laptop.issue_says(f"PROJ-{n + number}", str(laptop.vendors.ticket())))
            _wait_for_the_next(laptop)
        laptop.wait(LATER)
        for _ in range(_SAMPLE):
            said_again.append(laptop.ticket_says(ticket, keys(n), again=True))
            laptop.wait(LATER)
    kinds = {f"ticket gains {n}": gained, "issue gains 1": named, "nothing changed": said_again}
    return {
        kind: Event(costs[-1], sum(logged(cost, deployed) for cost in costs) / len(costs))
        for kind, costs in kinds.items()
    }


def _wait_for_the_next(laptop: Laptop) -> None:
    laptop.wait(30 * 86_400 / EVENTS_A_MONTH)


def parts(event: Event, deployed: Deployed, architecture: str, upstream_seconds: float) -> Iterator[tuple[str, float]]:
    """Dollars for a million of these, by part."""
    cost, gb_second = event.cost, prices.LAMBDA_GB_SECOND[architecture]
    receiving = RECEIVER_CPU * FULL_MB / deployed.receiver_mb + len(cost.received) * prices.AWS_SECONDS
    working = (
        cost.runs * WORKER_CPU * FULL_MB / deployed.worker_mb
        + len(cost.worked) * prices.AWS_SECONDS
        + (cost.zendesk + cost.jira) * upstream_seconds
    )
    cold = {name: COLD * seconds for name, seconds in COLD_SECONDS.items()}
    receiver_gb, worker_gb = deployed.receiver_mb / 1024, deployed.worker_mb / 1024
    yield "API Gateway (REST)", prices.REST_REQUEST
    yield "Lambda, receiver", prices.LAMBDA_REQUEST + (receiving + cold["receiver"]) * receiver_gb * gb_second
    started = cost.runs * cold["worker"]
    yield "Lambda, worker", cost.runs * prices.LAMBDA_REQUEST + (working + started) * worker_gb * gb_second
    # Each message is sent, received and deleted.
    yield "SQS (FIFO)", 3 * cost.runs * prices.SQS_FIFO_REQUEST
    for name, of in (("ledger and history", LEDGER), ("idempotency", IDEMPOTENCY)):
        writes, reads = cost.units(of)
        yield f"DynamoDB, {name}", writes * prices.DYNAMODB_WRITE + reads * prices.DYNAMODB_READ
    yield "CloudWatch Logs", event.log_bytes / 1e9 * 1e6 * prices.LOGS_GB
    # What a message brings is a trace of its own, linked with that of its delivery.
    yield "X-Ray", (1 + cost.runs) * deployed.traced * prices.TRACE
    yield "data transfer out", (cost.sent + cost.answered) / 1e9 * 1e6 * prices.TRANSFER_GB


def report(
    found: dict[str, Event],
    deployed: Deployed,
    architecture: str = "arm64",
    upstream_seconds: float = prices.UPSTREAM_SECONDS,
) -> str:
    """Dollars for a million events of each kind."""
    columns = [dict(parts(event, deployed, architecture, upstream_seconds)) for event in found.values()]
    rows = [(name, *(f"{column[name]:.2f}" for column in columns)) for name in columns[0]]
    totals = ("together", *(f"{sum(column.values()):.2f}" for column in columns))
    used = f"worker {deployed.worker_mb} MB, receivers {deployed.receiver_mb} MB"
    return table((f"$ for a million events, {architecture}", *found), [*rows, totals]) + f"\n\n{used}"


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--architecture", choices=sorted(prices.LAMBDA_GB_SECOND), default="arm64")
    options.add_argument("--upstream-seconds", type=float, default=prices.UPSTREAM_SECONDS, help="of a response (0.3)")
    options.add_argument("--keys", type=int, default=1, help="keys that the ticket gains at once (1)")
    chosen = options.parse_args()
    deployed = Deployed.by_the_template()
    print(report(events(deployed, chosen.keys), deployed, chosen.architecture, chosen.upstream_seconds))


if __name__ == "__main__":
    main()
