"""Zendesk is down for a while, and comes back."""

import json
import time
from collections import Counter

import pytest

from linksync.core.breaker import FIRST_PAUSE, OPENS_AFTER
from tests.e2e.scene import Scene, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

TICKETS = 8
WAITING, EDITS = 20, 6
SOON = 10.0
"""Seconds in which an edit that does not need the vendor that is down must be linked.  The laptop's queue works one
message at a time, so a probe of 3 s keeps everybody waiting here, which on AWS it does not."""


def test_an_outage_is_waited_out_and_every_link_is_right(scene: Scene) -> None:
    tickets, (issue,) = scene.cast(tickets=TICKETS)
    gone, *_ = tickets
    faults, trigger = scene.vendors.zendesk.faults, scene.vendors.senders.trigger.courier
    down = faults.add(status=503, retry_after=1)
    began = time.time()
    for ticket in tickets:
        scene.vendors.write_keys(ticket, issue.key)
    lanes = {f"ticket#{ticket}" for ticket in tickets}
    eventually(lambda: all(tries(scene, began)[lane] > 1 for lane in lanes), "every lane's second try", timeout=60)
    scene.vendors.write_keys(gone, "")
    faults.clear()
    lasted = time.time() - began
    scene.wait_quiet(120)
    assert scene.linked(*tickets) == {(ticket, issue.key) for ticket in tickets if ticket != gone}
    assert {delivery.answer[:3] for delivery in trigger.deliveries[-TICKETS - 1 :]} == {"202"}
    assert scene.stack.dead_letters() == []

    tried = tries(scene, began)
    print(
        f"Zendesk was down for {lasted:.1f} s: {down.hits} calls for {tried.total()} tries in {TICKETS} lanes, "
        f"{max(tried.values())} at most in one"
    )
    assert set(tried) == lanes, "no lane was starved"
    assert max(tried.values()) <= 1 + lasted, "never more often than once a second"
    assert down.hits <= OPENS_AFTER + lasted / FIRST_PAUSE, "a vendor that is down is left alone, but for a probe"


def test_a_jira_that_hangs_keeps_no_lane_waiting_that_does_not_need_it(scene: Scene) -> None:
    tickets, issues = scene.cast(tickets=WAITING + EDITS, issues=WAITING + EDITS)
    waiting, edited = tickets[:WAITING], dict(zip(tickets[WAITING:], issues[WAITING:], strict=True))
    hanging = scene.vendors.jira.faults.add(path="^/rest/api", hang=True)
    began = time.time()
    for ticket, issue in zip(waiting, issues, strict=False):
        scene.vendors.write_keys(ticket, issue.key)
    eventually(lambda: left_alone(scene, began), "Jira left alone", timeout=90)
    eventually(lambda: len(tries(scene, began)) == WAITING, "every waiting lane's first try", timeout=60)

    edited_at = time.monotonic()
    for ticket, issue in edited.items():
        scene.vendors.write_tickets(issue.id, str(ticket))
    wanted = {(ticket, issue.key) for ticket, issue in edited.items()}
    eventually(lambda: scene.linked(*edited) == wanted, "the edits of issues", timeout=SOON)
    print(
        f"{EDITS} edits of issues linked in {time.monotonic() - edited_at:.1f} s while {WAITING} tickets wait for Jira"
    )
    assert scene.linked(*waiting) == set()

    calls, lasted = hanging.hits, time.time() - began
    assert calls <= OPENS_AFTER + lasted / FIRST_PAUSE
    scene.vendors.jira.faults.clear()
    scene.wait_quiet(180)
    assert scene.linked(*waiting) == {(ticket, issue.key) for ticket, issue in zip(waiting, issues, strict=False)}
    assert scene.stack.dead_letters() == []


def left_alone(scene: Scene, since: float) -> bool:
    """Whether the worker's breaker for Jira has opened."""
    return any('"jira breaker opened"' in line for line in scene.stack.logs("LinkWorker", since=since))


def tries(scene: Scene, since: float) -> Counter[str]:
    """How often each lane was put off."""
    return Counter(lane for line in scene.stack.logs("LinkWorker", since=since) for lane in _put_off(line))


def _put_off(line: str) -> list[str]:
    """The lane whose work a log line says was put off, if that is what it says."""
    return [json.loads(line)["lane"]] if '"message scheduled for retry"' in line else []
