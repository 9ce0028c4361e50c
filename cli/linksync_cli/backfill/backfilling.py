"""A backfill, from its first row to its last: read, planned, and written to a plan or fed, a page at a time."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from linksync.core.backfill import PlannedRow, calls_of
from linksync.errors import LinksyncError
from linksync_cli.backfill.feeder import Feeder
from linksync_cli.backfill.origin import Origin
from linksync_cli.backfill.parts import Parts
from linksync_cli.backfill.place import Place, PlaceFile
from linksync_cli.backfill.plan_file import PlanWriter
from linksync_cli.backfill.row_planner import RowPlanner
from linksync_cli.backfill.rows import Rows
from linksync_cli.backfill.shown import Shown
from linksync_cli.command import Run
from linksync_cli.endings import as_failure
from linksync_cli.failures import Failure, Interrupted, WrongUsage
from linksync_cli.links_on_disk import ListedLinks

_GO_ON = "Run the same command again: it goes on where it was."
_BEGUN = "Going on after {:,} rows, where the last run stopped."
_ANEW = "The last run stopped before its first page was done, or in other rows: this one begins anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillResult:
    """How a backfill ended."""

    place: Place
    finished: bool


class Backfilling:
    """Raises Failure, the clients' errors and those of `linksync.errors`."""

    def __init__(self, run: Run, parts: Parts, places: PlaceFile) -> None:
        self._run, self._parts, self._places = run, parts, places

    def planned(self, rows: Rows, file: Path | None, *, origin: Origin) -> BackfillResult:
        """Read and plan everything, and write the plan where a file is given.  Nothing is queued."""
        place = Place()
        with self._planner() as planner, _writer(file, origin) as writer:
            for page in self._pages(planner, rows, place):
                for planned in page:
                    writer(planned)
        return BackfillResult(place=place, finished=True)

    def fed(self, rows: Rows) -> BackfillResult:
        """Read, plan and feed, from the place on where the last run stopped."""
        place = self._places.read()
        if place.saved_at:
            self._run.screen.note(_BEGUN.format(place.read) if place.read else _ANEW)
            self._parts.budget.taken_before(place.saved_at)
        feeder = Feeder(self._parts.queue, self._parts.budget, run=place.run, clock=self._parts.clock)

        def feed(page: list[PlannedRow]) -> None:
            payloads = ((one.payload, self._calls(one)) for one in page if one.payload is not None)
            feeder.feed(payloads, sent=lambda: self._places.touch(place, at=self._parts.clock()))

        try:
            with self._planner() as planner:
                for page in self._pages(planner, rows, place, fed=feed):
                    place.queued += sum(planned.payload is not None for planned in page)
                    self._save(place)
        except KeyboardInterrupt:
            raise Interrupted(_GO_ON) from None
        except LinksyncError as problem:
            failure = as_failure(problem)
            raise Failure(failure.code, failure.message, f"{failure.mend}  {_GO_ON}") from problem
        self._places.remove()
        return BackfillResult(place=place, finished=True)

    def _pages(
        self, planner: RowPlanner, rows: Rows, place: Place, fed: Callable[[list[PlannedRow]], object] = len
    ) -> Iterator[list[PlannedRow]]:
        """Every page, planned and fed; `place` is moved behind it before it is handed on."""
        with self._run.screen.progress("Backfill", total=_total(rows)) as step:
            step(place.read)
            shown = Shown()
            for page in rows.pages(place.at):
                new = shown.new(page.rows)
                planned = planner.planned(new)
                fed(planned)
                place.at = page.after
                _count(place, planned)
                step(len(new))
                yield planned

    @contextmanager
    def _planner(self) -> Iterator[RowPlanner]:
        """Everything that Zendesk lists is read first: what is linked already needs no create."""
        vendors = self._parts.vendors
        vendors.prove_jira()
        with closing(ListedLinks()) as listed:
            listed.add(self._run.screen.tracked(vendors.links.rows(), what="Links in Zendesk"))
            yield RowPlanner(vendors, self._parts.ledger, listed, clock=self._parts.clock)

    def _calls(self, planned: PlannedRow) -> int:
        return calls_of(planned, looks_first=self._parts.looks_first)

    def _save(self, place: Place) -> None:
        self._places.write(place, at=self._parts.clock())


def _count(place: Place, planned: list[PlannedRow]) -> None:
    place.read += len(planned)
    place.to_link += sum(len(one.missing) for one in planned)
    place.already_linked += sum(len(one.present) for one in planned)
    place.not_found += [asdict(missing) for one in planned for missing in one.not_found]


def _total(rows: Rows) -> int | None:
    """How many rows there are, for the progress bar alone: a vendor that fails to count them is not asked again."""
    try:
        return rows.total()
    except LinksyncError:
        return None


@contextmanager
def _writer(file: Path | None, origin: Origin) -> Iterator[Callable[[PlannedRow], object]]:
    if file is None:
        yield lambda _: None
        return
    try:
        opening = file.open("w", encoding="utf-8")
    except OSError:
        raise WrongUsage("plan", f"{file} cannot be written.", "Name a file in a folder of yours.") from None
    with opening as opened:
        writer = PlanWriter(opened, origin)
        yield writer.add
        writer.end()
