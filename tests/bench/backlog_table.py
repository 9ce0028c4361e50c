"""What an outage took, as a table, and which alarms tell of what waits."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench import prices
from tests.bench.deployed import Deployed
from tests.bench.table import table

WAITING = ("ApproximateAgeOfOldestMessage", "SecondsWaiting", "ApproximateNumberOfMessagesVisible")
"""The metrics that tell of it: what was never tried, what is tried again, and what was given up."""

_LINE_GB = 0.7e-6
# A try that fails: received, put off; the delivery and the lane are read, its crash is counted and taken back, a line.
_TRY = (
    prices.LAMBDA_REQUEST
    + 2 * prices.SQS_FIFO_REQUEST
    + 2 * prices.DYNAMODB_READ
    + 2 * prices.DYNAMODB_WRITE
    + _LINE_GB * 1e6 * prices.LOGS_GB
) / 1e6
_HEAD = (
    *("Jira is", "breaker", "calls", "Lambda s", "$", "most tries", "dead letters", "expired", "oldest, h"),
    *("last right after, s", "plan used", "most calls in a minute"),
    *("others' delay, median s", "99 of 100", "longest"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of outage.  `late` are seconds after its end, `delays` those of the edits that do not need Jira.

    `oldest` is the age in seconds that the oldest message had at most, whatever became of it.
    """

    kind: str
    breaker: bool
    calls: int
    seconds: float
    tries: int
    most_tries: int
    dead: int
    expired: int
    oldest: float
    late: list[float]
    asked_after: list[int]
    delays: list[float]
    plan: int

    @property
    def used(self) -> float | None:
        """The share of the vendor's plan that was used while more waited than it takes in a minute, if ever it did."""
        right = len(self.late) - self.plan
        return right / (self.plan * self.late[right - 1] / 60) if right > 0 else None


def report(found: Sequence[Row], deployed: Deployed) -> str:
    """What each kind took, and the alarms."""
    gigabytes = deployed.worker_mb / 1024 * prices.LAMBDA_GB_SECOND["arm64"] / 1e6
    lines = "\n".join(f"- {line}" for line in alarms(deployed))
    limits = f"{deployed.receives:,} receives, {deployed.retention / 86_400:.0f} days"
    return (
        f"{table(_HEAD, (_line(row, gigabytes) for row in found))}\n\n"
        f"SQS's limits by the template: {limits}. Its alarms on what waits or was given up:\n\n{lines}"
    )


def alarms(deployed: Deployed) -> Iterator[str]:
    """The alarm on each of the metrics of what waits, or that there is none."""
    found = {alarm.get("MetricName"): alarm for alarm in map(json.loads, deployed.alarms)}
    for metric in WAITING:
        if alarm := found.get(metric):
            name = alarm["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName} ")
            yield f"{metric} over {alarm['Threshold']:,}: {name}"
        else:
            yield f"{metric}: NONE"


def _line(row: Row, gigabytes: float) -> tuple[object, ...]:
    return (
        row.kind,
        "yes" if row.breaker else "no",
        f"{row.calls:,}",
        f"{row.seconds:,.0f}",
        f"{row.tries * _TRY + row.seconds * gigabytes:.2f}",
        row.most_tries,
        f"{row.dead:,}",
        f"{row.expired:,}",
        f"{row.oldest / 3600:.1f}",
        f"{row.late[-1]:,.0f}" if row.late else "",
        "" if row.used is None else f"{row.used:.0%}",
        max(row.asked_after, default=0),
        *_delays(row.delays),
    )


def _delays(delays: list[float]) -> tuple[str, str, str]:
    if not delays:
        return "", "", ""
    return f"{median(delays):,.1f}", f"{delays[int(len(delays) * 0.99)]:,.1f}", f"{delays[-1]:,.1f}"
