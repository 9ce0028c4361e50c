"""`linksync link` and `linksync unlink`: one link by hand, through its ticket's lane."""

from typing import TYPE_CHECKING, Annotated

import typer

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from linksync_cli.by_hand import Asked, ByHand

Ticket = Annotated[str, typer.Argument(metavar="TICKET", help="The number of a ticket.")]
Issue = Annotated[str, typer.Argument(metavar="ISSUE", help="An issue, by its key or id.")]
Wait = Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait for the outcome.")]


@command(writes=True)
def link(run: Run, ticket: Ticket, issue: Issue, wait: Wait = 60.0) -> None:
    """Link a ticket with an issue. It stays linked whatever the fields name, until `linksync unlink`.

    It goes through the ticket's lane like any edit, obeys ProjectKeys, and says what the fields will do to it next.
    """
    _end(run, _by_hand(run, ticket, issue).link(wait=wait))


@command(writes=True)
def unlink(run: Run, ticket: Ticket, issue: Issue, wait: Wait = 60.0) -> None:
    """Take a link away, as somebody would by hand. A link that linksync did not make is left alone.

    It stays away while the fields name it as they do now, and comes back when a reference is written anew.
    """
    _end(run, _by_hand(run, ticket, issue).unlink(wait=wait))


def _by_hand(run: Run, ticket: str, issue: str) -> "ByHand":
    from linksync_cli.by_hand import ByHand
    from linksync_cli.snapshots import ticket_id_of
    from linksync_cli.stack import deployed

    ticket_id = ticket_id_of(ticket)
    return ByHand(run, deployed(run), ticket_id, issue)


def _end(run: Run, asked: "Asked") -> None:
    from rich.text import Text

    from linksync_cli.by_hand import WAITING
    from linksync_cli.screen_tables import indented

    sign = run.screen.sign("ok" if asked.done else "warning")
    head = f"{asked.issue.key or asked.issue.id}  {asked.outcome}"
    why = asked.story.why.removeprefix("It is linked. ") if asked.story.linked else asked.story.why
    lines = [asked.advice] if asked.outcome == WAITING else [why, f"Next: {asked.story.next}", asked.advice]
    beneath = [indented(line) for line in lines if line]
    run.end(
        asked.document(),
        Text.assemble(sign, f" Ticket {asked.ticket_id} and ", (head, "name")),
        *beneath,
        findings=not asked.done,
    )
