"""Delivers webhooks from background threads, again and again as their sender's rules say, and keeps a record of it."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from local.http.deliveries import Attempt, Delivery, DeliveryFaults, attempt

type RetryRule = Callable[[list[Attempt]], float | None]
"""Given the attempts so far: seconds until the next one, or None when the sender gives up."""


@dataclass(slots=True)
class CourierSettings:
    """How fast couriers work, and how they reach a URL.

    `workers` deliveries run at once; `timeout`, where set, is the answer's time limit in seconds instead of the
    vendor's own; `time_scale` multiplies every wait between attempts, so that nobody need sit through them; `resolve`
    gives the address at which a registered URL is reached; `faults` is what they do to deliveries by chance.
    """

    time_scale: float = 1.0
    workers: int = 1
    timeout: float | None = None
    resolve: Callable[[str], str] = field(default=str)
    faults: DeliveryFaults = field(default_factory=DeliveryFaults)


class Courier:
    """Delivers what one sender posts, from the first post until `close`.

    `timeout` is the vendor's own, in seconds; `on_end` is called with each delivery that is delivered or dropped.
    """

    def __init__(
        self,
        rule: RetryRule,
        *,
        timeout: float,
        pace: CourierSettings,
        on_end: Callable[[Delivery], None] | None = None,
    ) -> None:
        self.pace = pace
        self.time_scale = pace.time_scale
        self.timeout = pace.timeout or timeout
        self.faults = pace.faults
        self.deliveries: list[Delivery] = []
        self._rule = rule
        self._on_end = on_end
        self._held: list[Delivery] | None = None
        self._due: list[tuple[float, int, Delivery]] = []
        self._order = itertools.count()
        self._working = 0
        self._change = threading.Condition()
        self._stopped = False
        self._threads: list[threading.Thread] = []

    def post(self, delivery: Delivery) -> None:
        """Takes a delivery; it goes out at once, unless the courier is holding its post."""
        with self._change:
            self.deliveries.append(delivery)
            if self._held is not None:
                self._held.append(delivery)
            else:
                self._send(delivery)

    def refuse(self, delivery: Delivery, why: str) -> None:
        """Records a delivery that its sender does not send."""
        with self._change:
            delivery.state, delivery.why = "lost", why
            self.deliveries.append(delivery)

    def repeat(self, delivery: Delivery) -> Delivery:
        """Delivers the same thing once more, under the same id, as a sender that is at least once may."""
        again = delivery.again()
        self.post(again)
        return again

    def hold(self) -> None:
        """From now on post waits for `release`: to be reordered, repeated or lost by a test."""
        with self._change:
            self._held = []

    def held(self) -> list[Delivery]:
        """What is waiting for `release`, oldest first."""
        with self._change:
            return list(self._held or ())

    def release(self, deliveries: Iterable[Delivery] | None = None) -> None:
        """Sends these of the held deliveries, in this order, and holds no more; all of them, as they came, by default.

        What is left out is lost; what is named twice is sent twice.
        """
        with self._change:
            chosen = self._held or [] if deliveries is None else list(deliveries)
            self._held = None
            for delivery in chosen:
                self._schedule(delivery, 0.0)

    def idle(self) -> bool:
        """Whether nothing is due, scheduled or on its way (what is held does not count)."""
        with self._change:
            return not self._due and not self._working

    def close(self) -> None:
        """Sends nothing more."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def _send(self, delivery: Delivery) -> None:
        times = self.faults.times()
        if not times:
            delivery.state = "lost"
        for number in range(times):
            copy = delivery if number == 0 else delivery.again()
            if number:
                self.deliveries.append(copy)
            self._schedule(copy, self.faults.delay())

    def _schedule(self, delivery: Delivery, seconds: float) -> None:
        while not self._stopped and len(self._threads) < self.pace.workers:
            self._threads.append(threading.Thread(target=self._run, daemon=True))
            self._threads[-1].start()
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), delivery))
        self._change.notify()

    def _run(self) -> None:
        while (delivery := self._next()) is not None:
            tried = attempt(delivery, self.pace.resolve(delivery.url), self.timeout)
            with self._change:
                delivery.attempts.append(tried)
                done = tried.status is not None and 200 <= tried.status < 300
                wait = None if done else self._rule(delivery.attempts)
                if wait is None:
                    delivery.state = "delivered" if done else "dropped"
                    if self._on_end:
                        self._on_end(delivery)
                else:
                    self._schedule(delivery, wait * self.time_scale)
                self._working -= 1

    def _next(self) -> Delivery | None:
        with self._change:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._working += 1
                    return heapq.heappop(self._due)[2]
                self._change.wait(wait)
        return None
