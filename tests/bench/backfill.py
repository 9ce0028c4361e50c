"""A backfill of many links against a simulated plan, by a clock that waits move: how much of its budget it uses.

The command's own reading, judging, pacing and feeding, and the real worker, on the simulated vendors and AWS.  A worker
of WorkerConcurrency lanes takes `SECONDS_A_MESSAGE` for each message.  Half way the command is killed, and run again.
Meanwhile a process of its own tells how much memory the command takes (see `backfill_memory`).
"""

import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from linksync.core.listed_links import LinksApiVersion
from linksync.outbound.http_api import HttpApi
from linksync.outbound.vendor_apis import VendorApis
from linksync.store.event_queue import EventQueue
from linksync.store.ledger_reads import LedgerReads
from linksync_cli.backfill.backfilling import Backfilling
from linksync_cli.backfill.budget import Budget
from linksync_cli.backfill.parts import Parts
from linksync_cli.backfill.place import PlaceFile
from linksync_cli.backfill.rows import ZendeskRows
from linksync_cli.command import begin
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors
from local.jira import site as jira_site
from local.vendors import ISSUE_FIELD, SUBDOMAIN, TICKET_FIELD
from tests.bench.table import table
from tests.simulation import simulated_jira, simulated_zendesk
from tests.simulation.installation import Installation
from tests.simulation.sqs import EVENTS
from tests.simulation.tables import LEDGER

LINKS, PLAN = 20_000, 700
KEYS_A_TICKET = 2
CONCURRENCY, SECONDS_A_MESSAGE = 5, 0.66
MINUTE = 60.0


class Killed(BaseException):
    """The command's process is gone."""


