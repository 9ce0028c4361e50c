"""The ledger as the reconciler reads it: the records of many lanes at once, never the whole table."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts
from linksync.core.links import Link
from linksync.core.messages import issue_lane, ticket_lane
from linksync.store.attributes import plain, written
from linksync.store.aws_errors import translate_aws_errors
from linksync.store.batches import read_all
from linksync.store.ledger import BY_ISSUE
from linksync.store.ledger_items import LINK, STATED, issue_of, link_of, ticket_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LedgerReads:
    """Reads alone.  Everything may raise AwsUnavailable."""

    def __init__(self, client: "DynamoDBClient", table: str, *, sleep: Callable[[float], object] = time.sleep) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def tickets(self, ticket_ids: Iterable[str]) -> dict[str, tuple[FieldRecord, TicketFacts]]:
        """What these tickets stated and what is known of them; those of which nothing is known are left out."""
        return {ticket_id: ticket_of(item) for ticket_id, item in self._stated(ticket_lane(""), ticket_ids)}

    def issues(self, issue_ids: Iterable[str]) -> dict[str, IssueRecord]:
        """What is known of these issues; those of which nothing is known are left out."""
        return {issue_id: issue_of(item) for issue_id, item in self._stated(issue_lane(""), issue_ids)}

    def links_of_issue(self, issue_id: str) -> dict[str, Link]:
        """The links with this issue that the ledger knows, by ticket id.  Its index may lag behind by moments."""
        asked = {":issue": issue_id}
        rows = self._query(IndexName=BY_ISSUE, KeyConditionExpression="issue_id = :issue", values=asked)
        keys = [{"lane": row["lane"], "record": row["record"]} for row in rows]
        return {item["lane"].removeprefix(ticket_lane("")): link_of(item) for item in self._items(keys)}

    def has_links(self, ticket_id: str) -> bool:
        """Whether the ledger knows any link of this ticket."""
        condition = "lane = :lane AND begins_with(#record, :link)"
        values = {":lane": ticket_lane(ticket_id), ":link": LINK}
        names = {"#record": "record"}
        return any(True for _ in self._query(KeyConditionExpression=condition, names=names, values=values))

    def _stated(self, prefix: str, ids: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        keys = [{"lane": prefix + id_, "record": STATED} for id_ in dict.fromkeys(ids)]
        for item in self._items(keys):
            yield item["lane"].removeprefix(prefix), item

    def _items(self, keys: Iterable[dict[str, str]]) -> Iterator[dict[str, Any]]:
        return read_all(self._client, self._table, keys, sleep=self._sleep)

    def _query(
        self, *, values: dict[str, str], names: dict[str, str] | None = None, **query: str
    ) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {**query, "ExpressionAttributeValues": written(values)}
        if names:
            asked |= {"ExpressionAttributeNames": names, "ConsistentRead": True}
        with translate_aws_errors("the ledger"):
            for page in self._client.get_paginator("query").paginate(TableName=self._table, **asked):
                yield from (plain(item) for item in page["Items"])
