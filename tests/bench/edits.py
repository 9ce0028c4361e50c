"""From the edit of a ticket's field to its link: linksync and CONVENTIONAL, each deployed into a local AWS of its own.

Idle: one edit after the other.  Under load: so many a second.  With failures: the same, while 2 % of the calls to
Zendesk and Jira are answered 503.  An edit begins when the agent saves, and ends when Zendesk has made the link.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from local.aws.stack import Stack
from local.vendors import SimulatedVendors
from tests.bench.conventional_stack import ConventionalStack
from tests.bench.table import table

IDLE_EDITS = 30
EDITS = 200
A_SECOND = 20.0
FAILING = 0.02
LONGEST = 120.0
"""Seconds after which a link that has not come is lost."""

_SENDING = 8  # deliveries that Zendesk has under way at once


class Contender(Protocol):
    """A deployed stack that the senders are aimed at."""

    def busy(self) -> bool:
        """Whether anything is queued or waits for another try."""


class _Linksync(Stack):
    def busy(self) -> bool:
        return self.depth().total > 0


@dataclass(frozen=True, slots=True)
class Row:
    """One contender under one load.  `seconds` are of the links that came."""

    contender: str
    load: str
    edits: int
    seconds: list[float]
    lost: int
    wrong: int


def rows(*, say: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """Three loads for each contender."""
    for name, made in (("linksync", _linksync), ("CONVENTIONAL", ConventionalStack)):
        with SimulatedVendors(workers=_SENDING, time_scale=1.0) as vendors, made(vendors) as stack:
            vendors.senders.events.kinds.clear()  # the trigger tells the same
            _play(vendors, stack, edits=5, a_second=5.0)  # starts every function
            for load, edits, a_second, failing in (
                ("idle", IDLE_EDITS, 0.0, 0.0),
                (f"{A_SECOND:.0f} edits a second", EDITS, A_SECOND, 0.0),
                (f"{A_SECOND:.0f} a second, {FAILING:.0%} of calls failing", EDITS, A_SECOND, FAILING),
            ):
                say(f"{name}, {load}")
                yield Row(name, load, edits, *_play(vendors, stack, edits=edits, a_second=a_second, failing=failing))


def _linksync(vendors: SimulatedVendors) -> AbstractContextManager[_Linksync]:
    return _Linksync(vendors)


def _play(
    vendors: SimulatedVendors, stack: Contender, *, edits: int, a_second: float, failing: float = 0.0
) -> tuple[list[float], int, int]:
    """The seconds of each link that came, how many did not, and how many are there that nobody asked for."""
    wanted = {vendors.ticket(): vendors.issue().key for _ in range(edits)}
    before, mark, edited = vendors.links(), vendors.zendesk.calls.mark(), {}
    for site in (vendors.zendesk, vendors.jira):
        if failing:
            site.faults.add(status=503, chance=failing)
    began = time.monotonic()
    for number, (ticket, key) in enumerate(wanted.items()):
        if a_second:
            time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        edited[ticket] = time.time()
        vendors.write_keys(ticket, key)
        if not a_second:
            _wait(lambda: (str(ticket), key) in vendors.links(), 10)  # noqa: B023  called at once
    pairs = {(str(ticket), key) for ticket, key in wanted.items()}
    _wait(lambda: pairs <= vendors.links() or (vendors.senders.idle() and not stack.busy()), LONGEST)
    for site in (vendors.zendesk, vendors.jira):
        site.faults.clear()
    now = vendors.links()
    seconds = sorted(at - edited[ticket] for ticket, at in _made(vendors, mark).items() if ticket in edited)
    return seconds, len(pairs - now), len(now - before - pairs)


def _made(vendors: SimulatedVendors, mark: int) -> dict[int, float]:
    """When Zendesk made each ticket's link."""
    calls = vendors.zendesk.calls.matching("POST", "/links$", status=201, since=mark)
    return {int(json.loads(call.request_body)["link"]["ticket_id"]): call.at for call in calls}


def _wait(holds: Callable[[], bool], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.005)


def report(found: list[Row]) -> str:
    """Medians and tails, and what was lost."""
    head = ("from edit to link", "contender", "edits", "median ms", "99 of 100 ms", "lost", "wrong")
    order = {row.load: number for number, row in reversed(list(enumerate(found)))}
    lines = [
        (
            *(row.load, row.contender, row.edits, f"{1000 * median(row.seconds):.0f}"),
            *(f"{1000 * row.seconds[int(len(row.seconds) * 0.99)]:.0f}", row.lost, row.wrong),
        )
        for row in sorted(found, key=lambda row: order[row.load])
    ]
    return table(head, lines)
