"""Every metric of the interface is made to happen on the deployed template, and read from what its functions log.

A case does one thing and names the metrics that must come of it; together they name every member of `Metric`.  The
stack is this module's own: what happens here would put off the work of other tests.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from linksync.metrics import Metric
from local.aws.stack import Stack
from local.vendors import SimulatedVendors
from tests.e2e.scene import Scene, answered, eventually, restart
from tests.metric_dimensions import DIMENSIONS
from tests.template_metrics import ALARMS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-metrics")]

LINKS = "/links$"
UNKNOWN_KEY, UNKNOWN_TICKET = "PROJ-99999", "9999999"


@dataclass(frozen=True)
class Emitted:
    """A metric in a log line: the namespace and the dimensions, with their values, that it is counted under."""

    name: str
    namespace: str
    dimensions: Mapping[str, str]


def link_is_made(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)


def link_is_removed(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    scene.write_keys(ticket, "")


def link_was_there(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.link_by_hand(ticket, issue.id)
    scene.write_keys(ticket, issue.key)


def link_was_gone(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    scene.vendors.unlink_by_hand(ticket, issue.id)
    scene.write_keys(ticket, "")


def something_else_changes(scene: Scene) -> None:
    answered(scene.vendors.senders.trigger.send(b'{"type": "zen:event-type:ticket.comment_added"}'))


def nothing_changes(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, issue.key)
    trigger = scene.vendors.senders.trigger
    trigger.send(trigger.render(scene.vendors.zendesk.tickets.get(ticket)))
    scene.wait_quiet()


def body_cannot_be_read(scene: Scene) -> None:
    answered(scene.vendors.senders.trigger.send(b'{"ticket'))


def sender_is_not_authentic(scene: Scene) -> None:
    assert scene.post("jira", b"{}", {"X-Hub-Signature": "sha256=00"}).attempts[-1].status == 401


def people_slip(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.write_keys(ticket, UNKNOWN_KEY)
    _refuse_a_create(scene)  # the Links API is not documented to look at the ticket: linksync asks when it refuses
    scene.write_tickets(issue, UNKNOWN_TICKET)


def closed_ticket_takes_no_notice(scene: Scene) -> None:
    ticket = scene.vendors.ticket()
    scene.wait_quiet()
    scene.vendors.zendesk.tickets.edit(ticket, status="closed")
    body = json.dumps({"ticket_id": str(ticket), "issue_keys": UNKNOWN_KEY})
    scene.vendors.senders.trigger.send(body.encode())
    scene.wait_quiet()


def link_is_refused(scene: Scene) -> None:
    ticket, issue = scene.pair()
    _refuse_a_create(scene)
    scene.write_keys(ticket, issue.key)


def vendor_throttles(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.zendesk.faults.add(method="POST", path=LINKS, status=429, retry_after=1, times=1)
    scene.write_keys(ticket, issue.key)


def vendor_forbids(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.vendors.link_table.manage_links = False
    scene.vendors.write_keys(ticket, issue.key)
    eventually(lambda: scene.vendors.zendesk.calls.count("POST", LINKS, status=403), "a call that is forbidden")
    scene.vendors.link_table.manage_links = True
    scene.wait_quiet(60)


def vendor_keeps_failing(scene: Scene) -> None:
    tickets, (issue,) = scene.cast(tickets=5)
    since = time.time()
    scene.vendors.zendesk.faults.add(status=503)
    for ticket in tickets:
        scene.vendors.write_keys(ticket, issue.key)
    eventually(lambda: Metric.PUT_OFF in names(scene.stack, since), "work that is put off without a call", 60)
    scene.vendors.zendesk.faults.clear()
    scene.wait_quiet(90)


def secret_cannot_be_read(scene: Scene) -> None:
    stack = scene.stack
    arn = stack.outputs["WebhookSecretArn"]
    stack.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="no JSON object")
    restart(stack)
    delivery = answered(scene.vendors.senders.trigger.send(b"{}"))
    assert delivery.attempts[-1].status == 503
    stack.put_secrets()
    restart(stack)
    link_is_made(scene)  # in a process that is new: the first latencies are written at once


def delivery_is_lost(scene: Scene) -> None:
    ticket, issue = scene.pair()
    scene.stack.reconcile()
    with scene.dropping_deliveries():
        scene.vendors.write_tickets(issue.id, str(ticket))
    assert scene.stack.reconcile() == "finished"
    assert (
        scene.stack.reconcile() == "finished"
    )  # the lane waits until Jira surely shows the edit: it differs as before
    scene.wait_quiet(60)
    assert scene.linked(ticket) == {(ticket, issue.key)}


def _refuse_a_create(scene: Scene) -> None:
    scene.vendors.zendesk.faults.add(method="POST", path=LINKS, status=400, times=1, body='{"errors": []}')


CASES: dict[Callable[[Scene], None], set[Metric]] = {
    link_is_made: {Metric.DELIVERIES_ACCEPTED, Metric.LINKS_CREATED, Metric.SECONDS_BEHIND},
    link_is_removed: {Metric.LINKS_DELETED, Metric.REREADS},
    link_was_there: {Metric.LINKS_ALREADY_PRESENT},
    link_was_gone: {Metric.LINKS_ALREADY_ABSENT},
    something_else_changes: {Metric.DELIVERIES_IGNORED},
    nothing_changes: {Metric.NOTHING_TO_DO},
    body_cannot_be_read: {Metric.DELIVERIES_QUARANTINED},
    sender_is_not_authentic: {Metric.DELIVERIES_REJECTED},
    people_slip: {Metric.KEYS_NOT_FOUND, Metric.TICKETS_NOT_FOUND, Metric.NOTICES_GIVEN},
    closed_ticket_takes_no_notice: {Metric.NOTICES_REFUSED},
    link_is_refused: {Metric.LINKS_REFUSED},
    vendor_throttles: {Metric.UPSTREAM_THROTTLED, Metric.SECONDS_WAITING},
    vendor_forbids: {Metric.UPSTREAM_FORBIDDEN},
    vendor_keeps_failing: {Metric.UPSTREAM_FAILED, Metric.BREAKER_OPENED, Metric.PUT_OFF},
    secret_cannot_be_read: {Metric.SECRET_UNREADABLE, Metric.UPSTREAM_MILLISECONDS},
    delivery_is_lost: {
        *(Metric.RECONCILER_READ, Metric.RECONCILER_QUEUED, Metric.RECONCILER_FINISHED, Metric.RECONCILER_LAG),
        Metric.REPAIRED_AGAIN,
    },
}


ALARMED = {
    Metric(alarm["MetricName"]): {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    for alarm in ALARMS.values()
    if alarm.get("Namespace") == "linksync"
}
"""The metrics of ours that alarms name with the values of their dimensions."""


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """A stack that tells people of their slips, and whose vendors' search shows everything at once."""
    with SimulatedVendors() as vendors, Stack(vendors, parameters={"WrongReferenceNotice": "tag"}) as stack:
        vendors.zendesk.exports.excluded_seconds = 0.0
        vendors.senders.events.kinds.discard("created")  # a birth leaves doubt, and what is in doubt waits to be read
        yield Scene(stack)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_what_happens_is_counted_under_the_dimensions_that_alarms_and_dashboard_name(
    scene: Scene, case: Callable[[Scene], None]
) -> None:
    since = time.time()
    case(scene)
    eventually(lambda: CASES[case] <= names(scene.stack, since), f"{CASES[case]} in the functions' log")
    for one in emitted(scene.stack, since):
        assert (one.namespace, one.dimensions.keys()) == ("linksync", DIMENSIONS[one.name])
    for metric, dimensions in ALARMED.items():
        if metric in CASES[case]:
            assert dimensions in [one.dimensions for one in emitted(scene.stack, since) if one.name == metric]


def test_no_metric_is_left_out() -> None:
    assert set().union(*CASES.values()) == set(Metric)


def names(stack: Stack, since: float) -> set[str]:
    """The metrics that were counted since then."""
    return {one.name for one in emitted(stack, since)}


def emitted(stack: Stack, since: float) -> list[Emitted]:
    """Every value since then, in the embedded metric format of the functions' lines."""
    lines = [line for function in stack.functions for line in stack.logs(function, since=since) if '"_aws"' in line]
    return [one for line in map(json.loads, lines) for one in _emitted(line)]


def _emitted(line: Mapping[str, Any]) -> Iterator[Emitted]:
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            for metric in directive["Metrics"]:
                yield Emitted(metric["Name"], directive["Namespace"], {name: line[name] for name in dimensions})
