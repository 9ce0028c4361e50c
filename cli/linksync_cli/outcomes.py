"""What became of a delivery that was put on the event queue: done, dead (again), or still on its way.

The worker remembers each delivery that it has done for a day (Powertools' idempotency), so that nobody has to guess
from how full the queue is.
https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

_PREFIX = "delivery"
_BATCH = 100  # keys a call, BatchGetItem's limit


class Outcome(StrEnum):
    """What became of a delivery."""

    DONE = "done"
    DEAD = "dead"
    WAITING = "waiting"


class Letters(Protocol):
    """The dead-letter queue."""

    def deliveries(self) -> Mapping[str, str]:
        """Why each delivery that lies there is dead, by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Finds out what became of deliveries.  `wait` pauses between two looks, for so many seconds."""

    dynamodb: Any
    table: str
    letters: Letters
    wait: Callable[[float], None]
    pauses: float = field(default=1.0)

    def of(
        self, deliveries: Iterable[str], *, seconds: float, on_progress: Callable[[int], None]
    ) -> dict[str, Outcome]:
        """Each delivery's outcome, once all are known or so many seconds are over; `on_progress` gets their number.

        Raises the clients' errors.
        """
        ended: dict[str, Outcome] = {}
        waiting = list(dict.fromkeys(deliveries))
        for look in range(max(1, int(seconds / self.pauses))):
            if look:
                self.wait(self.pauses)
            found = self._look(waiting)
            on_progress(len(found))
            ended |= found
            waiting = [one for one in waiting if one not in ended]
            if not waiting:
                break
        return ended | dict.fromkeys(waiting, Outcome.WAITING)

    def _look(self, deliveries: list[str]) -> dict[str, Outcome]:
        done = {delivery: Outcome.DONE for delivery in deliveries if record_id(delivery) in self._completed(deliveries)}
        dead = self.letters.deliveries()
        return done | {delivery: Outcome.DEAD for delivery in deliveries if delivery in dead}

    def _completed(self, deliveries: list[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(deliveries), _BATCH):
            keys = [{"id": {"S": record_id(one)}} for one in deliveries[start : start + _BATCH]]
            asked = {self.table: {"Keys": keys, "ConsistentRead": True}}
            answer = self.dynamodb.batch_get_item(RequestItems=asked)  # what it leaves out is looked for again
            rows = answer["Responses"].get(self.table, ())
            found |= {row["id"]["S"] for row in rows if row["status"]["S"] == "COMPLETED"}
        return found


def record_id(delivery: str) -> str:
    """The name of the worker's record of a delivery, as Powertools makes it."""
    digest = hashlib.md5(json.dumps(delivery, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    return f"{_PREFIX}#{digest}"
