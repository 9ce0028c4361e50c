"""What travels on the queue: written and read back, and the lanes that it travels in."""

import json
from dataclasses import replace

import pytest

from linksync.core.message_format import decode, encode
from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LifecycleEvent,
    LinkNotice,
    NoticeKind,
    Payload,
    TicketStatement,
)
from tests.examples import quarantined

TICKET = TicketStatement(ticket_id="5001", issue_keys=("PROJ-1", "OPS-2"), at=1.5, exact=False)
ISSUE = IssueStatement(issue_id="10001", issue_key="PROJ-1", ticket_ids=("5001",), at=1.5, exact=True)
NOTICE = LinkNotice(
    ticket_id="5001", issue_id="10001", issue_key="PROJ-1", key_at=1.25, kind=NoticeKind.CLAIMED, at=1.5
)
UNREADABLE = quarantined(source="jira_webhook")
PAYLOADS = [
    TICKET,
    replace(TICKET, issue_keys=()),
    replace(TICKET, issue_keys=None),
    replace(TICKET, issue_keys=None, look_up=True),
    replace(TICKET, issue_keys=None, exact=True, lifecycle=LifecycleEvent.MERGED, merged_into="5002"),
    replace(TICKET, issue_keys=None, exact=True, lifecycle=LifecycleEvent.DELETED),
    ISSUE,
    replace(ISSUE, ticket_ids=()),
    replace(ISSUE, ticket_ids=None, lifecycle=LifecycleEvent.MOVED),
    replace(ISSUE, lifecycle=LifecycleEvent.DELETED),
    NOTICE,
    replace(NOTICE, kind=NoticeKind.RELEASED, via="4999"),
]


def envelope(payload: Payload) -> Envelope:
    return Envelope(delivery="d1", correlation_id="c1", source="zendesk_trigger", received_at=2.5, payload=payload)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_was_written_is_read_back(payload: Payload) -> None:
    assert decode(encode(envelope(payload))) == envelope(payload)


def test_an_unreadable_body_that_was_written_is_read_back() -> None:
    assert decode(encode(UNREADABLE)) == UNREADABLE


@pytest.mark.parametrize(
    ("payload", "lane"),
    [
        (TICKET, "ticket#5001"),
        (ISSUE, "issue#10001"),
        (NOTICE, "ticket#5001"),  # every write to a link happens in its ticket's lane
    ],
)
def test_the_lane(payload: Payload, lane: str) -> None:
    assert (payload.lane, envelope(payload).lane) == (lane, lane)


def test_the_lane_of_an_unreadable_body() -> None:
    assert UNREADABLE.lane == "quarantine#" + "ab" * 16


GOOD = json.loads(encode(envelope(TICKET)))


@pytest.mark.parametrize(
    "body",
    [
        *("", "hello", "null", "5", "[]", '"v"', "{}", "{"),
        json.dumps(GOOD | {"v": 2}),
        json.dumps(GOOD | {"kind": "parcel"}),
        json.dumps(GOOD | {"kind": ["ticket_statement"]}),
        json.dumps(GOOD | {"kind": "issue_statement"}),
        json.dumps(GOOD | {"received_at": None}),
        json.dumps(GOOD | {"received_at": "today"}),
        json.dumps(GOOD | {"payload": None}),
        json.dumps(GOOD | {"payload": {}}),
        json.dumps(GOOD | {"payload": GOOD["payload"] | {"issue_keys": 5}}),
        json.dumps(GOOD | {"payload": GOOD["payload"] | {"life": "reborn"}}),
        json.dumps(GOOD | {"payload": GOOD["payload"] | {"color": "red"}}),
        *(json.dumps({key: value for key, value in GOOD.items() if key != name}) for name in GOOD),
    ],
)
def test_what_linksync_never_wrote(body: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(body)


def test_what_is_passed_on_keeps_its_trail_and_names_its_delivery_by_its_cause() -> None:
    cause = envelope(ISSUE)
    passed_on = cause.forward(NOTICE)
    assert passed_on == replace(cause, delivery=passed_on.delivery, payload=NOTICE)
    assert passed_on == cause.forward(NOTICE)
    others = [
        replace(cause, delivery="d2").forward(NOTICE),
        envelope(TICKET).forward(replace(NOTICE, ticket_id="5002")),
        cause.forward(replace(NOTICE, ticket_id="5002")),
        cause.forward(replace(NOTICE, issue_id="10002")),
        cause.forward(replace(NOTICE, kind=NoticeKind.RELEASED)),
    ]
    assert len({other.delivery for other in [cause, passed_on, *others]}) == 7
