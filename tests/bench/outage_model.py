"""A day without Jira, as SQS, Lambda and the vendors would have it, on a clock that jumps from event to event.

The rules are the product's own: what a failure is (`responses`), when a vendor is left alone (`VendorBreaker`), what
becomes of a message and when it comes again (`disposition`).  SQS shows a lane's first message when it is visible,
longest first, to whichever of the worker's processes is free; each process has its own breakers.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from linksync.errors import UpstreamUnavailable
from linksync.outbound.deadline import SECONDS_A_CALL
from linksync.outbound.responses import Advice, Response, error_for
from linksync.outbound.vendor_breaker import VendorBreaker
from linksync.worker.disposition import Done, Retry, disposition
from linksync.worker.queue_message import QueueMessage
from tests.bench.prices import UPSTREAM_SECONDS

DAY = 86_400.0
OWN_SECONDS = 0.08
"""A run beside its waiting for Zendesk and Jira."""

_ADVICE = Advice(unauthorized="", forbidden="", refused="")


@dataclass(slots=True)
class Lane:
    """One message in a lane of its own.  `needs` are the vendors that it calls, in this order."""

    name: int
    needs: tuple[str, ...]
    sent_at: float
    attempt: int = 0
    done_at: float | None = None
    dead: bool = False


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
    """Runs until every message is done.  `seconds` are Lambda's, `tries` the runs, both while the outage lasts."""

    def __init__(self, vendors: dict[str, Vendor], lanes: list[Lane], *, slots: int, breaker: bool) -> None:
        self.vendors, self.lanes = vendors, lanes
        self.now = 0.0
        self.seconds = 0.0
        self.tries = 0
        self._random = random.Random(7)
        self._free = [Process(lambda: self.now, breaker=breaker) for _ in range(slots)]
        self._ready: deque[Lane] = deque()
        self._order = count()
        self._events: list[tuple[float, int, Lane | Process]] = []
        for lane in lanes:
            self._at(lane.sent_at, lane)

    def run(self, until: float) -> None:
        """Everything that happens before that time."""
        while self._events and self._events[0][0] < until:
            at, _, what = heapq.heappop(self._events)
            if isinstance(what, Process):
                self._free.append(what)
            else:
                self._ready.append(what)
            while self._ready and self._free:
                self._begin(at, self._ready.popleft(), self._free.pop(self._random.randrange(len(self._free))))

    def _at(self, time: float, what: Lane | Process) -> None:
        heapq.heappush(self._events, (time, next(self._order), what))

    def _begin(self, at: float, lane: Lane, process: Process) -> None:
        self.now = at
        lane.attempt += 1
        end = disposition(self._message(lane), lambda: self._work(lane, process), now=at, jitter=self._random.random())
        if at < self.vendors["jira"].until:
            self.tries, self.seconds = self.tries + 1, self.seconds + self.now - at
        self._at(self.now, process)
        match end:
            case Done():
                lane.done_at = self.now
            case Retry(seconds=seconds) if lane.attempt < 1000:
                self._at(self.now + seconds, lane)
            case _:
                lane.dead = True

    def _work(self, lane: Lane, process: Process) -> None:
        self.now += OWN_SECONDS
        for name in lane.needs:
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

    @staticmethod
    def _message(lane: Lane) -> QueueMessage:
        return QueueMessage(
            message_id=str(lane.name),
            handle="",
            attempt=lane.attempt,
            first_received_at=lane.sent_at,
            sent_at="",
            lane=str(lane.name),
            body="",
        )
