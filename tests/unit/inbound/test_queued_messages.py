"""What each route puts on the queue, word for word: a version before or after this one reads it.

`golden/` holds a message a file.  A change of one of these files is a change of the format: see `core.message_format`.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.jira_webhook import app as jira_app
from functions.zendesk_webhook import app as zendesk_app
from linksync.core.message_format import decode, encode
from linksync.core.messages import Envelope, IssueStatement, TicketStatement
from tests.receivers import samples
from tests.receivers.in_memory import InMemoryAws
from tests.receivers.samples import sample
from tests.receivers.signed_requests import AUTOMATION, JIRA, ROUTES, ZENDESK, gateway, proof

GOLDEN = Path(__file__).parent / "golden"
NOW = 1_793_611_805.25
QUARANTINED = {ROUTES[0]: b'{"ticket": "4711"}', ROUTES[1]: b'{"issue": "SHOP-12"}', ROUTES[2]: b"[]"}
CASES = {
    "ticket-stated-by-trigger": (ZENDESK, sample("zendesk/trigger.json")),
    "ticket-stated-by-event": (ZENDESK, sample("zendesk/event-custom-field-changed.json")),
    "ticket-unknown": (ZENDESK, sample("zendesk/trigger-unescaped-quote.txt")),
    "ticket-merged": (ZENDESK, sample("zendesk/event-merged.json")),
    "ticket-deleted": (ZENDESK, sample("zendesk/event-permanently-deleted.json")),
    "ticket-unreadable": (ZENDESK, QUARANTINED[ZENDESK]),
    "issue-stated": (JIRA, sample("jira/updated-text.json")),
    "issue-cleared": (JIRA, sample("jira/updated-cleared.json")),
    "issue-moved": (JIRA, sample("jira/moved.json")),
    "issue-deleted": (JIRA, sample("jira/deleted.json")),
    "issue-unreadable": (JIRA, QUARANTINED[JIRA]),
    "issue-stated-by-automation": (AUTOMATION, sample("automation/custom-data.json")),
    "issue-moved-by-automation": (AUTOMATION, sample("automation/issue-moved.json")),
    "issue-deleted-by-automation": (AUTOMATION, sample("automation/issue-deleted.json")),
    "automation-unreadable": (AUTOMATION, QUARANTINED[AUTOMATION]),
}


def post(route: str, body: bytes) -> None:
    """A genuine delivery, at a time that stands still."""
    app = zendesk_app if route == ZENDESK else jira_app
    response = replace(app.wire(), clock=lambda: NOW).receive(gateway(route, body, proof(route, body, at=NOW)))
    assert response["statusCode"] in {200, 202}


@pytest.mark.parametrize("case", CASES)
def test_a_message_is_worded_as_it_always_was(aws: InMemoryAws, case: str) -> None:
    post(*CASES[case])
    (sent,) = aws.messages
    assert sent | {"MessageBody": json.loads(sent["MessageBody"])} == golden(case)


def test_every_golden_file_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_a_message_of_the_version_before_is_read(case: str) -> None:
    body = golden(case)["MessageBody"]
    assert json.loads(encode(decode(json.dumps(body)))) == body


def golden(case: str) -> dict[str, Any]:
    return dict(json.loads((GOLDEN / f"{case}.json").read_text()))


@pytest.mark.parametrize("path", samples.bodies(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_queued_is_what_the_body_states(aws: InMemoryAws, path: Path) -> None:
    route, body = samples.route_of(path), path.read_bytes()
    post(route, body)
    for message in aws.messages:
        read = decode(message["MessageBody"])
        assert (read.received_at, read.lane) == (NOW, message["MessageGroupId"])
        if isinstance(read, Envelope):
            app = zendesk_app if route == ZENDESK else jira_app
            attempted_at = float(int(NOW)) if route == ZENDESK else NOW
            parsed = app.wire().routes[route].parse(body, attempted_at)
            assert (read.source, read.payload) == (parsed.source, parsed.content)


@pytest.mark.parametrize("route", [ZENDESK, AUTOMATION])
def test_a_body_without_a_time_is_as_old_as_its_attempt(aws: InMemoryAws, route: str) -> None:
    post(route, sample("zendesk/trigger.json" if route == ZENDESK else "automation/custom-data.json"))
    envelope = decode(aws.messages[0]["MessageBody"])
    assert isinstance(envelope, Envelope)
    assert isinstance(envelope.payload, TicketStatement | IssueStatement)
    assert (envelope.payload.at, envelope.payload.exact) == (int(NOW) if route == ZENDESK else NOW, False)
