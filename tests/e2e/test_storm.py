"""What the network and the vendors do to a delivery in the middle of its work."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.aws.stack import Stack
from local.jira.issue import SimulatedIssue
from tests.e2e.scene import Scene, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-storm")]

VISIBILITY_TIMEOUT = 60  # seconds, longer than a run as the template's 90 are: this much less has to be waited for
GRACE = 30  # for a 403


@dataclass(frozen=True, slots=True)
class Killed:
    """The delivery whose worker was killed: where it got to, and when.  `scene` sees the calls since then."""

    stack: Stack
    scene: Scene
    ticket: int
    issue: SimulatedIssue
    at: float


@pytest.fixture(scope="module")
def killed(storm: Stack) -> Killed:
    """A worker killed while Zendesk had made the link and not yet answered; its message comes again later."""
    storm.client("sqs").set_queue_attributes(
        QueueUrl=storm.outputs["EventQueueUrl"], Attributes={"VisibilityTimeout": str(VISIBILITY_TIMEOUT)}
    )
    scene = Scene(storm)
    ticket, issue = scene.pair()
    storm.vendors.zendesk.faults.add(method="POST", path="/links$", delay=5, times=1)
    storm.vendors.write_keys(ticket, issue.key)
    eventually(lambda: scene.linked(ticket), "the call that is not answered")
    processes = _processes(storm, storm.worker)
    assert processes
    for process in processes:
        os.kill(process, signal.SIGKILL)
    scene.begin()
    return Killed(storm, scene, ticket, issue, time.time())


@pytest.fixture
def scene(killed: Killed) -> Iterator[Scene]:
    """A test's view; the killed run's message waits meanwhile."""
    yield Scene(killed.stack, waiting=1)
    killed.stack.vendors.link_table.manage_links = True
    killed.stack.vendors.zendesk.faults.clear()


def test_a_killed_run_holds_up_no_other_lane(scene: Scene, killed: Killed) -> None:
    ticket, issue = scene.pair()
    scene.vendors.write_keys(ticket, issue.key)
    eventually(lambda: scene.linked(ticket), "the other ticket's link")
    assert time.time() < killed.at + VISIBILITY_TIMEOUT


def test_forbidden_work_is_kept_for_an_operator_and_done_after_a_redrive(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.link_table.manage_links = False
    scene.vendors.write_keys(ticket, issue.key)
    letter = scene.dead_letter('"ticket_id":"' + f'{ticket}"', timeout=GRACE + 15)
    assert _attribute(letter, "reason") == "forbidden"
    assert "Manage links" in _attribute(letter, "advice")
    calls = scene.told_apart(v1=scene.listings(ticket), v2=scene.creates(ticket))
    assert {call.status for call in calls} == {403}
    lasted = calls[-1].at - calls[0].at
    assert lasted >= GRACE - 1
    assert len(calls) <= 1 + lasted  # never more often than once a second

    scene.vendors.link_table.manage_links = True
    _redrive(scene, letter)
    eventually(lambda: scene.linked(ticket) == {(ticket, issue.key)}, "the link")
    assert scene.stack.dead_letters() == []


def test_a_refused_lane_goes_to_the_operator_at_once_and_the_others_go_on(scene: Scene) -> None:
    (poisoned, *healthy), (one, two) = scene.cast(tickets=5, issues=2)
    fault = scene.vendors.zendesk.faults.add(
        method="POST", path="/links$", status=400, body='{"errors": [{"code": "BadRequest", "title": "No"}]}', times=1
    )
    scene.vendors.write_keys(poisoned, one.key)
    eventually(lambda: fault.hits, "the refusal")
    for ticket in healthy:
        scene.vendors.write_keys(ticket, one.key)
    eventually(lambda: scene.linked(*healthy) == {(ticket, one.key) for ticket in healthy}, "the other tickets' links")
    letter = scene.dead_letter('"ticket_id":"' + f'{poisoned}"')
    assert _attribute(letter, "reason") == "refused"
    assert "BadRequest" in _attribute(letter, "advice")
    assert "LinksApiVersion" in _attribute(letter, "advice")
    assert len(scene.creates(poisoned)) == 1
    scene.discard(letter)

    scene.vendors.write_keys(poisoned, f"{one.key} {two.key}")
    eventually(lambda: scene.linked(poisoned) == {(poisoned, two.key)}, "the lane going on without the refused link")
    scene.vendors.write_keys(poisoned, two.key)
    eventually(lambda: not scene.stack.depth().total, "the key taken out of the field")
    scene.vendors.write_keys(poisoned, f"{one.key} {two.key}")
    eventually(lambda: scene.linked(poisoned) == {(poisoned, one.key), (poisoned, two.key)}, "the link, written anew")


def test_retry_after_is_obeyed_as_seconds_and_as_a_date(scene: Scene) -> None:
    (*throttled, healthy), (issue,) = scene.cast(tickets=3)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
    faults = scene.vendors.zendesk.faults
    for demand in (3, until):
        fault = faults.add(method="POST", path="/links$", status=429, retry_after=demand, times=1)
    for ticket in throttled:
        scene.vendors.write_keys(ticket, issue.key)
    eventually(lambda: fault.hits, "both refusals")
    scene.vendors.write_keys(healthy, issue.key)
    eventually(lambda: scene.linked(healthy), "the other ticket's link")
    assert scene.linked(*throttled) == set()

    eventually(lambda: len(scene.linked(*throttled)) == 2, "the throttled tickets' links")
    by_seconds, by_date = sorted(map(scene.creates, throttled), key=lambda calls: calls[0].at)
    assert [[call.status for call in calls] for calls in (by_seconds, by_date)] == [[429, 201], [429, 201]]
    assert by_seconds[1].at - by_seconds[0].at >= 3
    assert by_date[1].at >= until.timestamp()


def test_a_call_that_was_applied_and_cut_off_is_known_for_ours(scene: Scene) -> None:
    ticket, issue = scene.pair()
    for method in ("POST", "DELETE"):
        scene.vendors.zendesk.faults.add(method=method, path="/links", reset=True, applied=True, times=1)
    scene.vendors.write_keys(ticket, issue.key)
    told = scene.told_apart(v1=[None], v2=[None, 409])  # version 1 is asked for the ticket's links before it is told
    eventually(lambda: [call.status for call in scene.creates(ticket)] == told, "the create, again")
    scene.vendors.write_keys(ticket, "")
    eventually(lambda: [call.status for call in scene.deletes(ticket)] == [None, 404], "the delete, again")
    assert scene.linked(ticket) == set()


def test_a_killed_run_is_finished_when_its_message_comes_again(scene: Scene, killed: Killed) -> None:
    left = max(0.0, killed.at + VISIBILITY_TIMEOUT - time.time())
    eventually(lambda: not scene.stack.depth().total, "the message, worked on again", left + 15)
    assert scene.linked(killed.ticket) == {(killed.ticket, killed.issue.key)}
    told = scene.told_apart(v1=[201], v2=[201, 409])
    assert [call.status for call in killed.scene.creates(killed.ticket)] == told
    scene.vendors.write_keys(killed.ticket, "")
    eventually(lambda: not scene.linked(killed.ticket), "the link, known for ours and deleted")
    assert scene.stack.dead_letters() == []


def _processes(stack: Stack, function: str) -> list[int]:
    """The processes of a function in this stack's own emulator, by the path of what they run."""
    shown = subprocess.run(["ps", "-A", "-ww", "-o", "pid=", "-o", "args="], capture_output=True, text=True, check=True)  # noqa: S607  ps is where the system has it
    lines = (line.strip().partition(" ") for line in shown.stdout.splitlines())
    return [
        int(pid)
        for pid, _, args in lines
        if f"{stack.emulator.home.name}/" in args and stack.functions[function] in args
    ]


def _attribute(letter: dict[str, Any], name: str) -> str:
    return str(letter["MessageAttributes"][name]["StringValue"])


def _redrive(scene: Scene, letter: dict[str, Any]) -> None:
    """What SQS's own StartMessageMoveTask does: the message as it is, back in its group, and out of here."""
    scene.stack.client("sqs").send_message(
        QueueUrl=scene.stack.outputs["EventQueueUrl"],
        MessageBody=letter["Body"],
        MessageGroupId=letter["Attributes"]["MessageGroupId"],
        MessageDeduplicationId=letter["MessageId"],
        MessageAttributes=letter["MessageAttributes"],
    )
    scene.discard(letter)
