"""How a failed run ends: in words on standard error, or as one JSON document, and with its exit status."""

import traceback
from collections.abc import Sequence
from typing import TypeGuard

import typer
from rich.padding import Padding
from rich.text import Text

from linksync.errors import LinksyncError, RetryLater
from linksync_cli.failures import Failure, Unanswered, WrongUsage
from linksync_cli.samconfig import SamconfigError
from linksync_cli.screen import Screen

_RETRY = "Nothing else was changed.  Try again in a moment."
_NO_HOST = "No computer of that name was found: check the URL, and the network."
_REPORT = "This is a bug of linksync's: run it again with --debug, and report what it prints."


def wrong_usage(problem: typer.TyperException, arguments: Sequence[str]) -> int:
    """The ending of a command line that Typer refused."""
    context = getattr(problem, "ctx", None)
    path = context.command_path if context else "linksync"
    return failed(WrongUsage("usage", problem.format_message(), f"See `{path} --help`."), arguments)


def failed(problem: Exception, arguments: Sequence[str]) -> int:
    """The ending of a command that raised.  Returns the exit status."""
    failure = as_failure(problem)
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    screen = Screen(as_json="--json" in options)
    if "--debug" in options:
        screen.err.print("".join(traceback.format_exception(problem)), markup=False, style="quiet")
    if screen.as_json:
        screen.document({"error": {"code": failure.code, "message": failure.message, "mend": failure.mend}})
    else:
        screen.note(Text.assemble(("linksync: ", "failed"), failure.message))
        screen.note(Padding.indent(Text(failure.mend, style="mend"), 10))
    return failure.status


def as_failure(problem: Exception) -> Failure:
    """Any exception as what an operator is told.  One that nobody foresaw is told by its type alone."""
    if isinstance(problem, Failure):
        return problem
    if isinstance(problem, LinksyncError) and _is_botocore(problem.__cause__):
        return as_failure(problem.__cause__)
    if isinstance(problem, LinksyncError):
        text = str(problem)
        if isinstance(problem, RetryLater):  # no worker tries it again here
            text = text.removesuffix("; it will be tried again")
        message, _, mend = text.partition(". ")
        return Failure(_code(problem), message, mend or (_NO_HOST if "(gaierror)" in message else _RETRY))
    if isinstance(problem, SamconfigError):
        return Failure(
            "settings", f"{problem}.", "Correct that file, or delete it: `linksync configure` writes it anew."
        )
    if _is_botocore(problem):
        from linksync_cli.aws import aws_failure

        return aws_failure(problem)
    if isinstance(problem, typer.Abort | EOFError):
        return Unanswered("the input ended", "--yes")
    return Failure("bug", f"linksync failed ({type(problem).__name__}).", _REPORT)


def _is_botocore(problem: BaseException | None) -> TypeGuard[Exception]:
    """Whether it is one of AWS's errors; those tell an operator more than what the worker makes of them."""
    return type(problem).__module__.partition(".")[0] == "botocore"


def _code(problem: LinksyncError) -> str:
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(problem).__name__)
    return words.strip("_")
