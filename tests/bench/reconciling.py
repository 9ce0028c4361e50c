"""What a run of the reconciler costs: it must depend on what changed, and not on how much there is.

The real reconciler and worker on the simulated vendors and AWS, by a clock that waits move.
"""

import time
from collections import Counter
from dataclasses import dataclass

from local.vendors import TICKET_FIELD
from tests.bench.table import table
from tests.simulation.installation import Installation

TICKETS, CHANGED = (1_000, 10_000, 100_000), (0, 10, 100, 1_000)
USUAL_TICKETS, USUAL_CHANGED = 100_000, 10


@dataclass(frozen=True, slots=True)
class Row:
    """One run over so many tickets, of which so many changed and nobody told."""

    tickets: int
    changed: int
    calls: int
    queued: int
    work_calls: int
    linked: int
    seconds: float


class Scene:
    """An account with many tickets that the ledger knows nothing of, and a reconciler that has begun."""

    def __init__(self, tickets: int) -> None:
        self.installation = Installation(0)
        self.tickets = self.installation.zendesk.account.tickets
        for number in range(tickets):
            self.tickets.create(ticket_id=10_000 + number)
        self.installation.jira.jira.issues.create("PROJ", {})
        self._forget_deliveries()
        self.installation.clock.now += 600
        self.installation.reconcile()
        self._changed = 0

    def run(self, changed: int) -> Row:
        """So many tickets are edited, every delivery is dropped, and the reconciler runs once."""
        self.installation.clock.now += 600
        for number in range(changed):
            self.tickets.edit(10_000 + self._changed + number, {TICKET_FIELD: "PROJ-1"})
        self._changed += changed
        self._forget_deliveries()
        self.installation.clock.now += 600
        before, started = self._calls(), time.monotonic()
        ended = self.installation.reconcile()
        assert ended == "finished", ended
        seconds, ran = time.monotonic() - started, self._calls()
        queued = sum(len(lane) for lane in self.installation.sqs.events.lanes.values())
        self.installation.rest()
        return Row(
            tickets=sum(1 for _ in self.tickets.all()),
            changed=changed,
            calls=ran - before,
            queued=queued,
            work_calls=self._calls() - ran,
            linked=len(self.installation.zendesk.pairs()),
            seconds=seconds,
        )

    def _calls(self) -> int:
        """Calls of both vendors but for tokens."""
        calls: Counter[str] = self.installation.network.calls
        return sum(count for name, count in calls.items() if "token" not in name)

    def _forget_deliveries(self) -> None:
        self.installation.senders.network.clear()


def rows() -> list[Row]:
    """Both are varied: how many tickets there are, and how many of them changed."""
    found = [Scene(tickets).run(USUAL_CHANGED) for tickets in TICKETS]
    scene = Scene(USUAL_TICKETS)
    return found + [scene.run(changed) for changed in CHANGED]


def report(found: list[Row]) -> str:
    """Calls upstream of the run itself, what it queued, and what the lanes then called."""
    head = ("tickets", "changed", "calls of the run", "lanes told", "calls of the lanes", "seconds here")
    return table(
        head,
        [
            [f"{count:,}" for count in (row.tickets, row.changed, row.calls, row.queued, row.work_calls)]
            + [f"{row.seconds:.2f}"]
            for row in found
        ],
    )
