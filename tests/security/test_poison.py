"""Queue messages and records that must end before an operator, and not come again for days."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from linksync.errors import OperatorError
from linksync.store.aws_errors import translate_aws_errors
from linksync.worker.disposition import DeadLetter, disposition, open_message
from linksync.worker.queue_message import QueueMessage

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


def receipt(body: str) -> QueueMessage:
    return QueueMessage(
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
    became = open_message(receipt(body))
    assert isinstance(became, DeadLetter)
    assert became.reason == "not_a_message"


def refused() -> None:
    with translate_aws_errors("the ledger"):
        error = {"Code": "ValidationException", "Message": "Item size has exceeded the maximum allowed size"}
        raise ClientError({"Error": error}, "BatchWriteItem")


def test_a_record_that_dynamodb_will_never_take_is_an_operators() -> None:
    with pytest.raises(OperatorError):
        refused()
    assert isinstance(disposition(receipt(json.dumps(MESSAGE)), refused, now=1e9, jitter=0.5), DeadLetter)
