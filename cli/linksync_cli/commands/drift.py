"""`linksync drift`: the links that Zendesk lists against those that the ledger knows."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from rich.console import RenderableType

    from linksync.core.drift import Difference
    from linksync_cli.drift_repairs import Repaired


class RepairKind(StrEnum):
    """What can be repaired."""

    GONE = "gone"
    UNKNOWN = "unknown"
    STALE = "stale"


@command(writes=True)
def drift(
    run: Run,
    repair: Annotated[
        list[RepairKind] | None,
        typer.Option(help="Make [b]gone[/b] again, adopt [b]unknown[/b], give [b]stale[/b] its key. May be repeated."),
    ] = None,
    wait: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait for what is repaired.")] = 90.0,
) -> None:
    """Compare the links that Zendesk lists with those that the ledger knows.

    A link is [b]gone[/b] when somebody removed it by hand, [b]unknown[/b] when somebody made it by hand,
    [b]stale[/b] when its issue has another key by now, and [b]dangling[/b] when its issue cannot be read.

    Only what is named is repaired, through the lanes of its tickets. No link is taken away for good.
    """
    from linksync.core.drift import DriftKind
    from linksync_cli.backfill.feeder import budget_of
    from linksync_cli.drift_repairs import DriftRepairs
    from linksync_cli.drifting import Drifting, document
    from linksync_cli.stack import deployed

    stack = deployed(run)
    budget = budget_of(run, stack)
    found = Drifting(run, stack, budget).differences()
    repaired = DriftRepairs(run, stack, budget).make([one for one in found if one.kind in (repair or ())], wait=wait)
    by_kind = {kind.value: [document(one) for one in found if one.kind is kind] for kind in DriftKind}
    if repair:
        by_kind["repaired"] = [document(one) for one in repaired.done]
    left = len(found) - len(repaired.done)
    run.end(by_kind, *_rendered(run, found, repaired), findings=bool(left))


_MEANING = {
    "gone": "linked by linksync, removed by hand",
    "unknown": "made by hand",
    "stale": "the issue has another key",
    "dangling": "the issue cannot be read",
}


def _rendered(run: Run, found: "Collection[Difference]", repaired: "Repaired") -> "Iterator[RenderableType]":
    from rich.text import Text

    from linksync_cli.drifting import row_of
    from linksync_cli.screen_tables import many, table

    if not found:
        yield Text.assemble(run.screen.sign("ok"), " The ledger and Zendesk agree.")
        return
    rows = ((one, row_of(one)) for one in found)
    cells = ([one.kind.value, row.ticket_id, row.issue_key, row.owner, _note(one)] for one, row in rows)
    yield table("Drift", "Ticket", "Issue", "Whose", "", rows=cells)
    counts = {kind: sum(one.kind == kind for one in found) for kind in _MEANING}
    yield ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count) + "."
    if repaired.asked:
        yield f"{many(len(repaired.done), 'link')} of {repaired.asked:,} repaired. {repaired.advice}".rstrip()
    elif run.dry_run and repaired.would:
        yield f"Would repair {many(repaired.would, 'link')}."
    elif any(counts[kind] for kind in RepairKind):
        yield "Repair what you name, for example: linksync drift --repair unknown"


def _note(one: "Difference") -> str:
    meaning = _MEANING[one.kind]
    return f"{meaning}: {one.issue.key}" if one.kind.value == RepairKind.STALE else meaning
