"""What people can do on the page is done to the vendors or the stack; scenarios are made of nothing else."""

import threading
import time
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from local.playground.controls import Controls, NotPossible
from local.playground.player import Player
from local.playground.scenarios import Scenario, scenarios
from local.vendors import SimulatedVendors
from tests.unit.local.conftest import Receiver

SCENARIOS = {scenario.name: scenario for scenario in scenarios()}


class FakeStack:
    """A stack whose reconciler runs when it is asked to."""

    def __init__(self, vendors: SimulatedVendors) -> None:
        self.vendors = vendors
        self.reconciled = 0

    def reconcile(self) -> str:
        self.reconciled += 1
        return "finished"


class FakeTray:
    """A tray of two letters."""

    def __init__(self) -> None:
        self.left = ["d1", "d2"]

    def move_back(self, names: Collection[str]) -> int:
        before, self.left = len(self.left), [name for name in self.left if name not in names]
        return before - len(self.left)


def signature_of(headers: dict[str, str]) -> str:
    return {name.lower(): value for name, value in headers.items()}["x-zendesk-webhook-signature"]


@pytest.fixture
def stack(vendors: SimulatedVendors, receiver: Receiver) -> FakeStack:
    for _ in range(4):
        vendors.ticket()
    for _ in range(5):
        vendors.issue("PROJ")
    vendors.senders.aim(zendesk=f"{receiver.url}/zendesk", jira=f"{receiver.url}/jira", automation="")
    return FakeStack(vendors)


@pytest.fixture
def tray() -> FakeTray:
    return FakeTray()


@pytest.fixture
def controls(stack: FakeStack, tray: FakeTray) -> Iterator[Controls]:
    controls = Controls(stack, tray)
    yield controls
    controls.switches.clear()


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda one: one.name)
def test_each_scenario_can_be_played_and_leaves_nothing_broken(controls: Controls, scenario: Scenario) -> None:
    for step in scenario.steps:
        step.do(controls)
    assert [one.name for one in controls.switches.all() if controls.switches.is_on(one.name)] == []


@pytest.mark.parametrize(
    ("name", "ends"),
    [("two-keys", {5001: "PROJ-2"}), ("both-sides", {5003: ""}), ("disorder", {5001: "PROJ-1 PROJ-5"})],
)
def test_a_scenario_edits_what_it_says(
    controls: Controls, vendors: SimulatedVendors, name: str, ends: dict[int, str]
) -> None:
    for step in SCENARIOS[name].steps:
        step.do(controls)
    tickets = vendors.zendesk.tickets
    assert {number: tickets.get(number).fields[vendors.ticket_field] for number in ends} == ends


def test_the_lost_delivery_is_looked_for(controls: Controls, stack: FakeStack) -> None:
    for step in SCENARIOS["lost"].steps:
        step.do(controls)
    assert stack.reconciled == 1
    assert [delivery.state for delivery in stack.vendors.senders.webhook.courier.deliveries][-1] == "lost"


def test_a_forged_request_is_signed_with_another_secret_than_the_triggers(
    controls: Controls, vendors: SimulatedVendors
) -> None:
    trigger = vendors.senders.trigger
    controls.forge()
    forged = trigger.courier.deliveries[-1]
    honest = trigger.headers(forged.id, trigger.secret, forged.body)
    assert signature_of(forged.headers(0)) != signature_of(honest)
    assert vendors.senders.wait_idle(5)


def test_the_chosen_letters_are_moved_back(controls: Controls, tray: FakeTray) -> None:
    assert controls.do("redrive", {"names": ["d2"]}) == {"told": "1 moved back to the event queue."}
    assert tray.left == ["d1"]


@pytest.mark.parametrize(
    ("name", "details"),
    [
        ("ticket", {"id": 4999, "text": "PROJ-1"}),
        ("issue", {"id": "PROJ-99", "text": "5001"}),
        ("link", {"ticket": 5001, "issue": "PROJ-99"}),
        ("fly", {}),
    ],
)
def test_what_is_not_there_cannot_be_edited(controls: Controls, name: str, details: dict[str, Any]) -> None:
    with pytest.raises(NotPossible, match="There is no"):
        controls.do(name, details)


@pytest.mark.parametrize(
    ("name", "details"), [("ticket", {"id": 5001, "text": 1}), ("issue", {"id": 1, "text": ""}), ("redrive", {})]
)
def test_details_of_another_kind_are_no_request(controls: Controls, name: str, details: dict[str, Any]) -> None:
    with pytest.raises((TypeError, KeyError)):
        controls.do(name, details)


def test_one_scenario_plays_at_a_time_and_can_be_stopped(controls: Controls) -> None:
    reached = threading.Event()

    def never_quiet(_seconds: float, stopped: threading.Event) -> None:
        reached.set()
        stopped.wait(5)

    player = Player(controls, never_quiet)
    player.play({"name": "two-keys"})
    assert reached.wait(5)
    with pytest.raises(NotPossible, match="stop it first"):
        player.play({"name": "typo"})
    player.stop()
    deadline = time.monotonic() + 5
    while player.state()["playing"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (player.state()["playing"], len(player.state()["captions"])) == ("", 1)
    with pytest.raises(NotPossible):
        player.play({"name": "nothing"})
