"""Delivers webhooks from background threads, again and again as their sender's rules say, and keeps a record of it."""

import heapq
import http.client
import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try.  `status` is None where no answer came: then `error` is `timeout` or `connection`."""

    at: float
    status: int | None
    headers: dict[str, str]
    body: str
    error: str = ""


@dataclass(slots=True, eq=False)
class Delivery:
    """One thing to deliver.  `headers` makes the headers of an attempt, told how many went before it.

    `state` is `pending`, then `delivered` (2xx) or `dropped` (anything else that is not retried any more).
    """

    id: str
    sender: str
    url: str
    body: bytes
    headers: Callable[[int], dict[str, str]]
    attempts: list[Attempt] = field(default_factory=list)
    state: str = "pending"

    @property
    def answer(self) -> str:
        """The last answer in short: status and body, or what kept it away."""
        last = self.attempts[-1] if self.attempts else None
        return "" if last is None else f"{last.status or last.error} {last.body}".strip()


type RetryRule = Callable[[list[Attempt]], float | None]
"""Given the attempts so far: seconds until the next one, or None when the sender gives up."""


class Courier:
    """Delivers what one sender posts.

    `workers` deliveries run at once; `timeout` is the answer's time limit in seconds; `time_scale` multiplies every
    wait between attempts, so that a demonstration need not sit through them.
    """

    def __init__(self, rule: RetryRule, *, timeout: float, time_scale: float = 1.0, workers: int = 1) -> None:
        self.timeout = timeout
        self.time_scale = time_scale
        self.deliveries: list[Delivery] = []
        self._rule = rule
        self._held: list[Delivery] | None = None
        self._due: list[tuple[float, int, Delivery]] = []
        self._order = itertools.count()
        self._working = 0
        self._change = threading.Condition()
        self._stopped = False
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(workers)]

    def post(self, delivery: Delivery) -> None:
        """Takes a delivery; it goes out at once, unless the courier is holding its post."""
        with self._change:
            self.deliveries.append(delivery)
            if self._held is not None:
                self._held.append(delivery)
            else:
                self._schedule(delivery, 0.0)

    def repeat(self, delivery: Delivery) -> Delivery:
        """Delivers the same thing once more, under the same id, as a sender that is at least once may."""
        again = Delivery(delivery.id, delivery.sender, delivery.url, delivery.body, delivery.headers)
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

    def _schedule(self, delivery: Delivery, seconds: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), delivery))
        self._change.notify()

    def _run(self) -> None:
        while (delivery := self._next()) is not None:
            attempt = _try(delivery, self.timeout)
            with self._change:
                delivery.attempts.append(attempt)
                done = attempt.status is not None and 200 <= attempt.status < 300
                wait = None if done else self._rule(delivery.attempts)
                if wait is None:
                    delivery.state = "delivered" if done else "dropped"
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

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        with self._change:
            self._stopped = True
            self._change.notify_all()


def _try(delivery: Delivery, timeout: float) -> Attempt:
    at, parts = time.time(), urlsplit(delivery.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request("POST", parts.path, delivery.body, delivery.headers(len(delivery.attempts)))
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        return Attempt(at, answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
    except TimeoutError:
        return Attempt(at, None, {}, "", "timeout")
    except (OSError, http.client.HTTPException):
        return Attempt(at, None, {}, "", "connection")
    finally:
        connection.close()
