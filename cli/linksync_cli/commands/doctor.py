"""`linksync doctor`: whether everything is as it should be, and what to do where it is not."""

from typing import TYPE_CHECKING, Annotated

import typer

from linksync_cli.command import Run, command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from linksync_cli.doctor.checks import Check


@command(writes=False)
def doctor(
    run: Run,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="CHECK", help="Leave out a check, or a group such as [bold]jira[/bold].")
    ] = None,
) -> None:
    """Check the stack, Zendesk and Jira; say what to do about each failure. It changes nothing.

    Warnings are no findings; failures are.
    """
    from dataclasses import asdict

    from linksync_cli.doctor.checks import Status

    checks = examined(run, skip or [])
    findings = any(check.status is Status.FAILED for check in checks)
    run.end({"checks": [asdict(check) for check in checks]}, *rendered(run, checks), findings=findings)


def examined(run: Run, skip: "Iterable[str]") -> "list[Check]":
    """Runs every check.  Raises WrongUsage for one that is to be skipped and is none."""
    from linksync_cli.doctor.checks import run_all
    from linksync_cli.doctor.examination import CHECKS, NAMES, without_stack
    from linksync_cli.doctor.subject import Subject
    from linksync_cli.endings import as_failure
    from linksync_cli.failures import WrongUsage
    from linksync_cli.stack import deployed

    skip = list(skip)
    for name in skip:
        if not any(one == name or one.startswith(f"{name}.") for one in NAMES):
            raise WrongUsage("check", f"There is no check {name}.", f"There are: {', '.join(NAMES)}.")
    try:
        stack = deployed(run)
    except Exception as problem:  # noqa: BLE001  whatever it is, it is what the first check found
        return without_stack(as_failure(problem))
    with run.screen.working("Looking …"):
        return list(run_all(CHECKS, Subject(stack), skip=skip))


def rendered(run: Run, checks: "Iterable[Check]") -> "Iterator[RenderableType]":
    """A line a check, and beneath it what to do."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="name")
    grid.add_column(ratio=1)
    checks = list(checks)
    for check in checks:
        found = Text(check.found, style="quiet" if check.status in ("ok", "skipped") else check.status)
        grid.add_row(run.screen.sign(check.status), check.check, found)
        if check.mend:
            grid.add_row("", "", Text(check.mend))
    yield grid
    counts = {status: sum(check.status == status for check in checks) for status in ("failed", "warning", "skipped")}
    bad = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    yield Padding("All is well." if not bad else f"{len(checks)} checks: {bad}.", (1, 0, 0, 0))
