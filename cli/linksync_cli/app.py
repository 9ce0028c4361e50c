"""The command `linksync`: its commands, and how each run ends.

Exit status: 0 done, 1 done with findings, 2 wrong usage, 3 refused by Zendesk, Jira or AWS, 130 after Ctrl-C.
"""

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from linksync_cli.commands import (
    backfill,
    configure,
    doctor,
    drift,
    explain,
    install,
    link,
    list_links,
    migrate,
    pause,
    redrive,
    setup_jira,
    setup_zendesk,
    uninstall,
    verify_signature,
)
from linksync_cli.failures import DONE, INTERRUPTED, Interrupted

app = typer.Typer(
    name="linksync",
    help="Keeps the links between Zendesk tickets and Jira issues equal to what people wrote in their fields.",
    epilog="Start with [bold]linksync install[/bold].  Something is wrong?  [bold]linksync doctor[/bold].",
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_setup = typer.Typer(help="Set up Zendesk or Jira, or see that all is as it should be.", no_args_is_help=True)
_setup.command("zendesk")(setup_zendesk.setup_zendesk)
_setup.command("jira")(setup_jira.setup_jira)
_PANELS = {
    "Set up": {"install": install.install, "configure": configure.configure, "uninstall": uninstall.uninstall},
    "See": {
        "doctor": doctor.doctor,
        "explain": explain.explain,
        "drift": drift.drift,
        "list": list_links.list_links,
        "verify-signature": verify_signature.verify_signature,
    },
    "Mend": {
        "link": link.link,
        "unlink": link.unlink,
        "backfill": backfill.backfill,
        "migrate": migrate.migrate,
        "redrive": redrive.redrive,
        "pause": pause.pause,
        "resume": pause.resume,
    },
}
app.add_typer(_setup, name="setup", rich_help_panel="Set up")
for _panel, _commands in _PANELS.items():
    for _name, _function in _commands.items():
        app.command(_name, rich_help_panel=_panel)(_function)


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"linksync {version('linksync')}")
        except PackageNotFoundError:
            typer.echo("linksync, not installed: run `make build`")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _linksync(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", metavar="", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), nl=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status.  Only shell completion ends the process by itself."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        ended = app(args=given, prog_name="linksync", standalone_mode=False)
    except typer.TyperException as problem:
        from linksync_cli.endings import wrong_usage

        return wrong_usage(problem, given)
    except Exception as problem:  # noqa: BLE001  whatever it is, it ends in words and with a status
        from linksync_cli.endings import failed

        return failed(problem, given)
    if ended == INTERRUPTED:
        from linksync_cli.endings import failed

        return failed(Interrupted(), given)
    return int(ended or DONE)
