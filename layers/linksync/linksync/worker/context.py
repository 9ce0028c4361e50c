"""What every message's work is given."""

from collections.abc import Callable
from dataclasses import dataclass

from linksync.core.ledger import UnlinkPolicy
from linksync.worker.ports import Counter, Issues, Ledger, Links, Queue, Tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The outside of the worker.  `now` is in seconds since the epoch, `seconds_left` what this run may still take."""

    ledger: Ledger
    links: Links
    tickets: Tickets
    issues: Issues
    queue: Queue
    metrics: Counter
    policy: UnlinkPolicy
    now: Callable[[], float]
    seconds_left: Callable[[], float]
