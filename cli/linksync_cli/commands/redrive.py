"""`linksync redrive`: dead letters with their reasons, and the way back for the chosen ones."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType

    from linksync.store.dead_letters import DeadLetterQueue, Letter
    from linksync_cli.redriving import Chosen
    from linksync_cli.stack import Stack


@command(writes=True)
def redrive(
    run: Run,
    deliveries: Annotated[
        list[str] | None,
        typer.Argument(metavar="DELIVERY", help="The letters to move back; six characters do."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="WORD", help="Move back all that died for this reason.")] = "",
    everything: Annotated[bool, typer.Option("--all", metavar="", help="Move back all of them.")] = False,
    wait: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait for what becomes of them.")] = 90.0,
) -> None:
    """Show dead letters and why they died; move the chosen ones back, and say what became of them.

    Without any choice they are only shown. Moving a letter back is safe at any time: what it tells is put in order
    with what was stated since, and in doubt the field is read.
    """
    from linksync_cli.redriving import Chosen, dead_letter_queue
    from linksync_cli.stack import deployed

    stack = deployed(run)
    queue = dead_letter_queue(stack)
    with run.screen.working("Reading the dead letters …"):
        letters = queue.letters()
    chosen = Chosen(names=deliveries or (), reason=reason, everything=everything)
    chosen.check(letters)
    ended = {} if run.dry_run else _moved(run, stack, queue, chosen, wait)
    rows = [(letter, ended.get(letter.id, "left")) for letter in letters]
    document = {"letters": [_document(letter, outcome) for letter, outcome in rows]}
    run.end(document, *_rendered(run, rows, chosen), findings=any(outcome != "done" for _, outcome in rows))


def _moved(run: Run, stack: "Stack", queue: "DeadLetterQueue", chosen: "Chosen", wait: float) -> "Mapping[str, str]":
    """What became of the letters that were moved back, by SQS's id."""
    from linksync_cli.failures import Interrupted
    from linksync_cli.redriving import move_back, name_of, outcomes

    if not chosen.any:
        return {}
    looking = outcomes(stack, queue)
    with run.screen.progress("Moved back") as step:
        moved = move_back(queue, chosen, step)
    words = {"done": "done", "dead": "dead again", "waiting": "waiting"}
    try:
        with run.screen.progress("Ended", total=len(moved)) as step:
            found = looking.of([name_of(letter) for letter in moved], seconds=wait, on_progress=step)
    except KeyboardInterrupt:
        raise Interrupted("What was moved back is worked on.  See what is left with `linksync redrive`.") from None
    return {letter.id: words[found[name_of(letter)]] for letter in moved}


def _document(letter: "Letter", outcome: str) -> dict[str, Any]:
    from linksync_cli.redriving import name_of

    return {
        "delivery": name_of(letter),
        "reason": letter.reason,
        "advice": letter.advice,
        "lane": letter.lane,
        "outcome": outcome,
    }


def _rendered(run: Run, rows: "list[tuple[Letter, str]]", chosen: "Chosen") -> "Iterator[RenderableType]":
    from rich.text import Text

    from linksync_cli.redriving import name_of
    from linksync_cli.screen_tables import indented, many, moment

    if not rows:
        yield Text.assemble(run.screen.sign("ok"), " There are no dead letters.")
        return
    signs = {"done": "ok", "dead again": "failed", "waiting": "warning", "left": "skipped"}
    for letter, outcome in rows:
        head = Text.assemble(run.screen.sign(signs[outcome]), " ", (name_of(letter)[:12], "name"), f"  {letter.lane}")
        yield head.append(f"  {letter.reason}").append(f"  {moment(letter.since)}", style="quiet")
        yield indented(letter.advice if outcome == "left" else outcome)
    left = sum(outcome != "done" for _, outcome in rows)
    if run.dry_run:
        yield f"\nWould move back {many(sum(chosen.includes(letter) for letter, _ in rows), 'letter')}."
    elif not chosen.any:
        yield f"\n{many(left, 'dead letter')}.  Mend what each says, then: linksync redrive --all"
    elif left:
        yield f"\n{many(left, 'letter')} not done yet.  See again with: linksync redrive"
