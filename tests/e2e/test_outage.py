"""Zendesk is down for a while, and comes back."""

import json
import time
from collections import Counter

import pytest

from tests.e2e.scene import Scene, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

TICKETS = 8


def test_an_outage_is_waited_out_and_every_link_is_right(scene: Scene) -> None:
    tickets, (issue,) = scene.cast(tickets=TICKETS)
    gone, *_ = tickets
    faults, trigger = scene.vendors.zendesk.faults, scene.vendors.senders.trigger.courier
    alone = faults.add(status=503, times=TICKETS)  # each lane backs off as it thinks fit
    told = faults.add(status=503, retry_after=1)  # … and then as it is told
    began = time.time()
    for ticket in tickets:
        scene.vendors.write_keys(ticket, issue.key)
    eventually(lambda: told.hits >= TICKETS, "many tries")
    scene.vendors.write_keys(gone, "")
    faults.clear()
    lasted = time.time() - began
    scene.wait_quiet(60)
    assert scene.linked(*tickets) == {(ticket, issue.key) for ticket in tickets if ticket != gone}
    assert {delivery.answer[:3] for delivery in trigger.deliveries[-TICKETS - 1 :]} == {"202"}
    assert scene.stack.dead_letters() == []

    tries = Counter(lane for line in scene.stack.logs("LinkWorker", since=began) for lane in _put_off(line))
    calls = alone.hits + told.hits
    print(
        f"Zendesk was down for {lasted:.1f} s: {calls} calls in {TICKETS} lanes, {max(tries.values())} at most in one"
    )
    assert sum(tries.values()) == calls
    assert set(tries) == {f"ticket#{ticket}" for ticket in tickets}, "no lane was starved"
    assert max(tries.values()) <= 1 + lasted, "never more often than once a second"


def _put_off(line: str) -> list[str]:
    """The lane whose work a log line says was put off, if that is what it says."""
    return [json.loads(line)["lane"]] if '"message scheduled for retry"' in line else []
