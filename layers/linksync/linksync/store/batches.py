"""Many records of a table in few calls: reads of a hundred keys, writes of 25.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Any, Protocol

from linksync.errors import AwsUnavailable
from linksync.store.attributes import plain, written
from linksync.store.aws_errors import translate_aws_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

READS_A_CALL = 100
WRITES_A_CALL = 25
_ATTEMPTS = 5
_PAUSE = 0.05  # seconds before the second attempt, doubled before each later one
_WHAT = "the ledger"


class BatchWriter(Protocol):
    """What writing uses of a client: boto3's, or `dynamodb_calls`'."""

    @property
    def batch_write_item(self) -> Callable[..., Mapping[str, Any]]:
        """BatchWriteItem."""


def put(item: Mapping[str, Any]) -> dict[str, Any]:
    """The write that puts a plain item in the place of what is there."""
    return {"PutRequest": {"Item": written(item)}}


def delete(key: Mapping[str, str]) -> dict[str, Any]:
    """The write that takes away what has this key."""
    return {"DeleteRequest": {"Key": written(key)}}


def read_all(
    client: "DynamoDBClient",
    table: str,
    keys: Iterable[Mapping[str, str]],
    *,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[dict[str, Any]]:
    """The items with these keys as of now, in no order; those that are not there are left out."""
    for batch in batched(keys, READS_A_CALL, strict=False):
        left: Any = {table: {"Keys": [written(key) for key in batch], "ConsistentRead": True}}
        for attempt in range(_ATTEMPTS):
            with translate_aws_errors(_WHAT):
                answer = client.batch_get_item(RequestItems=left)
            yield from (plain(item) for item in answer["Responses"].get(table, ()))
            left = answer.get("UnprocessedKeys")
            if not left:
                break
            sleep(_PAUSE * 2**attempt)
        else:
            raise AwsUnavailable("the ledger read only part of what was asked; it is tried again")


def write_all(
    client: BatchWriter,
    table: str,
    writes: Iterable[Mapping[str, Any]],
    *,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Make these writes (see `put` and `delete`), in this order from batch to batch.

    DynamoDB may take a part of a batch and leave the rest: it is sent again at once, since half a lane is no record.
    """
    for batch in batched(writes, WRITES_A_CALL, strict=False):
        left = list(batch)
        for attempt in range(_ATTEMPTS):
            with translate_aws_errors(_WHAT):
                answer = client.batch_write_item(RequestItems={table: left})
            left = answer.get("UnprocessedItems", {}).get(table, [])
            if not left:
                break
            sleep(_PAUSE * 2**attempt)
        else:
            raise AwsUnavailable("the ledger took only part of a write; it is tried again")
