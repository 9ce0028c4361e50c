"""`linksync explain`: why a link is there, or not."""

from typing import TYPE_CHECKING, Annotated

import typer

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from linksync.explanation.explain import Explanation, Story


@command(writes=False)
def explain(
    run: Run,
    ticket: Annotated[str, typer.Argument(metavar="TICKET", help="The number of a ticket.")],
    issue: Annotated[
        str, typer.Argument(metavar="[ISSUE]", help="Only this issue, by its key or id.", show_default=False)
    ] = "",
    now: Annotated[
        bool, typer.Option("--now", metavar="", help="Look at Zendesk and Jira, too: fields and links.")
    ] = False,
) -> None:
    """Tell why a ticket's links are there, or not.

    What each side last told, when and by which delivery; who wants the link and whose it is; its history; what is dead;
    and what would happen next. It changes nothing.
    """
    from linksync.explanation.explain import explain as explained
    from linksync_cli.snapshots import Snapshots, ticket_id_of
    from linksync_cli.stack import deployed
    from linksync_cli.stack_vendors import StackVendors

    ticket_id, stack = ticket_id_of(ticket), deployed(run)
    with run.screen.working("Looking …"):
        gather = Snapshots(stack, StackVendors(stack))
        snapshot = gather.of(ticket_id, issue.strip())
        explanation = explained(gather.looked(snapshot) if now else snapshot)
    run.end(explanation.document(), *_rendered(run, explanation, looked=now))


def _rendered(run: Run, explanation: "Explanation", *, looked: bool) -> "Iterator[RenderableType]":
    from rich.text import Text

    from linksync_cli.screen_tables import indented

    yield Text(f"Ticket {explanation.ticket_id}", style="name")
    yield indented(" ".join(explanation.ticket))
    for story in explanation.issues:
        yield from of_story(run, story)
    for one in explanation.unresolved:
        yield Text.assemble("\n", run.screen.sign("warning"), " ", (one.text, "name"), "  no issue")
        yield indented(one.why)
    for letter in explanation.dead:
        yield Text.assemble(
            "\n", run.screen.sign("failed"), " ", (letter.delivery[:12], "name"), f"  dead letter of {letter.lane}"
        )
        yield indented(f"{letter.reason}: {letter.advice}")
    yield from _notes(explanation, looked=looked)


def of_story(run: Run, story: "Story") -> "Iterator[RenderableType]":
    """One issue's story: a line with a sign, sentences beneath it, and its history."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from linksync.explanation.sentences import moment, of_line
    from linksync_cli.screen_tables import indented

    sign, state = {True: ("ok", "linked"), False: ("skipped", "not linked"), None: ("warning", "not known")}[
        story.linked
    ]
    whose = {"linksync": ", made by linksync", "adopted": ", adopted"}.get(story.owner if story.linked else "", "")
    name = story.issue.key or f"issue {story.issue.id}"
    yield Text.assemble("\n", run.screen.sign(sign), " ", (name, "name"), f"  {state}{whose}")
    yield indented(story.why.removeprefix("It is linked. ") if story.linked else story.why)
    yield indented(Text.assemble(("Next: ", "quiet"), story.next))
    if story.history:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True, style="quiet")
        grid.add_column(ratio=1)
        for line in story.history:
            grid.add_row(moment(line.at), Text(of_line(line)))
        yield Padding.indent(grid, 2)


def _notes(explanation: "Explanation", *, looked: bool) -> "Iterator[RenderableType]":
    from rich.text import Text

    from linksync_cli.screen_tables import many

    notes = []
    if explanation.waiting:
        notes.append(f"Of all tickets, {many(explanation.waiting, 'message')} wait in the event queue.")
    if not looked:
        notes.append("This is what is recorded; --now looks at Zendesk and Jira, too.")
    if notes:
        yield Text("\n" + "  ".join(notes), style="quiet")
