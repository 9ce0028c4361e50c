"""What the reconciler had read again, and for which difference: so that it notices when that mends nothing.

lane         record              holds
reconciler   repair#ticket#5001  which difference, how often in a row, and when the lane was last told
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from linksync.core.checkpoints import Repair
from linksync.store.attributes import number
from linksync.store.batches import put, read_all, write_all
from linksync.store.reconciler_state import RECONCILER

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_REPAIR = "repair#"
_KEPT = 60 * 86_400  # seconds; longer than the longest time between two tries


class Repairs:
    """The repairs of late.  Everything may raise AwsUnavailable."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._sleep = sleep

    def known(self, lanes: Iterable[str]) -> dict[str, Repair]:
        """The last repair of each of these lanes; lanes without one are left out."""
        keys = [{"lane": RECONCILER, "record": _REPAIR + lane} for lane in dict.fromkeys(lanes)]
        found = (repair_of(item) for item in read_all(self._client, self._table, keys, sleep=self._sleep))
        return {repair.lane: repair for repair in found}

    def remember(self, repairs: Iterable[Repair]) -> None:
        """Record these, for two months."""
        expires_at = int(self._clock()) + _KEPT
        items = [repair_item(repair) | {"expires_at": expires_at} for repair in repairs]
        write_all(self._client, self._table, map(put, items), sleep=self._sleep)


def repair_item(repair: Repair) -> dict[str, Any]:
    """The item of a repair."""
    return {
        "lane": RECONCILER,
        "record": _REPAIR + repair.lane,
        "difference": repair.difference,
        "times": repair.times,
        "queued_at": number(repair.queued_at),
    }


def repair_of(item: Mapping[str, Any]) -> Repair:
    """A repair, read from its item."""
    return Repair(
        lane=item["record"].removeprefix(_REPAIR),
        difference=item["difference"],
        times=int(item["times"]),
        queued_at=float(item["queued_at"]),
    )
