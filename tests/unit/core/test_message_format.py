"""The JSON of the event queue, word for word: another version, still at work or at work again, reads it."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from linksync.core.message_format import decode, encode
from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LifecycleEvent,
    LinkNotice,
    NoticeKind,
    OperatorAction,
    OperatorCommand,
    Payload,
    TicketStatement,
)
from tests.examples import quarantined

type Json = dict[str, Any]

TICKET = TicketStatement(ticket_id="5001", issue_keys=("PROJ-1", "OPS-2"), at=1.5, exact=False)
ISSUE = IssueStatement(issue_id="10001", issue_key="PROJ-1", ticket_ids=("5001",), at=1.5, exact=True)
NOTICE = LinkNotice(
    ticket_id="5001", issue_id="10001", issue_key="PROJ-1", key_at=1.25, kind=NoticeKind.CLAIMED, at=1.5
)
COMMAND = OperatorCommand(
    ticket_id="5001", issue_id="10001", issue_key="PROJ-1", action=OperatorAction.LINK, at=1.5, seen=True
)
SENT: list[tuple[Payload, str, Json]] = [
    (
        TICKET,
        "ticket_statement",
        {
            "ticket_id": "5001",
            "issue_keys": ["PROJ-1", "OPS-2"],
            "at": 1.5,
            "exact": False,
            "life": "edited",
            "merged_into": "",
        },
    ),
    (
        replace(
            TICKET,
            issue_keys=None,
            lifecycle=LifecycleEvent.MERGED,
            merged_into="5002",
            linked=("10001", "10002"),
            look_up=True,
        ),
        "ticket_statement",
        {
            "ticket_id": "5001",
            "issue_keys": None,
            "at": 1.5,
            "exact": False,
            "life": "merged",
            "merged_into": "5002",
            "linked": ["10001", "10002"],
            "look_up": True,
        },
    ),
    (
        ISSUE,
        "issue_statement",
        {
            "issue_id": "10001",
            "issue_key": "PROJ-1",
            "ticket_ids": ["5001"],
            "at": 1.5,
            "exact": True,
            "life": "edited",
        },
    ),
    (
        replace(ISSUE, ticket_ids=None, lifecycle=LifecycleEvent.MOVED, linked=("5001",), look_up=True),
        "issue_statement",
        {
            "issue_id": "10001",
            "issue_key": "PROJ-1",
            "ticket_ids": None,
            "at": 1.5,
            "exact": True,
            "life": "moved",
            "linked": ["5001"],
            "look_up": True,
        },
    ),
    (
        NOTICE,
        "link_notice",
        {
            "ticket_id": "5001",
            "issue_id": "10001",
            "issue_key": "PROJ-1",
            "key_at": 1.25,
            "change": "claimed",
            "at": 1.5,
            "via": "",
        },
    ),
    (
        COMMAND,
        "operator_command",
        {
            "ticket_id": "5001",
            "issue_id": "10001",
            "issue_key": "PROJ-1",
            "action": "link",
            "at": 1.5,
            "seen": True,
        },
    ),
]


def envelope(payload: Payload) -> Envelope:
    return Envelope(delivery="d1", correlation_id="c1", source="zendesk_trigger", received_at=2.5, payload=payload)


def on_the_queue(kind: str, payload: Json) -> Json:
    return {
        "v": 1,
        "kind": kind,
        "delivery": "d1",
        "correlation_id": "c1",
        "source": "zendesk_trigger",
        "received_at": 2.5,
        "payload": payload,
    }


@pytest.mark.parametrize(("payload", "kind", "sent"), SENT)
def test_what_is_sent_and_read_back(payload: Payload, kind: str, sent: Json) -> None:
    assert json.loads(encode(envelope(payload))) == on_the_queue(kind, sent)
    read = decode(json.dumps(on_the_queue(kind, sent)))
    assert read == envelope(payload)
    assert repr(read) == repr(envelope(payload))  # tuples and members of enums, not what merely equals them


def test_an_unreadable_body_is_sent_and_read_back() -> None:
    told = {"reason": "not_json", "excerpt": "eA==", "size": 1, "sha256": "ab" * 32}
    sent = on_the_queue("quarantined", told) | {"delivery": "d", "correlation_id": "c", "source": "test"}
    assert json.loads(encode(quarantined(received_at=2.5))) == sent
    assert decode(json.dumps(sent)) == quarantined(received_at=2.5)
    assert told.items() <= asdict(quarantined()).items()


def test_the_text_holds_no_spaces() -> None:
    assert " " not in encode(envelope(NOTICE))


@pytest.mark.parametrize("left_out", ["life", "merged_into", "linked", "look_up"])
def test_what_an_older_version_does_not_send_has_its_default(left_out: str) -> None:
    sent = on_the_queue("ticket_statement", {name: value for name, value in SENT[0][2].items() if name != left_out})
    assert decode(json.dumps(sent)) == envelope(TICKET)


def test_a_time_that_was_sent_as_a_whole_number_is_read() -> None:
    sent = on_the_queue("link_notice", SENT[4][2]) | {"received_at": 2}
    read = decode(json.dumps(sent))
    assert repr(read.received_at) == "2.0"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (json.dumps(on_the_queue("link_notice", SENT[4][2]) | {"v": 2}), "message format 2 is not 1"),
        (json.dumps(on_the_queue("parcel", {})), "not a linksync message"),
        (json.dumps(on_the_queue("link_notice", SENT[4][2]) | {"received_at": 10**400}), "not a linksync message"),
        (json.dumps(on_the_queue("link_notice", SENT[4][2] | {"change": "lost"})), "lost"),
        ("null", "not a linksync message"),
        ("[" * 200_000, "not a linksync message"),
    ],
)
def test_what_was_never_sent_is_told_as_such(body: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        decode(body)
