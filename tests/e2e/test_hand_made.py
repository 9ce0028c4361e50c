"""What linksync was never told: links made and removed by hand, and fields that were filled in before."""

import json

import pytest

from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_drift_tells_what_was_done_by_hand_and_repairs_what_is_named(scene: Scene) -> None:
    (unlinked, linked), (issue,) = scene.cast(tickets=2)
    scene.write_keys(unlinked, issue.key)
    scene.vendors.unlink_by_hand(unlinked, issue.key)
    scene.vendors.link_by_hand(linked, issue.key)
    scene.wait_quiet()

    told = json.loads(scene.stack.linksync("drift").stdout)
    assert str(unlinked) in {row["ticket_id"] for row in told["gone"]}
    assert str(linked) in {row["ticket_id"] for row in told["unknown"]}
    assert scene.linked(unlinked, linked) == {(linked, issue.key)}, "it only tells"

    repaired = json.loads(scene.stack.linksync("drift", "--repair", "gone", "--repair", "unknown").stdout)
    assert {str(unlinked), str(linked)} <= {row["ticket_id"] for row in repaired["repaired"]}
    assert scene.linked(unlinked, linked) == {(unlinked, issue.key), (linked, issue.key)}
    scene.write_keys(unlinked, "")
    assert scene.linked(unlinked, linked) == {(linked, issue.key)}, "what it made again is its own"


def test_a_backfill_makes_what_is_missing_and_adopts_what_is_there(scene: Scene) -> None:
    (ticket,), (there, missing) = scene.cast(issues=2)
    with scene.dropping_deliveries():
        scene.vendors.link_by_hand(ticket, there.key)
        scene.vendors.write_keys(ticket, f"{there.key} {missing.key}")
    told = json.loads(scene.stack.linksync("backfill", "--from", "zendesk", "--budget", "10000").stdout)
    scene.wait_quiet()
    assert told["finished"] is True
    assert scene.linked(ticket) == {(ticket, there.key), (ticket, missing.key)}
    assert [json.loads(call.request_body)["link"]["issue_key"] for call in scene.creates(ticket)] == [missing.key]
    scene.write_keys(ticket, "")
    assert scene.linked(ticket) == {(ticket, there.key)}, "an agent's link stays"
