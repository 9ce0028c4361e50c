"""What a million events cost on AWS, by part: `python -m tests.bench.cost` (options: `--help`).

Prices are AWS's public ones for us-east-1 without any free tier, as read on 23 November 2026 from the pages named in
docs/scale.md.  How often each part is used is what table 2 measures; how long a function runs on AWS is assumed below.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.table import table

# Dollars for a million, where nothing else is said.
REST_REQUEST = 3.50
LAMBDA_REQUEST = 0.20
LAMBDA_GB_SECOND = {"arm64": 13.3334, "x86_64": 16.6667}
SQS_FIFO_REQUEST = 0.50
DYNAMODB_WRITE = 0.625
DYNAMODB_READ = 0.125
LOGS_GB = 0.50  # dollars for one
TRACE = 5.00
SECRET_CALL = 5.00
TRANSFER_GB = 0.09  # dollars for one

COLD = 0.01
"""Share of runs that start a function; that has been billed as well since August 2025."""
COLD_SECONDS = {"receiver": 0.4, "worker": 0.8}

MEMORY_GB = 0.5
RECEIVER_SECONDS = 0.020
"""A warm receiver: its CPU on the share of a core that 512 MB bring, and one call to SQS."""
WORKER_OWN_SECONDS = 0.060
"""A warm worker beside its waiting for Zendesk and Jira: its CPU, and five calls to DynamoDB."""
LOG_KB = {"receive": 1.6, "work": 1.9, "access": 0.4}
"""Kilobytes of log for each: START, END and REPORT, the delivery's line and the metrics' line."""
CALL_KB = 1.5
"""Kilobytes that leave AWS with one call to Zendesk or Jira."""
TRACED = 0.05
"""X-Ray samples one request a second, and this share of the others."""
SECRET_SECONDS = 60.0
"""A warm function reads its secret again after that long."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one event uses: by default a ticket that gains one key."""

    zendesk_calls: int = 1
    jira_calls: int = 1
    runs: int = 1
    records_written: int = 3
    index_writes: int = 1
    upstream_seconds: float = 0.3


ISSUE = Event(jira_calls=0, runs=2)
UNCHANGED = Event(zendesk_calls=0, jira_calls=0, records_written=1, index_writes=0)


def parts(event: Event, architecture: str) -> Iterator[tuple[str, float]]:
    """Dollars for a million of these, by part."""
    upstream = event.zendesk_calls + event.jira_calls
    working = event.runs * WORKER_OWN_SECONDS + upstream * event.upstream_seconds
    gb_second = LAMBDA_GB_SECOND[architecture] * MEMORY_GB
    kilobytes = LOG_KB["access"] + LOG_KB["receive"] + event.runs * LOG_KB["work"]
    yield "API Gateway (REST)", REST_REQUEST
    yield "Lambda, receiver", LAMBDA_REQUEST + (RECEIVER_SECONDS + COLD * COLD_SECONDS["receiver"]) * gb_second
    starting = event.runs * COLD * COLD_SECONDS["worker"]
    yield "Lambda, worker", event.runs * LAMBDA_REQUEST + (working + starting) * gb_second
    # Sent, received and deleted once each; a notice is one message more.
    yield "SQS (FIFO)", 3 * event.runs * SQS_FIFO_REQUEST
    yield "DynamoDB, ledger", event.runs * DYNAMODB_READ + (event.records_written + event.index_writes) * DYNAMODB_WRITE
    yield "DynamoDB, idempotency", event.runs * 2 * DYNAMODB_WRITE
    yield "CloudWatch Logs", kilobytes * LOGS_GB
    yield "X-Ray", TRACED * TRACE
    yield "Secrets Manager", (RECEIVER_SECONDS + working) / SECRET_SECONDS * SECRET_CALL
    yield "data transfer out", upstream * CALL_KB * TRANSFER_GB


def report(events: dict[str, Event], architecture: str) -> str:
    """Dollars for a million events of each kind."""
    columns = [dict(parts(event, architecture)) for event in events.values()]
    rows = [(name, *(f"{column[name]:.2f}" for column in columns)) for name in columns[0]]
    totals = ("together", *(f"{sum(column.values()):.2f}" for column in columns))
    return table((f"$ for a million events, {architecture}", *events), [*rows, totals])


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--architecture", choices=sorted(LAMBDA_GB_SECOND), default="arm64")
    options.add_argument("--upstream-seconds", type=float, default=0.3, help="an answer of Zendesk or Jira (0.3)")
    options.add_argument("--keys", type=int, default=1, help="keys that the ticket gains at once (1)")
    chosen = options.parse_args()
    n, seconds = chosen.keys, chosen.upstream_seconds
    gains = Event(n, -(-n // 100), records_written=2 * n + 1, index_writes=n, upstream_seconds=seconds)
    issue = Event(jira_calls=0, runs=2, upstream_seconds=seconds)
    print(
        report({f"ticket gains {n}": gains, "issue gains 1": issue, "nothing changed": UNCHANGED}, chosen.architecture)
    )


if __name__ == "__main__":
    main()
