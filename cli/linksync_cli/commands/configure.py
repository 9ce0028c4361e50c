"""`linksync configure`: finds the stack's parameters and writes them to samconfig.local.toml."""

from typing import TYPE_CHECKING

from linksync_cli.command import Run, command
from linksync_cli.options import Given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from linksync_cli.configuring import FoundParameters


@command(writes=True, options=Given)
def configure(run: Run, given: Given) -> None:
    """Find the stack's settings and write them to samconfig.local.toml, for `make deploy`.

    Nothing is asked that Zendesk, Jira or an earlier run can tell. Fields that are missing are made, once you agree.
    """
    found = configured(run, given)
    run.end({"parameters": found.parameters}, *rendered(found))


def configured(run: Run, given: "Given", *, agreed: str = "") -> "FoundParameters":
    """Finds, shows, and once somebody agrees writes the parameters.

    `agreed` is the question that is asked in any case; without one, only where fields are to be made.
    """
    from linksync_cli import settings_file
    from linksync_cli.configuring import Configuration
    from linksync_cli.failures import WrongUsage
    from linksync_cli.secret_store import API, SecretStore
    from linksync_cli.stack import find

    stack = find(run)
    known = (dict(stack.parameters) if stack else {}) | settings_file.parameters()
    stored = SecretStore(stack).read(API) if stack and stack.outputs.get(API) else {}
    found = Configuration(run, given, known, stored).find()
    changes = settings_file.changes(run, found.parameters)
    if run.dry_run or not (changes or agreed):
        return found
    if agreed or found.to_make:
        for line in rendered(found):
            run.screen.note(line)
        if not run.prompts.confirm(agreed or "Make what is to be made, and write these settings?"):
            raise WrongUsage("declined", "Nothing was changed.", "Run it again when you agree.")
    with run.screen.working("Making the fields …"):
        found.make()
    if changes:
        settings_file.write(run, found.parameters)
    return found


def rendered(found: "FoundParameters") -> "Iterator[RenderableType]":
    """The parameters as a table."""
    from linksync_cli.screen_tables import table

    rows = ([name, value or "(empty)", found.why[name]] for name, value in found.parameters.items())
    yield table("Parameter", "Value", "Why", rows=rows)
