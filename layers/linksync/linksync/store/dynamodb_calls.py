"""DynamoDB as far as the link worker calls it, by `aws_calls` and without botocore.

The methods take and give what boto3's of the same names do, items in DynamoDB's own notation.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from linksync.errors import LEDGER_REFUSAL
from linksync.store import aws_endpoints
from linksync.store.aws_calls import Caller, CallLimits, JsonProtocol, ServiceCalls, operation

_LARGEST_ANSWER = 8 * 1024 * 1024  # bytes; a page of a query is 1 MB of items, and more in JSON


class DynamoDb(Protocol):
    """What the link worker uses of a client: this module's, or boto3's."""

    @property
    def get_item(self) -> Callable[..., Mapping[str, Any]]:
        """GetItem."""

    @property
    def update_item(self) -> Callable[..., Mapping[str, Any]]:
        """UpdateItem."""

    @property
    def batch_write_item(self) -> Callable[..., Mapping[str, Any]]:
        """BatchWriteItem."""

    @property
    def get_paginator(self) -> Callable[..., Any]:
        """The paginator of `query`."""


class DynamoDbCalls(ServiceCalls):
    """The tables of this region, in the partition of this ARN.  Everything may raise AwsUnavailable and AwsRefused."""

    query = operation("Query")
    get_item = operation("GetItem")
    update_item = operation("UpdateItem")
    batch_write_item = operation("BatchWriteItem")

    def __init__(self, arn: str, limits: CallLimits) -> None:
        protocol = JsonProtocol(
            service="dynamodb",
            target="DynamoDB_20120810",
            version="1.0",
            largest_answer=_LARGEST_ANSWER,
            refusals={"ValidationException": LEDGER_REFUSAL},
            promised={"Query": "Items", "BatchWriteItem": "UnprocessedItems"},
        )
        super().__init__(Caller(protocol, aws_endpoints.of_dynamodb(arn), limits))

    def get_paginator(self, name: str) -> "QueryPages":
        """Of `query`, the only one that has pages here."""
        if name != "query":
            raise ValueError(f"{name} has no pages here")
        return QueryPages(self)


class QueryPages:
    """All pages of a query, as boto3's paginator gives them."""

    def __init__(self, calls: DynamoDbCalls) -> None:
        self._calls = calls

    def paginate(self, **asked: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401  the API's own arguments
        """One page after the other, each asked for when it is wanted."""
        while True:
            page = self._calls.query(**asked)
            yield page
            if not (last := page.get("LastEvaluatedKey")):
                return
            asked["ExclusiveStartKey"] = last
