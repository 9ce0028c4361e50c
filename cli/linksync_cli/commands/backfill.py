"""`linksync backfill`: the fields that are filled in already, or a list, become links."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linksync_cli.command import Run, command
from linksync_cli.options import Budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from linksync_cli.backfill.backfilling import BackfillResult
    from linksync_cli.backfill.parts import Parts
    from linksync_cli.backfill.place import PlaceFile
    from linksync_cli.backfill.rows import Rows

_SHOWN = 20

_File = Annotated[Path | None, typer.Argument(metavar="FILE", help="The list: lines of ticket,issue.")]
_Plan = Annotated[
    Path | None, typer.Option(metavar="FILE", help="With --dry-run, write the plan there; else work it off.")
]
_Restart = Annotated[bool, typer.Option("--restart", metavar="", help="Begin anew, wherever the last run stopped.")]


class Source(StrEnum):
    """Where the references are."""

    ZENDESK = "zendesk"
    JIRA = "jira"
    CSV = "csv"


@command(writes=True)
def backfill(
    run: Run,
    source: Annotated[Source, typer.Option("--from", help="The tickets' field, the issues' field, or a list.")],
    file: _File = None,
    plan: _Plan = None,
    budget: Budget = None,
    restart: _Restart = False,
) -> None:
    """Link what the fields name already: those of all tickets, of all issues, or a list of your own.

    It goes through the lanes like any edit, makes no link that is there, and takes none away. Stopped or killed, it
    goes on where it was when it is run again. What a list names stays linked until [b]linksync unlink[/b].
    """
    from linksync_cli.backfill.backfilling import Backfilling
    from linksync_cli.backfill.origin import Origin
    from linksync_cli.backfill.parts import Parts
    from linksync_cli.backfill.plan_file import PlanRows
    from linksync_cli.stack import deployed

    stack = deployed(run)
    origin, parts = Origin.of(stack, source), Parts.of(run, stack, per_minute=budget)
    worked_off = None if run.dry_run else plan
    rows = PlanRows(worked_off, origin) if worked_off else _rows(parts, source, file)
    mark = origin.mark(projects=stack.parameter("ProjectKeys"), content=rows.content)
    places = _places(stack.name, plan.name if plan else source, mark)
    if restart and not run.dry_run:
        places.remove()
    backfilling = Backfilling(run, parts, places)
    result = backfilling.planned(rows, plan, origin=origin) if run.dry_run else backfilling.fed(rows)
    run.end(_document(result), *_rendered(run, result, plan), findings=bool(result.place.not_found))


def _places(stack: str, source: str, mark: str) -> "PlaceFile":
    from linksync_cli.backfill.place import PlaceFile
    from linksync_cli.project import settings_path

    return PlaceFile(settings_path().with_name(f"linksync-backfill.{stack}.{source}.json"), of=mark)


def _rows(parts: "Parts", source: Source, file: Path | None) -> "Rows":
    from linksync_cli.backfill.file_rows import CsvRows
    from linksync_cli.backfill.rows import JiraRows, ZendeskRows
    from linksync_cli.failures import WrongUsage

    if (file is None) is (source is Source.CSV):
        mend = "Name it: linksync backfill --from csv FILE" if file is None else "Leave it out, or say --from csv."
        raise WrongUsage("file", "A file goes with --from csv, and with that alone.", mend)
    if file is not None:
        return CsvRows(file)
    vendors = parts.vendors
    fields, parameter = vendors.fields, "TicketFieldId" if source is Source.ZENDESK else "IssueFieldId"
    if not (fields.ticket.id if source is Source.ZENDESK else fields.issue.id):
        mend = "Choose a field with `linksync configure`, and deploy."
        raise WrongUsage("field", f"{parameter} is empty: that direction is off.", mend)
    return ZendeskRows(vendors.exports) if source is Source.ZENDESK else JiraRows(vendors.search)


def _document(result: "BackfillResult") -> dict[str, Any]:
    place = result.place
    return {
        "read": place.read,
        "queued": place.queued,
        "to_link": place.to_link,
        "already_linked": place.already_linked,
        "not_found": place.not_found,
        "finished": result.finished,
    }


def _rendered(run: Run, result: "BackfillResult", plan: Path | None) -> "Iterator[RenderableType]":
    from linksync_cli.screen_tables import many, table

    place = result.place
    verb = "would be made" if run.dry_run else "are on their way"
    links = f"{many(place.to_link, 'link')} {verb}, {place.already_linked:,} there already"
    yield f"Read {many(place.read, 'row')}: {links}."
    if place.not_found:
        cells = ([one["ticket_id"], one["issue"]] for one in place.not_found[:_SHOWN])
        yield table("Ticket", "Issue", rows=cells)
        more = len(place.not_found) - _SHOWN
        yield f"Not found: {many(len(place.not_found), 'reference')}" + (f", {more:,} not shown." if more > 0 else ".")
    if run.dry_run and plan:
        yield f"The plan is in {plan}.  Work it off with the same command without --dry-run."
    elif not run.dry_run and place.queued:
        yield f"Queued {many(place.queued, 'message')}.  See what is left with `linksync drift`."
