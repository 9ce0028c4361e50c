"""`linksync migrate`: the links of one version of Zendesk's Links API copied to the other."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linksync.core.migration import Direction
from linksync_cli.command import Run, command
from linksync_cli.options import Budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from linksync_cli.migrating import Migrated, Migrating

_SHOWN = 20


_Canary = Annotated[
    list[str] | None,
    typer.Option(metavar="TICKET", help="A ticket that is linked now. [dim]Default: the newest escalated[/dim]"),
]


@command(writes=True)
def migrate(
    run: Run,
    direction: Annotated[Direction, typer.Argument(metavar="v1-to-v2|v2-to-v1", help="From where to where.")],
    delete_source: Annotated[
        bool, typer.Option("--delete-source", metavar="", help="Take away from the source what the target has.")
    ] = False,
    canary: _Canary = None,
    budget: Budget = None,
) -> None:
    """Copy the links of one version of Zendesk's Links API to the other, and prove each of them.

    Whose a link is stays as the ledger has it. Run it again at any time: it makes what is missing. Best while nothing
    works: [b]linksync pause[/b], migrate, change LinksApiVersion and deploy, [b]linksync resume[/b].

    Nothing is taken away. Later, --delete-source copies nothing, and takes away from the source what the target has.
    """
    from linksync_cli.migrating import Migrating
    from linksync_cli.stack import deployed

    migrating = Migrating(run, deployed(run), direction, per_minute=budget)
    with run.screen.working("Looking which version is in use …"):
        migrating.check(canary or [], deletes=delete_source)
    planned = migrating.plan(deletes=delete_source)
    if run.dry_run or not run.prompts.confirm(_question(migrating, planned, delete_source=delete_source)):
        run.end(_document(planned), *_rendered(run, direction, planned))
        return
    migrated = migrating.delete_source() if delete_source else migrating.copy()
    run.end(_document(migrated), *_rendered(run, direction, migrated), findings=bool(migrated.differences))


def _question(migrating: "Migrating", planned: "Migrated", *, delete_source: bool) -> str:
    source, target = migrating.direction.source, migrating.direction.target
    if delete_source:
        return f"Delete {planned.deleted:,} links in {source} that {target} has?"
    since = f"  The stack works with {target} already: what was unlinked since comes back." * migrating.is_late
    return f"Copy {planned.copied:,} links from {source} to {target}?{since}"


def _document(migrated: "Migrated") -> dict[str, Any]:
    return {
        "live": migrated.live.value,
        "copied": migrated.copied,
        "already_there": migrated.already_there,
        "deleted": migrated.deleted,
        "differences": [
            {
                "ticket_id": one.row.ticket_id,
                "issue_id": one.row.issue_id,
                "issue_key": one.row.issue_key or "",
                "why": one.why,
            }
            for one in migrated.differences
        ],
    }


def _rendered(run: Run, direction: Direction, migrated: "Migrated") -> "Iterator[RenderableType]":
    from linksync_cli.screen_tables import many, table

    if migrated.live == "unknown":
        yield f"No ticket shows whether {direction.source} is the version in use: name one with --canary."
    would = "would be " if run.dry_run else ""
    verb = f"{would}copied"
    yield f"{many(migrated.copied, 'link')} {verb} to {direction.target}, {migrated.already_there:,} there already."
    if migrated.deleted:
        yield f"{many(migrated.deleted, 'link')} {would}taken away from {direction.source}."
    if migrated.differences:
        rows = ([one.row.ticket_id, one.row.issue_key or one.row.issue_id, one.why] for one in migrated.differences)
        yield table("Ticket", "Issue", "Why it differs", rows=list(rows)[:_SHOWN])
        yield f"{many(len(migrated.differences), 'difference')}."
