"""The command line as tests run it: in the process, and as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from linksync_cli.app import main
from linksync_cli.aws import Aws
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Ended:
    """How a run ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)

    @property
    def actions(self) -> dict[str, str]:
        """What became of each thing that a set-up looked at."""
        return {one["what"]: one["action"] for one in self.document["changes"]}


type RunCli = Callable[..., Ended]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunCli:
    """Runs a command in this process, with no settings file and a terminal of 80 columns."""
    monkeypatch.setenv("SAMCONFIG", str(tmp_path / "samconfig.local.toml"))
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> Ended:
        capfd.readouterr()
        status = main(arguments)
        out, err = capfd.readouterr()
        return Ended(status, out, err)

    return run


@pytest.fixture
def cli_process() -> RunCli:
    """Runs a command as a process of its own: what the shell sees."""

    def run(*arguments: str, input: str = "", **environment: str) -> Ended:  # noqa: A002  as subprocess has it
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "linksync_cli", *arguments],
            env={
                "PATH": "",
                "PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'layers/linksync'}",
                "COLUMNS": "80",
                **environment,
            },
            input=input,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """A deployed stack in an account that the command line uses."""
    with mock_aws():
        account = Account()
        monkeypatch.setattr(Aws, "_client", lambda _self, service: account.client(service))
        yield account


@pytest.fixture
def vendors() -> Iterator[SimulatedVendors]:
    """Accounts in which nobody has set anything up."""
    with SimulatedVendors(set_up=False) as vendors:
        yield vendors
