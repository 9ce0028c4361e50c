"""The idempotency table, as Powertools and the count of crashes use it, on the simulation's clock.

Powertools has the wall's clock alone, so what an item says of its end is set aside: one that is done lasts for as long
as the worker remembers deliveries.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from linksync.worker.idempotency import REMEMBERED
from tests.simulation.failing_table import FailingTable

_FAR = {"expiration": {"N": "9999999999"}}


@dataclass
class IdempotencyTable(FailingTable):
    """Items by id, with the moment at which each stops to count."""

    items: dict[str, tuple[dict[str, Any], float]] = field(default_factory=dict)
    crashes: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def get_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        """Whether a delivery is done."""
        self._before()
        item, until = self.items.get(Key["id"]["S"], ({}, 0.0))
        self._after()
        return {"Item": item} if self.clock.now < until else {}

    def update_item(self, *, Key: dict[str, Any], **asked: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        """A delivery is done; or a crash is counted."""
        self._before()
        key, values, answer = Key["id"]["S"], asked["ExpressionAttributeValues"], {}
        if ":runs" in values:
            change = set.difference_update if asked["UpdateExpression"].startswith("DELETE") else set.update
            change(self.crashes[key], values[":runs"]["NS"])
            answer = {"Attributes": {"runs": {"NS": sorted(self.crashes[key])}} if self.crashes[key] else {}}
        else:
            done = {"id": Key["id"], "status": values[":status"], "data": values[":data"]}
            self.items[key] = done | _FAR, self.clock.now + REMEMBERED
        self._after()
        return answer
