"""`linksync install` goes from nothing to a doctor that finds all well, twice; `linksync uninstall` takes it out.

The deployment itself is left out here: it stands for `make deploy`, which makes the stack that the settings tell.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linksync_cli.doctor import round_trip
from linksync_cli.doctor.subject import Subject
from linksync_cli.installation import Installation
from linksync_cli.prompts import Prompts
from linksync_cli.samconfig import Samconfig
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.endpoint import Endpoint
from tests.unit.cli.vendors import aimed_at, credentials_in, writes


@pytest.fixture
def nothing(
    vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[SimulatedVendors]:
    """No stack, empty accounts; credentials and sites are in the environment."""

    def deploy(_self: Installation) -> dict[str, Any]:
        aimed_at(account, vendors, **Samconfig.read(tmp_path / "samconfig.local.toml").parameters())
        account.cloudformation.outputs["ReconcilerFunction"] = "reconciler"
        account.cloudformation.there = True
        return {"stack": "linksync"}

    credentials_in(monkeypatch, vendors)
    monkeypatch.setenv("LINKSYNC_ZENDESK_URL", vendors.zendesk.url)
    monkeypatch.setenv("LINKSYNC_JIRA_URL", vendors.jira.url)
    monkeypatch.setattr(Installation, "_deploy", deploy)
    monkeypatch.setattr(Subject, "wait", lambda _self, _seconds: None)
    vendors.jira.issues.create("PROJ", {})
    account.cloudformation.there = False
    with Endpoint(account) as endpoint:
        monkeypatch.setattr(round_trip, "reachable", endpoint.reachable)
        yield vendors


def test_from_nothing_to_all_is_well_and_nothing_twice(cli: RunCli, nothing: SimulatedVendors) -> None:
    first = cli("install", "--yes", "--json")
    assert first.status == 0, first
    steps = first.document["steps"]
    assert [step["step"] for step in steps] == ["configure", "deploy", "setup zendesk", "setup jira", "doctor"]
    assert {check["status"] for check in steps[-1]["checks"]} == {"ok"}
    before = writes(nothing)
    assert cli("install", "--yes").status == 0
    assert writes(nothing) == before


def test_nobody_is_asked_and_so_nothing_is_made(cli: RunCli, nothing: SimulatedVendors) -> None:
    ended = cli("install", "--json")
    assert (ended.status, "--yes" in ended.document["error"]["mend"]) == (2, True)
    assert writes(nothing) == []


def test_what_was_set_up_is_taken_out_again(cli: RunCli, nothing: SimulatedVendors) -> None:
    cli("install", "--yes")
    assert cli("uninstall", "--json").status == 2  # it asks twice, and nobody answers
    assert cli("uninstall", "--dry-run", "--json").status == 0
    assert len(nothing.zendesk.webhooks.all()) == 2
    ended = cli("uninstall", "--yes", "--json")
    assert (ended.status, {one["action"] for one in ended.document["changes"]}) == (0, {"deleted"})
    zendesk, jira = nothing.zendesk, nothing.jira
    assert (zendesk.triggers.all(), zendesk.webhooks.all(), jira.webhooks.all()) == ([], [], [])
    assert cli("uninstall", "--json").document == {"changes": []}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, nothing: SimulatedVendors) -> list[tuple[str, str]]:
    """The questions, each with its kind, that a person is asked who answers all of them; nothing else is given."""
    zendesk, jira = nothing.credentials()["zendesk"], nothing.credentials()["jira"]
    answers = {
        "Zendesk: https://": nothing.zendesk.url,
        "Jira: https://": nothing.jira.url,
        "Zendesk: identifier": zendesk["client_id"],
        "Its client secret": zendesk["client_secret"],
        "Jira: e-mail": jira["email"],
        "Its API token": jira["api_token"],
        "Make the fields": True,
    }
    asked: list[tuple[str, str]] = []

    def answer(_self: Prompts, kind: str, question: str, _flag: str, **_settings: Any) -> Any:
        asked.append((kind, question))
        return next(given for begin, given in answers.items() if question.startswith(begin))

    for name in [name for name in os.environ if name.startswith("LINKSYNC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(Prompts, "_answer", answer)
    return asked


def test_a_person_is_asked_fewer_than_eight_questions(
    cli: RunCli, nothing: SimulatedVendors, asked: list[tuple[str, str]]
) -> None:
    ended = cli("install")
    assert ended.status == 0, ended.err
    assert "All is well." in ended.out
    assert len(asked) == 7
    assert [kind for kind, _ in asked].count("password") == 2
    secrets = nothing.credentials()["zendesk"]["client_secret"], nothing.credentials()["jira"]["api_token"]
    assert not [secret for secret in secrets if secret in ended.out + ended.err]
    asked.clear()
    assert cli("install").status == 0
    assert [kind for kind, _ in asked] == ["confirm"]  # the second time nothing is left to be asked


def test_what_fails_on_the_way_is_gone_on_with(
    cli: RunCli, nothing: SimulatedVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy = Installation._deploy

    def fails(_self: Installation) -> dict[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Installation, "_deploy", fails)
    ended = cli("install", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (130, "interrupted")
    assert "goes on where it stopped" in ended.document["error"]["mend"]
    monkeypatch.setattr(Installation, "_deploy", deploy)
    made = [one for one in writes(nothing) if one[0] == "POST"]
    assert cli("install", "--yes").status == 0
    assert len([one for one in writes(nothing) if one[1] in {path for _, path in made}]) == len(made)  # no field twice
