"""A backfill, from its first row to its last: read, judged, and planned or fed, a page at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from linksync.core.backfill import Judged, Row, calls_of
from linksync.core.change_feed import ChangedIssue, ChangedTicket
from linksync.core.listed_links import LinksApiVersion
from linksync.errors import LinksyncError, UpstreamRefused
from linksync.store.event_queue import EventQueue
from linksync.store.ledger_reads import LedgerReads
from linksync_cli.backfill.budget import Budget
from linksync_cli.backfill.feeder import Feeder, budget_of
from linksync_cli.backfill.judge import Judge
from linksync_cli.backfill.place import Place, PlaceFile
from linksync_cli.backfill.plan_file import PlanWriter
from linksync_cli.backfill.rows import Rows
from linksync_cli.command import Run
from linksync_cli.endings import as_failure
from linksync_cli.failures import Failure, Interrupted
from linksync_cli.link_table import ListedLinks
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors

_GO_ON = "Run the same command again: it goes on where it was."


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a backfill ended."""

    place: Place
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a backfill works with.  `looks_first`: the Links API is version 1's.  `clock` is ours, since the epoch."""

    vendors: StackVendors
    ledger: LedgerReads
    queue: EventQueue
    budget: Budget
    looks_first: bool
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, run: Run, stack: Stack, *, per_minute: int | None) -> "Parts":
        """Those of a stack."""
        budget = budget_of(run, stack, per_minute=per_minute)
        return cls(
            vendors=StackVendors(stack, pace=budget),
            ledger=LedgerReads(stack.aws.client("dynamodb"), stack.output("LedgerTableName")),
            queue=EventQueue(stack.aws.client("sqs"), stack.output("EventQueueUrl")),
            budget=budget,
            looks_first=stack.parameter("LinksApiVersion", LinksApiVersion.V2) == LinksApiVersion.V1,
        )


class Backfilling:
    """Raises Failure, the clients' errors and those of `linksync.errors`."""

    def __init__(self, run: Run, parts: Parts, places: PlaceFile) -> None:
        self._run, self._parts, self._places = run, parts, places

    def planned(self, rows: Rows, file: Path | None, *, source: str) -> Result:
        """Read and judge everything, and write the plan where a file is given.  Nothing is queued."""
        place = Place()
        with self._judge() as judge, _writer(file, source) as writer:
            for page in self._pages(judge, rows, place):
                for judged in page:
                    writer(judged)
        return Result(place=place, finished=True)

    def fed(self, rows: Rows) -> Result:
        """Read, judge and feed, from the place on where the last run stopped."""
        place = self._places.read()
        if place.saved_at:
            self._run.screen.note(f"Going on after {place.read:,} rows, where the last run stopped.")
            self._parts.budget.taken_before(place.saved_at)
        feeder = Feeder(self._parts.queue, self._parts.budget, run=place.run)

        def feed(page: list[Judged]) -> None:
            told = ((one.payload, self._calls(one)) for one in page if one.payload is not None)
            feeder.feed(told, sent=lambda: self._places.touch(place, at=self._parts.clock()))

        try:
            with self._judge() as judge:
                for page in self._pages(judge, rows, place, fed=feed):
                    place.queued += sum(judged.payload is not None for judged in page)
                    self._save(place)
        except KeyboardInterrupt:
            raise Interrupted(_GO_ON) from None
        except LinksyncError as problem:
            failure = as_failure(problem)
            raise Failure(failure.code, failure.message, f"{failure.mend}  {_GO_ON}") from problem
        self._places.remove()
        return Result(place=place, finished=True)

    def _pages(
        self, judge: Judge, rows: Rows, place: Place, fed: Callable[[list[Judged]], object] = len
    ) -> Iterator[list[Judged]]:
        """Every page, judged and fed; `place` is moved behind it before it is handed on."""
        with self._run.screen.progress("Backfill", total=_total(rows)) as step:
            step(place.read)
            seen: set[str] = set()
            for page in rows.pages(place.at):
                new = [row for row in page.rows if _name(row) not in seen]
                seen |= {name for name in map(_name, new) if name}
                judged = judge.judged(new)
                fed(judged)
                place.at = page.after
                _count(place, judged)
                step(len(new))
                yield judged

    @contextmanager
    def _judge(self) -> Iterator[Judge]:
        """Everything that Zendesk lists is read first: what is linked already needs no create."""
        vendors = self._parts.vendors
        vendors.prove_jira()
        with closing(ListedLinks()) as listed:
            listed.add(self._run.screen.tracked(vendors.links.rows(), what="Links in Zendesk"))
            yield Judge(vendors, self._parts.ledger, listed, clock=self._parts.clock)

    def _calls(self, judged: Judged) -> int:
        return calls_of(judged, looks_first=self._parts.looks_first)

    def _save(self, place: Place) -> None:
        self._places.write(place, at=self._parts.clock())


def _name(row: Row) -> str:
    """What tells a row that a list shows twice; the rows of somebody's own list are all meant."""
    match row:
        case ChangedTicket():
            return row.ticket_id
        case ChangedIssue():
            return row.issue.id
    return ""


def _count(place: Place, judged: list[Judged]) -> None:
    place.read += len(judged)
    place.to_link += sum(len(one.missing) for one in judged)
    place.already_linked += sum(len(one.present) for one in judged)
    place.not_found += [asdict(missing) for one in judged for missing in one.not_found]


def _total(rows: Rows) -> int | None:
    """For the bar alone: who cannot count is not asked twice."""
    try:
        return rows.total()
    except UpstreamRefused:
        return None


@contextmanager
def _writer(file: Path | None, source: str) -> Iterator[Callable[[Judged], object]]:
    if file is None:
        yield lambda _: None
        return
    with file.open("w", encoding="utf-8") as opened:
        writer = PlanWriter(opened, source)
        yield writer.add
        writer.end()
