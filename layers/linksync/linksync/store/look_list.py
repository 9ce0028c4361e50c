"""The lanes to be looked at again, by the time they are due: so the reconciler reads those that are due, and no others.

    lane   record                  holds
    look   1800000600#ticket#5001  since when; and whether the lane is to read its field again

A lane that finds something missing writes an item; the reconciler puts it off, or takes it away.  An item may outlive
its reason: whoever meets it looks at the lane's own record first.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from linksync.core.checkpoints import Look
from linksync.store.attributes import number, plain, written
from linksync.store.aws_errors import translate_aws_errors
from linksync.store.batches import delete, put, write_all

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LOOK = "look"
_LEDGER = "the ledger"


class LookList:
    """The list.  Everything may raise AwsUnavailable."""

    def __init__(self, client: "DynamoDBClient", table: str, *, sleep: Callable[[float], object] = time.sleep) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def due(self, now: float, *, limit: int) -> tuple[Look, ...]:
        """The lanes that are due, the longest due first; at most so many."""
        query = {
            "KeyConditionExpression": "lane = :lane AND #record < :now",
            "ExpressionAttributeNames": {"#record": "record"},
            "ExpressionAttributeValues": written({":lane": LOOK, ":now": _time(now + 1)}),
            "ConsistentRead": True,
            "PaginationConfig": {"PageSize": limit},
        }
        found: list[Look] = []
        with translate_aws_errors(_LEDGER):
            for page in self._client.get_paginator("query").paginate(TableName=self._table, **query):  # type: ignore[arg-type]  # the stubs know no dict of arguments
                found += [look_of(plain(item)) for item in page["Items"]]
                if len(found) >= limit:
                    break
        return tuple(islice(found, limit))

    def change(self, *, done: Iterable[Look] = (), planned: Iterable[Look] = ()) -> None:
        """Write what is planned, then take away what is done: a crash in between leaves one look too many."""
        puts = {item["record"]: put(item) for item in map(look_item, planned)}
        gone = {look_item(look)["record"] for look in done} - set(puts)
        deletes = [delete({"lane": LOOK, "record": record}) for record in sorted(gone)]
        write_all(self._client, self._table, [*puts.values(), *deletes], sleep=self._sleep)


def look_item(look: Look) -> dict[str, Any]:
    """The item of a look that is planned."""
    return {
        "lane": LOOK,
        "record": f"{_time(look.due_at)}#{look.lane}",
        "since": number(look.since),
        "reread": True if look.reread else None,
    }


def look_of(item: Mapping[str, Any]) -> Look:
    """A look, read from its item."""
    due_at, _, lane = item["record"].partition("#")
    return Look(lane=lane, due_at=float(due_at), since=float(item["since"]), reread=item.get("reread", False))


def _time(at: float) -> str:
    """Whole seconds in a form that sorts."""
    return f"{int(at):011d}"
