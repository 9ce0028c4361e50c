"""`linksync list`: links, whose they are, and how far they have come."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from linksync_cli.ledger_links import LedgerLinks, Row


class Source(StrEnum):
    """Who lists the links."""

    LEDGER = "ledger"
    ZENDESK = "zendesk"


@command(writes=False)
def list_links(
    run: Run,
    ticket: Annotated[str | None, typer.Option(metavar="N", help="Only the links of this ticket.")] = None,
    issue: Annotated[str | None, typer.Option(metavar="KEY|ID", help="Only the links with this issue.")] = None,
    source: Annotated[
        Source, typer.Option("--from", help="Who lists them: the ledger, or Zendesk itself.")
    ] = Source.LEDGER,
) -> None:
    """List links: whose they are, and how far they have come.

    The ledger knows those that linksync had to do with; Zendesk knows every one.
    """
    from linksync_cli.ledger_links import LedgerLinks
    from linksync_cli.snapshots import ticket_id_of
    from linksync_cli.stack import deployed
    from linksync_cli.stack_vendors import StackVendors
    from linksync_cli.zendesk_links import ZendeskLinks

    ticket = ticket_id_of(ticket) if ticket else None
    stack = deployed(run)
    ledger = LedgerLinks(stack.aws.client("dynamodb"), stack.output("LedgerTableName"))
    zendesk = ZendeskLinks(ledger, StackVendors(stack))
    asked = _asked(ledger, ticket, issue) if source is Source.LEDGER else zendesk.of(ticket, issue)
    rows = sorted(run.screen.tracked(asked, what="Links"), key=_order)
    run.end({"links": [row.document() for row in rows]}, *_rendered(rows, source))


def _asked(ledger: "LedgerLinks", ticket: str | None, issue: str | None) -> "Iterator[Row]":
    if ticket and issue:
        return (row for row in ledger.of_ticket(ticket) if issue.upper() in (row.issue_id, row.issue_key))
    if ticket:
        return ledger.of_ticket(ticket)
    return ledger.of_issue(issue) if issue else ledger.all()


def _order(row: "Row") -> tuple[int, str]:
    return (int(row.ticket_id) if row.ticket_id.isdigit() else 0, row.issue_key)


def _rendered(rows: "list[Row]", source: Source) -> "Iterable[RenderableType]":
    from linksync_cli.screen_tables import many, table

    if not rows:
        return (f"{'The ledger' if source is Source.LEDGER else 'Zendesk'} knows no such link.",)
    cells = ([row.ticket_id, row.issue_key, row.issue_id, row.owner, row.state] for row in rows)
    return (table("Ticket", "Issue", "Issue id", "Whose", "State", rows=cells), f"{many(len(rows), 'link')}.")
