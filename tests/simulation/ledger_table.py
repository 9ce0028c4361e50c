"""The ledger's table as the worker and the reconciler call it.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.simulation.expressions import Item, holds, updated
from tests.simulation.failing_table import FailingTable
from tests.simulation.fault_injector import KILLS
from tests.simulation.fault_kinds import Fault

INDEX_LAG = 2.0


class ConditionalCheckFailedException(Exception):
    """As botocore names it."""


@dataclass
class LedgerTable(FailingTable):
    """A table of lanes and records.  A kill may come between any two items of a batch."""

    items: dict[str, dict[str, Item]] = field(default_factory=dict)
    writes: int = 0
    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedException)
    _written_at: dict[tuple[str, str], float] = field(default_factory=dict)

    def get_paginator(self, name: str) -> "LedgerTable":
        assert name == "query"
        return self

    def paginate(self, **query: Any) -> Iterator[dict[str, Any]]:
        self._before()
        condition, values = query["KeyConditionExpression"], query["ExpressionAttributeValues"]
        if query.get("IndexName"):
            rows = self._by_issue(values[":issue"])
        else:
            assert query["ConsistentRead"], "a lane is read consistently"
            records = self.items.get(values[":lane"]["S"], {})
            rows = [row for _, row in sorted(records.items()) if holds(condition, row, query)]
        self._after()
        yield {"Items": rows}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803  boto3's name
        ((table, asked),) = RequestItems.items()
        assert 1 <= len(asked["Keys"]) <= 100, "BatchGetItem takes 1 to 100"
        assert asked["ConsistentRead"], "records are read consistently"
        self._before()
        found = [self.items.get(key["lane"]["S"], {}).get(key["record"]["S"]) for key in asked["Keys"]]
        self._after()
        return {"Responses": {table: [item for item in found if item]}}

    def update_item(self, *, Key: Mapping[str, Any], **asked: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        self._before()
        lane, record = Key["lane"]["S"], Key["record"]["S"]
        item = self.items.get(lane, {}).get(record, Key)
        if not holds(asked["ConditionExpression"], item, asked):
            raise ConditionalCheckFailedException
        after = updated(item, asked["UpdateExpression"], asked["ExpressionAttributeValues"])
        self._write({"PutRequest": {"Item": after}})
        self._after()
        return {"Attributes": after}

    def batch_write_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803  boto3's name
        ((table, writes),) = RequestItems.items()
        assert 1 <= len(writes) <= 25, "BatchWriteItem takes 1 to 25"
        self._before()
        left = []
        for write in writes:
            if self.injector.strike_aws(KILLS | {Fault.UNPROCESSED_ITEMS}):
                left.append(write)
            else:
                self._write(write)
        self._after()
        return {"UnprocessedItems": {table: left} if left else {}}

    def _write(self, write: Mapping[str, Any]) -> None:
        key = write["DeleteRequest"]["Key"] if "DeleteRequest" in write else write["PutRequest"]["Item"]
        lane, record = key["lane"]["S"], key["record"]["S"]
        self.writes += 1
        self._written_at[lane, record] = self.clock.now
        if "DeleteRequest" in write:
            self.items.get(lane, {}).pop(record, None)
        else:
            self.items.setdefault(lane, {})[record] = key

    def _by_issue(self, issue_id: Item) -> list[Item]:
        """What the index shows: at times it has not heard of the latest writes yet."""
        lags = self.injector.strike([Fault.INDEX_LAG]) is not None
        since = self.clock.now - INDEX_LAG if lags else self.clock.now
        return [
            row
            for lane, records in self.items.items()
            for record, row in records.items()
            if row.get("issue_id") == issue_id and self._written_at[lane, record] <= since
        ]
