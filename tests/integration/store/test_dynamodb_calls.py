"""DynamoDB without botocore: the worker's stores, on moto's DynamoDB over HTTP with the template's own tables."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.links import Link
from linksync.core.messages import Envelope, TicketStatement
from linksync.errors import AwsRefused, AwsUnavailable
from linksync.store.attributes import written
from linksync.store.aws_calls import CallLimits
from linksync.store.crash_count import CrashCount
from linksync.store.dynamodb_calls import DynamoDbCalls
from linksync.store.ledger import DynamoDbLedger
from linksync.worker.idempotency import DeliveryIdempotency


@pytest.fixture
def calls(dynamodb: Any, over_http: CallLimits) -> DynamoDbCalls:  # noqa: ARG001  whose tables are there
    return DynamoDbCalls("arn:aws:secretsmanager:eu-central-1:1:secret:x", over_http)


def lane(*issue_ids: str) -> TicketLane:
    links = {issue_id: Link(issue=Issue(issue_id, f"PROJ-{issue_id}"), key_at=1.5) for issue_id in issue_ids}
    return TicketLane(ticket_id="5001", links=links)


def test_a_lane_is_written_and_read(calls: DynamoDbCalls, dynamodb: Any) -> None:
    ledger, empty = DynamoDbLedger(calls, "LedgerTable"), TicketLane(ticket_id="5001")
    assert ledger.ticket("5001") == empty
    ledger.commit(empty, lane("1", "2", "3"))
    assert ledger.ticket("5001") == lane("1", "2", "3") == DynamoDbLedger(dynamodb, "LedgerTable").ticket("5001")
    ledger.commit(lane("1", "2", "3"), lane("2"))
    assert ledger.ticket("5001") == lane("2")
    assert ledger.tickets_linked_with("2") == ("5001",)


def test_a_query_is_read_to_its_last_page(calls: DynamoDbCalls) -> None:
    for number in range(5):
        item = {"lane": "a", "record": str(number), "n": Decimal(number)}
        calls.batch_write_item(RequestItems={"LedgerTable": [{"PutRequest": {"Item": written(item)}}]})
    asked = {"KeyConditionExpression": "lane = :a", "ExpressionAttributeValues": written({":a": "a"}), "Limit": 2}
    pages = list(calls.get_paginator("query").paginate(TableName="LedgerTable", **asked))
    assert [item["n"]["N"] for page in pages for item in page["Items"]] == ["0", "1", "2", "3", "4"]
    assert len(pages) == 3
    with pytest.raises(ValueError, match="scan"):
        calls.get_paginator("scan")


def test_a_delivery_is_done_once(calls: DynamoDbCalls) -> None:
    worked: list[str] = []
    guard = DeliveryIdempotency(calls, "IdempotencyTable")
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
    guard.register(context)
    statement = TicketStatement(ticket_id="5001", issue_keys=(), at=1.5, exact=True)
    envelope = Envelope(delivery="d", correlation_id="c", source="test", received_at=1.5, payload=statement)
    for _ in range(2):
        guard.run_once(envelope, lambda opened: worked.append(opened.delivery))
    assert worked == ["d"]


def test_crashes_are_counted(calls: DynamoDbCalls) -> None:
    count = CrashCount(calls, "IdempotencyTable")
    assert [count.begin("m", 5), count.begin("m", 6)] == [1, 2]
    count.end("m", 5)
    assert count.begin("m", 7) == 2
    for attempt in (6, 7):
        count.end("m", attempt)
    assert count.begin("m", 8) == 1


def test_a_crash_whose_answer_was_lost_and_that_is_told_again_counts_once(calls: DynamoDbCalls) -> None:
    count = CrashCount(calls, "IdempotencyTable")
    assert [count.begin("m", 5), count.begin("m", 5)] == [1, 1]
    assert count.begin("m", 6) == 2
    count.end("m", 6)
    count.end("m", 6)
    assert count.begin("m", 7) == 2


def test_what_dynamodb_will_never_take_is_an_operators_matter(calls: DynamoDbCalls) -> None:
    huge = {"lane": "a", "record": "b", "text": "x" * 500_000}
    with pytest.raises(AwsRefused, match="400 ValidationException: the lane's records are too large"):
        calls.batch_write_item(RequestItems={"LedgerTable": [{"PutRequest": {"Item": written(huge)}}]})


def test_what_may_be_mended_is_tried_again(calls: DynamoDbCalls) -> None:
    with pytest.raises(AwsUnavailable, match="ResourceNotFoundException; it will be tried again"):
        DynamoDbLedger(calls, "NoTable").ticket("5001")
