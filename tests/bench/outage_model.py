"""A day without Jira, as SQS, Lambda and the vendors would have it, on a clock that jumps from event to event.

The rules are the product's own: what a failure is (`responses`), when a vendor is left alone (`VendorBreaker`), what
becomes of a message and when it comes again (`disposition`).  SQS's are `queue_model`'s; what it shows goes to
whichever of the worker's processes is free.  Each process has its own breakers.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from math import inf

from linksync.errors import UpstreamUnavailable
from linksync.outbound.deadline import SECONDS_A_CALL
from linksync.outbound.responses import Advice, Response, error_for
from linksync.outbound.vendor_breaker import VendorBreaker
from linksync.worker.disposition import Disposition, Done, Retry, disposition
from linksync.worker.queue_message import QueueMessage
from tests.bench.prices import UPSTREAM_SECONDS
from tests.bench.queue_model import Ended, FifoQueue, Limits, Message

OWN_SECONDS = 0.08
"""A run beside its waiting for Zendesk and Jira."""

_ADVICE = Advice(unauthorized="", forbidden="", refused="")


@dataclass(slots=True)
class Vendor:
    """What answers: by its plan of so many calls a minute, or for a while by what goes wrong."""

    plan: int
    wrong: str = ""
    until: float = 0.0
    calls: Counter[int] = field(default_factory=Counter)
    served: Counter[int] = field(default_factory=Counter)

    def respond(self, now: float, allotted: float) -> tuple[float, Response | None]:
        """Seconds, and the response; None for none."""
        minute = int(now // 60)
        self.calls[minute] += 1
        if self.wrong and now < self.until:
            match self.wrong:
                case "refused connections":
                    return 0.003, None
                case "hanging":
                    return allotted, None
                case "503":
                    return UPSTREAM_SECONDS, _response(503)
            return UPSTREAM_SECONDS, _response(429, {"Retry-After": "60"})
        if self.served[minute] >= self.plan:
            return UPSTREAM_SECONDS, _response(429, {"Retry-After": str(int(60 - now % 60) + 1)})
        self.served[minute] += 1
        return UPSTREAM_SECONDS, _response(200)


def _response(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(call="a call", status=status, headers=headers or {}, body=b"{}")


class Process:
    """One of the worker's, with its breakers."""

    def __init__(self, clock: Callable[[], float], *, breaker: bool) -> None:
        self.breakers = {name: VendorBreaker(name, enabled=breaker, clock=clock) for name in ("zendesk", "jira")}


class Outage:
    """Runs until no message is left.  `seconds` are Lambda's, `tries` the runs, both while the outage lasts."""

    def __init__(
        self, vendors: dict[str, Vendor], messages: Iterable[Message], limits: Limits, *, slots: int, breaker: bool
    ) -> None:
        self.vendors = vendors
        self.now = 0.0
        self.seconds = 0.0
        self.tries = 0
        self._until = max(vendor.until for vendor in vendors.values())
        self._random = random.Random(7)
        self._queue = FifoQueue(limits)
        self._to_send = deque(sorted(messages, key=lambda message: message.sent_at))
        self._free = [Process(lambda: self.now, breaker=breaker) for _ in range(slots)]
        self._order = count()
        self._events: list[tuple[float, int, Process | Message, Ended | None]] = []

    def run(self) -> None:
        """Everything that happens.  The queue's retention ends it, if nothing else does."""
        while (at := self._next_time()) < inf:
            self._queue.expire(at)
            self._happen(at)
            while self._free and (message := self._queue.receive(at)):
                self._begin(at, message, self._free.pop(self._random.randrange(len(self._free))))

    def _next_time(self) -> float:
        sent = self._to_send[0].sent_at if self._to_send else inf
        return min(sent, self._events[0][0]) if self._events else sent

    def _happen(self, at: float) -> None:
        if self._to_send and self._to_send[0].sent_at <= at:
            self._queue.send(self._to_send.popleft())
            return
        _, _, what, how = heapq.heappop(self._events)
        if isinstance(what, Process):
            self._free.append(what)
        elif how:
            self._queue.end(what, how, at)
        else:
            self._queue.show_again(what)

    def _at(self, time: float, what: Process | Message, how: Ended | None = None) -> None:
        heapq.heappush(self._events, (time, next(self._order), what, how))

    def _begin(self, at: float, message: Message, process: Process) -> None:
        self.now = at
        end = self._disposition(message, process)
        if at < self._until:
            self.tries, self.seconds = self.tries + 1, self.seconds + self.now - at
        self._at(self.now, process)
        match end:
            case Done():
                self._at(self.now, message, Ended.DONE)
            case Retry(seconds=seconds):
                self._at(self.now + seconds, message)
            case _:
                self._at(self.now, message, Ended.DEAD)

    def _disposition(self, message: Message, process: Process) -> Disposition:
        received = QueueMessage(
            message_id="",
            handle="",
            attempt=message.receives,
            first_received_at=message.first_received_at,
            sent_at="",
            lane="",
            body="",
        )
        jitter = self._random.random()
        return disposition(received, lambda: self._work(message, process), now=self.now, jitter=jitter)

    def _work(self, message: Message, process: Process) -> None:
        self.now += OWN_SECONDS
        for name in message.needs:
            breaker = process.breakers[name]
            allotted = min(breaker.admit(name), SECONDS_A_CALL)
            took, response = self.vendors[name].respond(self.now, allotted)
            self.now += took
            if response is None:
                breaker.failed()
                raise UpstreamUnavailable(f"{name} did not answer", maybe_applied=False)
            breaker.answered(response)
            if response.status != 200:
                raise error_for(response, _ADVICE, forbidden=frozenset({401, 403}), now=self.now)
