"""The command as a shell sees it: exit statuses, one JSON document, Ctrl-C, completion, and nothing secret."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.unit.cli.conftest import ROOT, RunCli

NOBODY = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    "HOME": "/nonexistent",
}


class _Silent(BaseHTTPRequestHandler):
    """An AWS that takes a request and never answers."""

    asked = threading.Event()
    done = threading.Event()

    def do_POST(self) -> None:
        self.asked.set()
        self.done.wait(30)

    def log_message(self, *_told: object) -> None:  # type: ignore[override]  # nothing is printed
        return


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of an AWS that never answers."""
    _Silent.asked.clear()
    _Silent.done.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    _Silent.done.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["explain", "PROJ-1"], 2, "ticket"),
        (["doctor", "--skip", "nonsense"], 2, "check"),
        (["link", "5001"], 2, "usage"),
        (["list", "--from", "elsewhere"], 2, "usage"),
        (["list"], 3, "aws_unreachable"),
        (["explain", "5001"], 3, "aws_unreachable"),
        (["redrive", "--all"], 3, "aws_unreachable"),
    ],
)
def test_statuses_and_one_document(cli_process: RunCli, arguments: list[str], status: int, code: str) -> None:
    nowhere = NOBODY | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    ended = cli_process(*arguments, "--json", **nowhere)
    assert (ended.status, ended.document["error"]["code"]) == (status, code)
    assert set(ended.document["error"]) == {"code", "message", "mend"}
    assert ended.err == ""
    people = cli_process(*arguments, **nowhere)
    assert (people.status, people.out) == (status, "")
    assert people.err.startswith("linksync: ")


def test_findings_end_with_one(cli_process: RunCli) -> None:
    ended = cli_process("doctor", "--json", **NOBODY | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert (ended.status, ended.document["checks"][0]["status"]) == (1, "failed")


def test_ctrl_c_is_clean_and_says_how_to_go_on(silent: str) -> None:
    environment = {"PATH": "", "PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'layers/linksync'}"}
    # Whoever runs the tests in the background has Ctrl-C ignored, which processes inherit.
    heeding = "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", heeding + "runpy.run_module('linksync_cli', run_name='__main__')", "list", "--json"],
        env=environment | NOBODY | {"AWS_ENDPOINT_URL": silent},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert _Silent.asked.wait(30)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, json.loads(out)["error"]["code"]) == (130, "interrupted")
    assert "again" in json.loads(out)["error"]["mend"]
    assert "Traceback" not in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(cli_process: RunCli, shell: str) -> None:
    asked = {"_TYPER_COMPLETE_ARGS": "linksync ex", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    asked |= {"COMP_WORDS": "linksync ex", "COMP_CWORD": "1"}
    ended = cli_process(_LINKSYNC_COMPLETE=f"complete_{shell}", **asked)
    assert "explain" in ended.out
