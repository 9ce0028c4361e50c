"""A day without Jira: what the worker spends meanwhile, how soon all is right afterwards, and who else is kept waiting.

A thousand tickets are given a key in the first hour, and need Jira.  Once a minute an issue is edited, which needs
Zendesk alone.  See `outage_model`.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median

from tests.bench import prices
from tests.bench.deployed import Deployed
from tests.bench.outage_model import DAY, Lane, Outage, Vendor
from tests.bench.table import table

KINDS = ("refused connections", "hanging", "503", "429")
LANES = 1_000
SLOTS = 5
PLAN = 200
"""Calls a minute that each vendor takes: Zendesk's smallest plan."""

_HOUR = 3_600.0
_LINE_GB = 0.7e-6
# A try that fails: received, put off; the delivery and the lane are read, its crash is counted and taken back, a line.
_TRY = (
    prices.LAMBDA_REQUEST
    + 2 * prices.SQS_FIFO_REQUEST
    + 2 * prices.DYNAMODB_READ
    + 2 * prices.DYNAMODB_WRITE
    + _LINE_GB * 1e6 * prices.LOGS_GB
) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of outage.  `late` are seconds after its end, `delays` those of the edits that do not need Jira."""

    kind: str
    breaker: bool
    calls: int
    seconds: float
    tries: int
    most_tries: int
    dead: int
    late: list[float]
    asked_after: list[int]
    delays: list[float]
    plan: int

    @property
    def used(self) -> float:
        """The share of the vendor's plan that was used while more lanes waited than it takes in a minute."""
        right = len(self.late) - self.plan
        return right / (self.plan * self.late[right - 1] / 60)


def rows(*, lanes: int = LANES, plan: int = PLAN) -> Iterator[Row]:
    """Every kind, without the breaker and with it."""
    cases = [(kind, breaker) for kind in KINDS for breaker in (False, True)]
    with ProcessPoolExecutor() as pool:
        yield from pool.map(partial(outage, lanes=lanes, plan=plan), *zip(*cases, strict=True))


def outage(kind: str, breaker: bool, *, lanes: int = LANES, plan: int = PLAN, lasts: float = DAY) -> Row:
    """One outage of so many seconds, with the breaker or without."""
    waiting = [Lane(number, ("jira", "zendesk"), sent_at=number * _HOUR / lanes) for number in range(lanes)]
    others = [Lane(lanes + number, ("zendesk",), sent_at=60.0 * number) for number in range(int(lasts / 60))]
    vendors = {"zendesk": Vendor(10**6), "jira": Vendor(plan, kind, until=lasts)}
    modelled = Outage(vendors, waiting + others, slots=SLOTS, breaker=breaker)
    modelled.run(until=lasts + 2 * DAY)
    jira = vendors["jira"]
    minutes = range(int(lasts // 60), max(jira.calls) + 1)
    return Row(
        kind=kind,
        breaker=breaker,
        calls=sum(calls for minute, calls in jira.calls.items() if minute < lasts // 60),
        seconds=modelled.seconds,
        tries=modelled.tries,
        most_tries=max(lane.attempt for lane in waiting),
        dead=sum(lane.dead for lane in waiting + others),
        late=sorted(lane.done_at - lasts for lane in waiting if lane.done_at is not None),
        asked_after=[jira.calls[minute] for minute in minutes],
        plan=plan,
        delays=sorted(lane.done_at - lane.sent_at for lane in others if lane.done_at is not None),
    )


def report(found: list[Row], deployed: Deployed) -> str:
    """What each kind took."""
    gigabytes = deployed.worker_mb / 1024 * prices.LAMBDA_GB_SECOND["arm64"] / 1e6
    head = (
        *("Jira for 24 h", "breaker", "calls", "Lambda s", "$", "most tries", "dead letters"),
        *(
            "last right after, s",
            "plan used",
            "most calls in a minute",
            "others' delay, median s",
            "99 of 100",
            "longest",
        ),
    )
    return table(head, (_line(row, gigabytes) for row in found))


def _line(row: Row, gigabytes: float) -> tuple[object, ...]:
    return (
        row.kind,
        "yes" if row.breaker else "no",
        f"{row.calls:,}",
        f"{row.seconds:,.0f}",
        f"{row.tries * _TRY + row.seconds * gigabytes:.2f}",
        row.most_tries,
        row.dead,
        f"{row.late[-1]:,.0f}" if row.late else "",
        f"{row.used:.0%}",
        max(row.asked_after, default=0),
        f"{median(row.delays):.1f}",
        f"{row.delays[int(len(row.delays) * 0.99)]:.1f}",
        f"{row.delays[-1]:,.1f}",
    )
