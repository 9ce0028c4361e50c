"""The idempotency table, as Powertools and the count of crashes use it, on the simulation's clock.

Powertools has the wall's clock alone, so what an item says of its end is set aside: one in progress lasts until the
run's time is up, one that is done for as long as the worker remembers deliveries.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

from linksync.worker.idempotency import REMEMBERED
from tests.simulation.clock import Clock
from tests.simulation.fault_injector import AFTER_AWS, BEFORE_AWS, FaultInjector

_FAR = {"expiration": {"N": "9999999999"}, "in_progress_expiration": {"N": "9999999999999"}}


@dataclass
class IdempotencyTable:
    """Items by id, with the moment at which each stops to count."""

    clock: Clock
    injector: FaultInjector
    items: dict[str, tuple[dict[str, Any], float]] = field(default_factory=dict)
    crashes: Counter[str] = field(default_factory=Counter)

    def put_item(self, *, Item: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        """A delivery begins, unless it is in progress or done."""
        self._before()
        key = Item["id"]["S"]
        known, until = self.items.get(key, ({}, 0.0))
        if self.clock.now < until:
            error = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "simulated"}, "Item": known}
            raise ClientError(error, "PutItem")  # type: ignore[arg-type]  # DynamoDB adds the item
        self.items[key] = Item | _FAR, self.clock.end
        self._after()
        return {}

    def update_item(self, *, Key: dict[str, Any], **asked: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        """A delivery is done; or a crash is counted."""
        self._before()
        key, values, answer = Key["id"]["S"], asked["ExpressionAttributeValues"], {}
        if ":number" in values:
            self.crashes[key] += int(values[":number"]["N"])
            answer = {"Attributes": {"crashes": {"N": str(self.crashes[key])}}}
        else:
            done = {"id": Key["id"], "status": values[":status"], "data": values[":response_data"]}
            self.items[key] = done | _FAR, self.clock.now + REMEMBERED
        self._after()
        return answer

    def delete_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        """A delivery failed, and may come again."""
        self._before()
        self.items.pop(Key["id"]["S"], None)
        self._after()
        return {}

    def _before(self) -> None:
        if self.injector.strike_aws(BEFORE_AWS):
            raise EndpointConnectionError(endpoint_url="https://dynamodb.test")

    def _after(self) -> None:
        if self.injector.strike_aws(AFTER_AWS):
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": "simulated"}}, "simulated")
