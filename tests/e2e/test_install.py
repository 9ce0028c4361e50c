"""`linksync install` on a local AWS with empty accounts: one command, and the first edited field is linked.

The deployment is the real `make deploy` with SAM CLI; the command runs as a process of its own, as an operator runs it.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from linksync_cli.samconfig import Samconfig
from local.aws.emulator import Emulator
from local.aws.stack import served_at
from local.vendors import SimulatedVendors
from tests.e2e.scene import eventually
from tests.unit.cli.vendors import writes

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("install")]

ROOT = Path(__file__).parents[2]
STEPS = ["configure", "deploy", "setup zendesk", "setup jira", "doctor"]


@dataclass(frozen=True)
class Installed:
    """The accounts, the AWS, and how both runs of the command ended."""

    vendors: SimulatedVendors
    emulator: Emulator
    config: Path
    ended: list[Any]
    written: list[list[tuple[str, str]]]

    def linksync(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """The command, with credentials and sites in the environment."""
        credentials = {
            f"LINKSYNC_{side}_{name}".upper(): value
            for side, entry in self.vendors.credentials().items()
            for name, value in entry.items()
        }
        return subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "linksync_cli", *arguments],
            cwd=ROOT,
            env=self.emulator.environment()
            | credentials
            | {
                "LINKSYNC_ZENDESK_URL": self.vendors.zendesk.url,
                "LINKSYNC_JIRA_URL": self.vendors.jira.url,
                "SAMCONFIG": str(self.config),
                "PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'layers/linksync'}",
            },
            capture_output=True,
            text=True,
            timeout=400,
            stdin=subprocess.DEVNULL,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    home = tmp_path_factory.mktemp("install")
    (home / ".aws-sam").mkdir()
    (home / ".aws-sam/metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))  # asks for no newer sam
    with SimulatedVendors(set_up=False) as vendors, Emulator(home) as emulator:
        vendors.senders.pace.resolve = lambda url: served_at(emulator, url)
        vendors.jira.issues.create("PROJ", {})
        story = Installed(vendors, emulator, home / "samconfig.local.toml", [], [])
        for _ in range(2):
            story.ended.append(story.linksync("install", "--yes", "--json"))
            story.written.append(writes(vendors))
        yield story


def _documents(installed: Installed) -> list[dict[str, Any]]:
    for ended in installed.ended:
        assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-5000:]
    return [json.loads(ended.stdout) for ended in installed.ended]


def test_it_ends_with_a_doctor_that_finds_all_well(installed: Installed) -> None:
    for document in _documents(installed):
        assert [step["step"] for step in document["steps"]] == STEPS
        checks = document["steps"][-1]["checks"]
        assert {one["check"]: one["status"] for one in checks} == {one["check"]: "ok" for one in checks}
        assert len(checks) == 20


def test_run_twice_nothing_doubles(installed: Installed) -> None:
    vendors, (first, second) = installed.vendors, installed.written
    assert second == first
    zendesk, jira = vendors.zendesk, vendors.jira
    assert (len(zendesk.webhooks.all()), len(zendesk.triggers.all()), len(jira.webhooks.all())) == (2, 1, 1)
    actions = {change["action"] for step in _documents(installed)[1]["steps"] for change in step.get("changes", ())}
    assert actions == {"unchanged"}


def test_the_first_edited_ticket_is_linked(installed: Installed) -> None:
    vendors = installed.vendors
    field = Samconfig.read(installed.config).parameters()["TicketFieldId"]
    issue = vendors.jira.issues.create("PROJ", {})
    ticket = vendors.zendesk.tickets.create({})
    vendors.zendesk.tickets.edit(ticket, {field: issue.key})
    eventually(lambda: (str(ticket), issue.key) in vendors.links(), "the link")
    sent = [one for webhook in vendors.zendesk.webhooks.all() for one in webhook.courier.deliveries]
    assert [one.attempts[-1].status for one in sent if one.attempts[-1].status == 202]
    vendors.zendesk.tickets.edit(ticket, {field: ""})
    eventually(lambda: (str(ticket), issue.key) not in vendors.links(), "no link")


def test_the_first_edited_issue_is_linked(installed: Installed) -> None:
    vendors = installed.vendors
    field = Samconfig.read(installed.config).parameters()["IssueFieldId"]
    issue = vendors.jira.issues.create("PROJ", {})
    ticket = vendors.zendesk.tickets.create({})
    vendors.jira.issues.edit(issue.key, {field: str(ticket)})
    eventually(lambda: (str(ticket), issue.key) in vendors.links(), "the link")


def test_the_commands_work_on_what_was_installed(installed: Installed) -> None:
    issue = installed.vendors.jira.issues.create("PROJ", {})
    ticket = str(installed.vendors.zendesk.tickets.create({}))
    linked = installed.linksync("link", ticket, issue.key, "--json")
    assert (linked.returncode, json.loads(linked.stdout)["outcome"]) == (0, "linked"), linked
    told = json.loads(installed.linksync("explain", ticket, "--now", "--json").stdout)
    assert [(one["linked"], one["wanted_by"]) for one in told["issues"]] == [(True, ["operator"])]
    listed = json.loads(installed.linksync("list", "--from", "zendesk", "--ticket", ticket, "--json").stdout)
    assert [one["owner"] for one in listed["links"]] == ["linksync"]
    unlinked = installed.linksync("unlink", ticket, issue.key, "--json")
    assert (unlinked.returncode, json.loads(unlinked.stdout)["outcome"]) == (0, "not linked"), unlinked