@dataclass
class Scene:
    """An account with tickets that name issues, none of them linked, and a worker that works while others sleep.

    `v1`: with version 1 of the Links API.
    """

    links: int
    killed_after: int = 0
    v1: bool = False
    calls: list[tuple[float, str]] = field(default_factory=list)
    worked_until: float = 0.0

    def __post_init__(self) -> None:
        self.installation = Installation(0, v1=self.v1)
        self.clock = self.installation.clock
        self._fill()
        limits = self.installation.zendesk.account.limits
        limits.plan.per_minute, limits.plan.enforced = PLAN, True
        network, ask = self.installation.network, self.installation.network.request

        def recorded(method: str, url: str, **asked: Any) -> Any:
            if simulated_zendesk.HOST in url and "/oauth/" not in url:
                self.calls.append((self.clock.now, method))
            return ask(method, url, **asked)

        network.request = recorded  # type: ignore[method-assign]
        self.worked_until = self.clock.now

    def _fill(self) -> None:
        jira, tickets = self.installation.jira.jira, self.installation.zendesk.account.tickets
        keys = [jira.issues.create("PROJ", {}).key for _ in range(1_000)]
        for number in range(self.links // KEYS_A_TICKET):
            chosen = [keys[(number * KEYS_A_TICKET + place) % len(keys)] for place in range(KEYS_A_TICKET)]
            tickets.create({TICKET_FIELD: " ".join(chosen)}, ticket_id=10_000 + number)
        self.installation.senders.network.clear()
        self.clock.now += 600

    @property
    def made(self) -> int:
        """How many links there are."""
        return len(self.installation.zendesk.pairs())

    def depth(self) -> int:
        """Messages in the queue."""
        return sum(len(lane) for lane in self.installation.sqs.events.lanes.values())

    def sleep(self, seconds: float) -> None:
        """The worker works on meanwhile, each message when a lane of its concurrency is free."""
        until, events = self.clock.now + seconds, self.installation.sqs.events
        self.worked_until = max(self.worked_until, self.clock.now)
        while self.worked_until < until and (lanes := events.ready()):
            self.clock.now = self.worked_until
            self.installation.work(lanes[0])
            self.worked_until += SECONDS_A_MESSAGE / CONCURRENCY
        self.clock.now = max(until, self.clock.now)
        if self.killed_after and self.made >= self.killed_after:
            self.killed_after = 0
            raise Killed


class _Vendors(StackVendors):
    """Zendesk and Jira over the simulated network."""

    def __init__(self, stack: Stack, scene: Scene, budget: Budget) -> None:
        super().__init__(stack, pace=budget)
        credentials = {
            "zendesk": simulated_zendesk.CREDENTIALS,
            "jira": {"email": jira_site.EMAIL, "api_token": jira_site.API_TOKEN},
        }
        self._apis = VendorApis(
            source=lambda *, fresh=False: credentials, session=scene.installation.network, clock=scene.clock
        )
        self._budget = budget

    @cached_property
    def zendesk(self) -> HttpApi:
        return replace(self._apis.zendesk(f"https://{simulated_zendesk.HOST}"), pace=self._budget)

    @cached_property
    def jira(self) -> HttpApi:
        return self._apis.jira(f"https://{simulated_jira.HOST}")


def backfilling_of(scene: Scene, home: Path, per_minute: int | None) -> tuple[Backfilling, Parts]:
    """The command in a process that was just started, with its place in a file in `home`."""
    aws: Any = scene.installation.worker.tables
    sqs: Any = scene.installation.sqs
    parameters = {
        "ZendeskSubdomain": SUBDOMAIN,
        "JiraBaseUrl": f"https://{simulated_jira.HOST}",
        "JiraIntegrationExternalId": simulated_zendesk.EXTERNAL_ID,
        "TicketFieldId": TICKET_FIELD,
        "IssueFieldId": ISSUE_FIELD,
        "LinksApiVersion": LinksApiVersion.V1 if scene.v1 else LinksApiVersion.V2,
    }
    stack = Stack(name="bench", status="", outputs={}, parameters=parameters, aws=aws)
    budget = Budget(per_minute, outstanding=scene.depth, clock=scene.clock, sleep=scene.sleep)
    parts = Parts(
        vendors=_Vendors(stack, scene, budget),
        ledger=LedgerReads(aws, LEDGER),
        queue=EventQueue(sqs, EVENTS),
        budget=budget,
        looks_first=scene.v1,
        clock=scene.clock,
    )
    run = begin(stack=None, as_json=True)
    return Backfilling(run, parts, PlaceFile(home / "place.json")), parts


@dataclass(frozen=True, slots=True)
class Row:
    """One backfill.  `used` is the share of its budget, `most` the most calls in any minute.

    `peak` is how many KiB the command took at most, as a process of its own with as many rows; 0 where not measured.
    """

    links: int
    budget: int
    minutes: float
    used: float
    most: int
    created: int
    twice: int
    seconds: float
    peak: int = 0


def measured(links: int = LINKS, *, per_minute: int | None = None, killed: bool = True) -> Row:
    """One backfill, killed half way and run again where that is asked for."""
    started = time.monotonic()
    scene = Scene(links, killed_after=links // 2 if killed else 0)
    begun = scene.clock.now
    with tempfile.TemporaryDirectory(prefix="linksync-") as home:
        while True:
            backfilling, parts = backfilling_of(scene, Path(home), per_minute)
            try:
                backfilling.fed(ZendeskRows(parts.vendors.exports))
            except Killed:
                continue
            break
    ended = scene.clock.now
    while scene.depth():
        scene.sleep(1.0)
    creates = [at for at, method in scene.calls if method == "POST"]
    within = [at for at, _ in scene.calls if at < ended]
    minutes = max(1.0, (ended - begun) / MINUTE)
    return Row(
        links=scene.made,
        budget=parts.budget.allowed,
        minutes=minutes,
        used=len(within) / (minutes * parts.budget.allowed),
        most=_most_in_a_minute([at for at, _ in scene.calls]),
        created=len(creates),
        twice=len(creates) - scene.made,
        seconds=time.monotonic() - started,
    )


def _most_in_a_minute(times: list[float]) -> int:
    times = sorted(times)
    return max(bisect_left(times, at + MINUTE) - place for place, at in enumerate(times))


def rows() -> list[Row]:
    """One backfill, killed half way."""
    memory = [sys.executable, "-m", "tests.bench.backfill_memory", str(LINKS)]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(memory, stdout=subprocess.PIPE, text=True, env=found) as process:  # noqa: S603  our own code
        row = measured()
        told, _ = process.communicate()
    return [replace(row, peak=int(told))]


def report(found: list[Row]) -> str:
    """What was used of each budget, and whether any minute saw more."""
    head = (
        "links",
        "budget a minute",
        "minutes",
        "of it used",
        "most in a minute",
        "creates",
        "second creates",
        "peak MiB",
        "s here",
    )
    return table(head, [_line(row) for row in found])


def _line(row: Row) -> tuple[str, ...]:
    return (
        f"{row.links:,}",
        f"{row.budget}",
        f"{row.minutes:.1f}",
        f"{row.used:.1%}",
        f"{row.most}",
        f"{row.created:,}",
        f"{row.twice}",
        f"{row.peak / 1024:.0f}",
        f"{row.seconds:.0f}",
    )
