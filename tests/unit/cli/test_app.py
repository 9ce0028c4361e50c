"""How every command behaves: help, exit statuses, one JSON document, and nothing secret in an error."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from botocore.exceptions import ClientError, NoCredentialsError

from linksync.errors import UpstreamForbidden
from linksync_cli import app as application
from linksync_cli.command import Run, command
from linksync_cli.failures import Failure, Interrupted, Unanswered
from tests.unit.cli.conftest import RunCli

FUNCTIONS = Path(__file__).parents[3] / "functions"


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., None]], None]:
    """Makes a function the command `scratch`."""
    app = typer.Typer(pretty_exceptions_show_locals=False)
    app.command("another")(lambda: None)
    monkeypatch.setattr(application, "app", app)
    return lambda function: app.command("scratch")(command(writes=True)(function)) and None


def raising(problem: BaseException) -> Callable[[Run], None]:
    def scratch(run: Run) -> None:
        hidden = f"token {1 + 1} of {run.stack}"  # which no traceback may show
        raise problem if hidden else AssertionError

    return scratch


def test_help_lists_the_commands(cli: RunCli) -> None:
    for arguments in ([], ["--help"]):
        ended = cli(*arguments)
        assert ended.status == 0
        assert "verify-signature" in ended.out
        assert all(len(line.rstrip()) <= 80 for line in ended.out.splitlines())


def test_a_process_ends_with_the_status(cli_process: RunCli) -> None:
    assert cli_process("--help").status == 0
    assert cli_process("nonsense").status == 2
    assert cli_process("verify-signature", "--secret-file", "/none", "--signature", "x", "/none").status == 2


def test_wrong_usage_is_told_as_one_document(cli: RunCli) -> None:
    ended = cli("verify-signature", "--json")
    assert ended.status == 2
    assert set(ended.document["error"]) == {"code", "message", "mend"}
    assert ended.document["error"]["mend"] == "See `linksync verify-signature --help`."
    assert ended.err == ""


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [
        (Failure("no_stack", "There is no stack.", "Deploy it."), 3, "no_stack"),
        (Unanswered("Really?", "--yes"), 2, "unanswered"),
        (Interrupted("Run it again."), 130, "interrupted"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (UpstreamForbidden("Zendesk: GET /x was answered 403. Be an admin."), 3, "upstream_forbidden"),
        (NoCredentialsError(), 3, "aws_credentials"),
        (ZeroDivisionError("a secret"), 3, "bug"),
    ],
)
def test_every_error_has_a_status_and_one_document(
    cli: RunCli, scratch: Callable[[Callable[..., None]], None], problem: Exception, status: int, code: str
) -> None:
    scratch(raising(problem))
    ended = cli("scratch", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (status, code)
    assert ended.document["error"]["mend"]
    people = cli("scratch")
    assert (people.status, people.out) == (status, "")
    assert "linksync:" in people.err
    assert "secret" not in ended.out + ended.err + people.err


def test_what_a_vendor_refused_is_told_apart_from_its_mend(
    cli: RunCli, scratch: Callable[[Callable[..., None]], None]
) -> None:
    scratch(raising(UpstreamForbidden("Zendesk: GET /x was answered 403. Be an admin.")))
    error = cli("scratch", "--json").document["error"]
    assert (error["message"], error["mend"]) == ("Zendesk: GET /x was answered 403", "Be an admin.")


def test_a_refusal_of_aws_names_the_action_that_is_missing(
    cli: RunCli, scratch: Callable[[Callable[..., None]], None]
) -> None:
    message = "User: arn:aws:iam::1:user/x is not authorized to perform: sqs:ReceiveMessage on resource: arn"
    answer = {"Error": {"Code": "AccessDenied", "Message": message}}
    scratch(raising(ClientError(answer, "ReceiveMessage")))  # type: ignore[arg-type]
    error = cli("scratch", "--json").document["error"]
    assert error["message"] == "AWS does not let you do sqs:ReceiveMessage."
    assert "your AWS user or role" in error["mend"]


def test_debug_shows_where_an_error_came_from_and_no_locals(
    cli: RunCli, scratch: Callable[[Callable[..., None]], None]
) -> None:
    scratch(raising(ZeroDivisionError()))
    ended = cli("scratch", "--debug", "--json")
    assert "ZeroDivisionError" in ended.err
    assert "token 2" not in ended.err
    assert json.loads(ended.out)["error"]["code"] == "bug"


def test_findings_end_with_one(cli: RunCli, scratch: Callable[[Callable[..., None]], None]) -> None:
    scratch(lambda run: run.end({"found": 1}, "one", findings=True))
    assert cli("scratch", "--json").status == 1
    people = cli("scratch")
    assert (people.status, people.out) == (1, "one\n")


def test_a_question_that_nobody_can_answer_names_its_flag(
    cli: RunCli, scratch: Callable[[Callable[..., None]], None]
) -> None:
    scratch(lambda run: run.end({"go": run.prompts.confirm("Delete it?")}))
    ended = cli("scratch", "--json")
    assert ended.status == 2
    assert "--yes" in ended.document["error"]["mend"]
    assert cli("scratch", "--json", "--yes").document == {"go": True}


def test_no_function_imports_the_command_line() -> None:
    assert not [path for path in FUNCTIONS.rglob("*.py") if "linksync_cli" in path.read_text("utf-8")]
