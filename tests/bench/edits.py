"""From the edit of a ticket's field to its link: linksync and CONVENTIONAL, each deployed into a local AWS of its own.

Idle: one edit after the other.  Under load: so many a second.  With failures: the same, while 2 % of the calls to
Zendesk and Jira are answered 503, by the same dice for each.  An edit begins when the agent saves, and ends when
Zendesk has made the link.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from local.aws.stack import Stack
from local.http.faults import Faults
from local.vendors import SimulatedVendors
from tests.bench.conventional_stack import ConventionalStack
from tests.bench.table import table

IDLE_EDITS = 30
EDITS = 200
A_SECOND = 20.0
FAILING = 0.02
LONGEST = 60.0
"""Seconds after which nobody waits any longer for what is still delivered, queued or tried again."""

_SENDING = 4  # deliveries that Zendesk has under way at once


class Contender(Protocol):
    """A deployed stack that the senders are aimed at."""

    def busy(self) -> bool:
        """Whether anything is queued or waits for another try."""


class _Linksync(Stack):
    def busy(self) -> bool:
        return self.depth().total > 0


@dataclass(frozen=True, slots=True)
class Load:
    """So many edits a second, one after the other where that is 0; this share of the vendors' calls fails."""

    name: str
    edits: int
    a_second: float = 0.0
    failing: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One contender under one load.

    `seconds` are of the links that came.  `lost` counts the links that did not, by the last answer to their delivery.
    """

    contender: str
    load: Load
    seconds: list[float]
    lost: Counter[str]
    wrong: int


_STARTING = Load("", 2 * _SENDING, 1000.0)  # so many at once that every process is there that the others need
_IDLE = Load("idle", IDLE_EDITS)
_BUSY = Load(f"{A_SECOND:.0f} edits a second", EDITS, A_SECOND)
_FAILING = Load(f"{A_SECOND:.0f} a second, {FAILING:.0%} of calls failing", EDITS, A_SECOND, FAILING)
_LOADS = (_IDLE, _BUSY, _FAILING)


def rows(*, say: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """Three loads for each contender; and the last once more for CONVENTIONAL that asks Zendesk to try again."""
    with _vendors() as vendors, _Linksync(vendors) as linksync:
        _play("", vendors, linksync, _STARTING)
        for load in _LOADS:
            say(f"linksync, {load.name}")
            yield _play("linksync", vendors, linksync, load)
    with _vendors() as vendors, ConventionalStack(vendors) as conventional:
        _play("", vendors, conventional, _STARTING)
        for load in _LOADS:
            say(f"CONVENTIONAL, {load.name}")
            yield _play("CONVENTIONAL", vendors, conventional, load)
        conventional.ask_again()
        say(f"CONVENTIONAL that asks again, {_FAILING.name}")
        yield _play("…, 503 and Retry-After", vendors, conventional, _FAILING)


@contextmanager
def _vendors() -> Iterator[SimulatedVendors]:
    with SimulatedVendors(workers=_SENDING, time_scale=1.0) as vendors:
        vendors.senders.events.kinds.clear()  # the trigger tells the same
        yield vendors


def _play(name: str, vendors: SimulatedVendors, stack: Contender, load: Load) -> Row:
    wanted = {vendors.ticket(): vendors.issue().key for _ in range(load.edits)}
    pairs = {(str(ticket), key) for ticket, key in wanted.items()}
    _wait(lambda: _quiet(vendors, stack), LONGEST)  # Jira has told of every new issue
    before, mark = vendors.links(), vendors.zendesk.calls.mark()
    for site in (vendors.zendesk, vendors.jira):
        site.faults = Faults()  # the same dice for everyone
        if load.failing:
            site.faults.add(status=503, chance=load.failing)
    edited = _edit(vendors, wanted, load)
    _wait(lambda: pairs <= vendors.links() or _quiet(vendors, stack), LONGEST)
    for site in (vendors.zendesk, vendors.jira):
        site.faults.clear()
    now, made = vendors.links(), _made(vendors, mark)
    seconds = sorted(at - edited[ticket] for ticket, at in made.items() if ticket in edited)
    answers = _last_answers(vendors)
    lost = Counter(answers.get(ticket, "not sent") for ticket, _key in pairs - now)
    return Row(name, load, seconds, lost, len(now - before - pairs))


def _edit(vendors: SimulatedVendors, wanted: dict[int, str], load: Load) -> dict[int, float]:
    """Writes each key into its ticket; when."""
    edited, began = {}, time.monotonic()
    for number, (ticket, key) in enumerate(wanted.items()):
        if load.a_second:
            time.sleep(max(0.0, began + number / load.a_second - time.monotonic()))
        edited[ticket] = time.time()
        vendors.write_keys(ticket, key)
        if not load.a_second:
            _wait(lambda: (str(ticket), key) in vendors.links(), 10)  # noqa: B023  called at once
    return edited


def _quiet(vendors: SimulatedVendors, stack: Contender) -> bool:
    return vendors.senders.idle() and not stack.busy()


def _made(vendors: SimulatedVendors, mark: int) -> dict[int, float]:
    """When Zendesk made each ticket's link."""
    calls = vendors.zendesk.calls.matching("POST", "/links$", status=201, since=mark)
    return {int(json.loads(call.request_body)["link"]["ticket_id"]): call.at for call in calls}


def _last_answers(vendors: SimulatedVendors) -> dict[str, str]:
    """What the last try of each ticket's delivery was answered."""
    return {
        json.loads(delivery.body)["ticket_id"]: str(delivery.attempts[-1].status or delivery.attempts[-1].error)
        for delivery in vendors.senders.trigger.courier.deliveries
        if delivery.attempts
    }


def _wait(holds: Callable[[], bool], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)


def report(found: list[Row]) -> str:
    """Medians and tails, and what was lost."""
    head = ("from edit to link", "contender", "edits", "median ms", "99 of 100 ms", "lost", "their answers", "wrong")
    order = [load.name for load in _LOADS]
    lines = [
        (
            *(row.load.name, row.contender, row.load.edits, f"{1000 * median(row.seconds):.0f}"),
            *(f"{1000 * row.seconds[int(len(row.seconds) * 0.99)]:.0f}", row.lost.total()),
            *(", ".join(f"{count} × {answer}" for answer, count in row.lost.items()), row.wrong),
        )
        for row in sorted(found, key=lambda row: order.index(row.load.name))
    ]
    return table(head, lines)
