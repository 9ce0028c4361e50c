"""docs/operator-policy.json allows an operator what the commands call, and nothing else."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linksync.core.messages import TicketStatement
from linksync_cli.aws import Aws
from linksync_cli.doctor.subject import Subject
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at, credentials_in
from tests.unit.cli.worker import Worker

POLICY = Path(__file__).parents[3] / "docs/operator-policy.json"
ACTIONS = {"sqs:SendMessageBatch": "sqs:SendMessage"}  # an operation that is not called like its action
NOT_CALLED = {"iam:PassRole"}  # which UpdateSchedule wants besides
COMMANDS = (
    ["setup", "zendesk"],
    ["setup", "jira"],
    ["doctor", "--skip", "round_trip"],
    ["link", "5001", "PROJ-1"],
    ["list"],
    ["list", "--issue", "10001"],
    ["list", "--ticket", "5001"],
    ["explain", "5001", "--now"],
    ["unlink", "5001", "PROJ-1"],
    ["drift", "--repair", "gone", "--repair", "unknown"],
    ["backfill", "--from", "zendesk"],
    ["migrate", "v2-to-v1", "--yes"],
    ["redrive", "--all"],
    ["pause"],
    ["resume"],
    ["uninstall", "--yes"],
)


class Recorder:
    """A client that remembers which operations are used."""

    def __init__(self, client: Any, service: str, called: set[str]) -> None:
        self._client, self._service, self._called = client, service, called

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name == "get_paginator":
            return self._paginator
        self._note(name)
        return found

    def _paginator(self, operation: str) -> Any:
        self._note(operation)
        return self._client.get_paginator(operation)

    def _note(self, operation: str) -> None:
        action = f"{self._service}:{''.join(word.capitalize() for word in operation.split('_'))}"
        self._called.add(ACTIONS.get(action, action))


@pytest.fixture
def called(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The actions that the commands use, all run once."""
    found: set[str] = set()
    recorders: dict[str, Recorder] = {}

    def client(_self: Aws, service: str) -> Any:
        return recorders.setdefault(service, Recorder(account.client(service), service, found))

    with SimulatedVendors() as vendors:
        vendors.issue("PROJ", tickets="5001")
        account.dead_letter("d" * 32, TicketStatement(ticket_id="5001", issue_keys=(), at=1.0, exact=True))
        vendors.ticket("PROJ-1", ticket_id=5001)
        aimed_at(account, vendors)
        credentials_in(monkeypatch, vendors)
        monkeypatch.setattr(Aws, "_client", client)
        monkeypatch.setattr(Subject, "wait", lambda _self, _seconds: None)
        monkeypatch.setattr(time, "sleep", Worker(account, vendors).work)
        yield found


def allowed() -> set[str]:
    """Every action in the policy."""
    statements = json.loads(POLICY.read_text("utf-8"))["Statement"]
    return {
        action
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }


def test_every_action_is_in_the_policy_and_the_policy_has_no_other(cli: RunCli, called: set[str]) -> None:
    for arguments in COMMANDS:
        assert cli(*arguments).status in (0, 1), arguments
    assert called | NOT_CALLED == allowed()
