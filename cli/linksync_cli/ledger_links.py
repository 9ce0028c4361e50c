"""The links that the ledger knows, as the command line lists them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from linksync.core.links import Link
from linksync.core.messages import ticket_lane
from linksync.store.ledger import BY_ISSUE
from linksync.store.ledger_items import LINK, link_of

_deserialize = TypeDeserializer().deserialize
_serialize = TypeSerializer().serialize


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One link.  `owner` is linksync, adopted or unknown; `state` is how far it has come."""

    ticket_id: str
    issue_id: str
    issue_key: str
    owner: str
    state: str

    def document(self) -> dict[str, str]:
        """The row as programs get it."""
        return asdict(self)


def row_of(ticket_id: str, link: Link) -> Row:
    """A link of the ledger as a row."""
    return Row(
        ticket_id=ticket_id,
        issue_id=link.issue.id,
        issue_key=link.issue.key,
        owner=link.owner.value,
        state=link.state.name.lower(),
    )


class LedgerLinks:
    """The links of a ledger, a page at a time.  Raises the client's errors."""

    def __init__(self, client: Any, table: str) -> None:  # noqa: ANN401  boto3's client
        self._client, self._table = client, table

    def of_ticket(self, ticket_id: str) -> Iterator[Row]:
        """The links of one ticket: one query."""
        return self._links(
            "query",
            KeyConditionExpression="lane = :lane AND begins_with(#record, :link)",
            values={":lane": ticket_lane(ticket_id), ":link": LINK},
            ConsistentRead=True,
        )

    def of_issue(self, issue: str) -> Iterator[Row]:
        """The links with one issue: by its id from the index, by its key from the whole table."""
        if not issue.isdigit():
            return self._scan(
                "issue_key = :key AND begins_with(#record, :link)", {":key": issue.upper(), ":link": LINK}
            )
        return self._of_issue_id(issue)

    def all(self) -> Iterator[Row]:
        """Every link.  The whole table is read."""
        return self._scan("begins_with(#record, :link)", {":link": LINK})

    def known(self) -> Iterator[tuple[str, Link]]:
        """Every link with its ticket.  The whole table is read."""
        items = self._items("scan", FilterExpression="begins_with(#record, :link)", values={":link": LINK})
        return (_link(item) for item in items)

    def _of_issue_id(self, issue_id: str) -> Iterator[Row]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_ISSUE,
            KeyConditionExpression="issue_id = :issue",
            ExpressionAttributeValues={":issue": _serialize(issue_id)},
        )
        for page in pages:
            for found in page["Items"]:
                key = {name: found[name] for name in ("lane", "record")}
                if item := self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item"):
                    yield _row(item)

    def _scan(self, condition: str, values: dict[str, str]) -> Iterator[Row]:
        return self._links("scan", FilterExpression=condition, values=values)

    def _links(self, operation: str, *, values: dict[str, str], **asked: Any) -> Iterator[Row]:  # noqa: ANN401
        return (_row(item) for item in self._items(operation, values=values, **asked))

    def _items(self, operation: str, *, values: dict[str, str], **asked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
        pages = self._client.get_paginator(operation).paginate(
            TableName=self._table,
            ExpressionAttributeNames={"#record": "record"},
            ExpressionAttributeValues={name: _serialize(value) for name, value in values.items()},
            **asked,
        )
        for page in pages:
            yield from page["Items"]


def _row(item: dict[str, Any]) -> Row:
    return row_of(*_link(item))


def _link(item: dict[str, Any]) -> tuple[str, Link]:
    """A ticket's id and its link."""
    plain = {name: _deserialize(value) for name, value in item.items()}
    return plain["lane"].removeprefix(ticket_lane("")), link_of(plain)
