"""What every command has in common: its options, its streams, and how it ends.

    @command(writes=True)
    def pause(run: Run) -> None: ...

gives `pause` the options `--stack`, `--json`, `--dry-run` (where it writes), `--yes` and `--debug`, and hands them over
as a Run.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from linksync_cli.failures import FINDINGS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from rich.console import RenderableType

    from linksync_cli.prompts import Prompts
    from linksync_cli.screen import Screen

_PANEL = "For every command"
_OPTIONS: Mapping[str, tuple[Any, object]] = {
    "stack": (
        Annotated[
            str | None,
            typer.Option(
                "--stack",
                envvar="LINKSYNC_STACK",
                metavar="NAME",
                help="The CloudFormation stack. [dim]Default: samconfig.local.toml's, else linksync[/dim]",
                rich_help_panel=_PANEL,
            ),
        ],
        None,
    ),
    "as_json": (
        Annotated[
            bool, typer.Option("--json", metavar="", help="One JSON document, no questions.", rich_help_panel=_PANEL)
        ],
        False,
    ),
    "dry_run": (
        Annotated[bool, typer.Option("--dry-run", metavar="", help="Show what would be done.", rich_help_panel=_PANEL)],
        False,
    ),
    "yes": (
        Annotated[bool, typer.Option("--yes", "-y", metavar="", help="Ask nothing, agree.", rich_help_panel=_PANEL)],
        False,
    ),
    "debug": (
        Annotated[
            bool, typer.Option("--debug", metavar="", help="Show where an error came from.", rich_help_panel=_PANEL)
        ],
        False,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command.  `stack` is the stack that was asked for by name, if one was."""

    stack: str | None
    as_json: bool
    dry_run: bool
    yes: bool
    debug: bool
    screen: "Screen"
    prompts: "Prompts"

    def end(self, document: Mapping[str, Any], *renderables: "RenderableType", findings: bool = False) -> None:
        """Tells the result, to a program as the document and to people as the renderables.

        Raises typer.Exit where there are findings.
        """
        self.screen.document(document)
        self.screen.show(*renderables)
        if findings:
            raise typer.Exit(FINDINGS)


def begin(*, stack: str | None, as_json: bool, yes: bool = False, debug: bool = False, dry_run: bool = False) -> Run:
    """A run with these options, on the process's own streams."""
    from linksync_cli.prompts import Prompts
    from linksync_cli.screen import Screen

    return Run(
        stack=stack,
        as_json=as_json,
        dry_run=dry_run,
        yes=yes,
        debug=debug,
        screen=Screen(as_json=as_json),
        prompts=Prompts(ask=not as_json, yes=yes),
    )


def command(
    *, writes: bool, options: type["DataclassInstance"] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the options of every command to a function whose first parameter is `run`.

    `options` is a dataclass whose fields are options, too: the function gets an instance as its parameter `given`.
    """
    added = {name: one for name, one in _OPTIONS.items() if writes or name != "dry_run"}
    grouped = _grouped(options) if options else {}

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def conventional(**given: Any) -> None:  # noqa: ANN401  Typer's values
            run = begin(**{name: given.pop(name) for name in added})
            if options:
                given["given"] = options(**{name: given.pop(name) for name in grouped})
            function(run, **given)

        own = [one for one in inspect.signature(function).parameters.values() if one.name not in ("run", "given")]
        more = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in (grouped | added).items()
        ]
        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own] + more
        vars(conventional)["__signature__"] = inspect.Signature(parameters)  # which `inspect.signature` looks for
        conventional.__doc__ = _unwrapped(inspect.getdoc(function) or "")
        conventional.__annotations__ = {one.name: one.annotation for one in parameters}
        return conventional

    return decorate


def _grouped(options: type["DataclassInstance"]) -> dict[str, tuple[Any, object]]:
    hints = get_type_hints(options, include_extras=True)
    return {one.name: (hints[one.name], one.default) for one in fields(options)}


def _unwrapped(text: str) -> str:
    """The text with each paragraph on one line: the terminal wraps it."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
