"""Queue messages and records that must end before an operator, and not come again for days."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from linksync.errors import OperatorError
from linksync.store.trouble import our_side
from linksync.worker.deliveries import Dead, Receipt, fate, opened

MESSAGE = {
    "v": 1,
    "kind": "link_notice",
    "delivery": "d",
    "correlation_id": "c",
    "source": "jira_webhook",
    "received_at": 1.0,
    "payload": {
        "ticket_id": "1",
        "issue_id": "2",
        "issue_key": "A-1",
        "key_at": 1.0,
        "change": "claimed",
        "at": 1.0,
    },
}


def receipt(body: str) -> Receipt:
    return Receipt(
        message_id="m", handle="h", attempt=1, first_received_at=0.0, sent_at="0", lane="ticket#1", body=body
    )


def changed(**fields: Any) -> str:
    return json.dumps(MESSAGE | fields)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "5",
        "null",
        "[" * 100_000,
        '{"a":' * 100_000,
        changed(v=2),
        changed(kind="anything"),
        changed(kind=["link_notice"]),
        changed(payload=[1]),
        changed(payload=None),
        changed(payload={"__class__": "x"}),
        changed(received_at=10**400),
        changed(received_at="soon"),
        changed(received_at=None),
    ],
    ids=lambda body: body[:24],
)
def test_what_linksync_never_wrote_is_buried_at_once(body: str) -> None:
    became = opened(receipt(body))
    assert isinstance(became, Dead)
    assert became.reason == "not_a_message"


def refused() -> None:
    with our_side("the ledger"):
        error = {"Code": "ValidationException", "Message": "Item size has exceeded the maximum allowed size"}
        raise ClientError({"Error": error}, "BatchWriteItem")


def test_a_record_that_dynamodb_will_never_take_is_an_operators() -> None:
    with pytest.raises(OperatorError):
        refused()
    assert isinstance(fate(receipt(json.dumps(MESSAGE)), refused, now=1e9, dice=0.5), Dead)
