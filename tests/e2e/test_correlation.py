"""From any one log line of a delivery its whole story is found, by the one id that the sender was answered with."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from local.demo.observer import described
from local.http.deliveries import Delivery
from tests.e2e.scene import Scene, correlation_id, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

type Line = Mapping[str, Any]


def test_an_edit_in_jira_is_one_story_through_both_lanes_to_the_call(scene: Scene) -> None:
    ticket, issue = scene.pair()
    lines = story_lines(scene, lambda: scene.write_tickets(issue, str(ticket)), lane=f"ticket#{ticket}")
    told = from_any_of(lines, scene.vendors.senders.webhook.courier.deliveries[-1])
    assert [(line["service"], line["message"]) for line in told] == [
        ("jira_webhook", "delivery accepted"),
        ("link_worker", "message done"),
        ("link_worker", "message done"),
    ]
    assert [line.get("lane") for line in told] == [None, f"issue#{issue.id}", f"ticket#{ticket}"]
    assert told[-1]["events"] == {"made": 1}
    assert f"Zendesk: link {ticket} {issue.key} → 201" in calls_of(scene, told[0]["correlation_id"])


def test_each_try_of_a_delivery_is_in_its_story(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.zendesk.faults.add(method="POST", path="/links$", status=503, times=1)
    lines = story_lines(scene, lambda: scene.write_keys(ticket, issue.key), lane=f"ticket#{ticket}")
    told = from_any_of(lines, scene.vendors.senders.trigger.courier.deliveries[-1])
    assert [line["message"] for line in told] == ["delivery accepted", "message scheduled for retry", "message done"]
    assert [line.get("attempt") for line in told] == [None, 1, 2]
    writes = [call for call in calls_of(scene, told[0]["correlation_id"]) if ": link" in call]
    assert writes == [f"Zendesk: link {ticket} {issue.key} → {status}" for status in (503, 201)]


def story_lines(scene: Scene, act: Any, *, lane: str) -> list[Line]:
    """All lines of deliveries since the act, once the lane's last one is done."""
    since = time.time()
    act()

    def lines() -> list[Line]:
        logged = [line for function in scene.stack.functions for line in scene.stack.logs(function, since=since)]
        ours = [json.loads(line) for line in logged if line.startswith("{")]
        return sorted((line for line in ours if "delivery" in line), key=lambda line: str(line["timestamp"]))

    done = ("message done", lane)
    eventually(lambda: done in [(line["message"], line.get("lane")) for line in lines()], f"{lane} done")
    return lines()


def from_any_of(lines: Sequence[Line], delivery: Delivery) -> list[Line]:
    """The story by the id that the sender was told: the same from whichever of its lines one begins."""
    wanted = correlation_id(delivery)
    told = [line for line in lines if line["correlation_id"] == wanted]
    stories = [[other for other in lines if other["correlation_id"] == line["correlation_id"]] for line in told]
    assert stories
    assert all(story == told for story in stories)
    return told


def calls_of(scene: Scene, wanted: str) -> list[str]:
    """What both vendors were asked under this id, in words and in order."""
    calls = [call for call in scene.raw_calls() if call.correlation_id == wanted]
    return [described(call, scene.vendors) for call in sorted(calls, key=lambda call: call.at)]
