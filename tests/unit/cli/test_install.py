"""`linksync install` goes from nothing to a doctor that finds all well, twice; `linksync uninstall` takes it out.

The deployment itself is left out here: it stands for `make deploy`, which makes the stack that the settings tell.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linksync_cli.doctor import round_trip
from linksync_cli.doctor.subject import Subject
from linksync_cli.installation import Installation
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
