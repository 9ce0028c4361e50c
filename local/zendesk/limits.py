"""How often the simulated Zendesk may be asked.

Follows https://developer.zendesk.com/api-reference/introduction/rate-limits/: the plan's requests a minute, and the
limits that some endpoints have of their own.
"""

import math
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from local.http.messages import HttpRequest, Reply

TEXT = "Number of allowed API requests per minute exceeded"


@dataclass(slots=True)
class PlanLimit:
    """The plan's requests a minute.  Always shown in the headers; refused with 429 only where `enforced`.

    `minute` is how many seconds a minute lasts: less than 60 scales time.
    """

    per_minute: int = 700
    enforced: bool = False
    minute: float = 60.0
    clock: Callable[[], float] = time.time
    _window: int = 0
    _used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> tuple[bool, dict[str, str]]:
        """Counts a request: whether it is within the limit, and the headers to answer with."""
        within, left, resets = self._take()
        limit = str(self.per_minute)
        headers = {"X-Rate-Limit": limit, "X-Rate-Limit-Remaining": str(left), "ratelimit-limit": limit}
        return within, headers | {"ratelimit-remaining": str(left), "ratelimit-reset": str(resets)}

    def _take(self) -> tuple[bool, int, int]:
        """Whether one more is within the limit, how many are left, and in how many seconds there are more."""
        with self._lock:
            window, gone = divmod(self.clock(), self.minute)
            if window != self._window:
                self._window, self._used = int(window), 0
            self._used += 1
            within = not self.enforced or self._used <= self.per_minute
            return within, max(0, self.per_minute - self._used), max(1, math.ceil(self.minute - gone))


@dataclass(slots=True)
class EndpointLimit(PlanLimit):
    """A limit of some requests' own, told in a `zendesk-ratelimit-…` header."""

    name: str = ""
    methods: str = "GET"
    path: re.Pattern[str] = re.compile("")

    def applies_to(self, request: HttpRequest) -> bool:
        """Whether this request counts against it."""
        return request.method in self.methods.split() and bool(self.path.fullmatch(request.path))

    def count(self) -> tuple[bool, dict[str, str]]:
        """As `PlanLimit.count`, with the endpoint's own header."""
        within, left, resets = self._take()
        told = f"total={self.per_minute}; remaining={left}; resets={resets}"
        return within, {f"zendesk-ratelimit-{self.name}": told}


class Limits:
    """Every limit of the account.

    `retry_after` false leaves that header out of a 429, as happens.  The plan's limit and the one on ticket updates are
    told but not enforced until a test asks for it; those on exports are.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.plan = PlanLimit(clock=clock)
        self.incremental_exports = EndpointLimit(
            10, enforced=True, clock=clock, name="incremental-exports",
            path=re.compile(r"/api/v2/incremental/.*"),
        )  # fmt: skip
        self.search_export = EndpointLimit(
            100, enforced=True, clock=clock, name="search-export", path=re.compile(r"/api/v2/search/export(\.json)?")
        )
        self.ticket_updates = EndpointLimit(
            100, clock=clock, name="tickets-update", methods="PUT",
            path=re.compile(r"/api/v2/tickets/\d+(\.json)?"),
        )  # fmt: skip
        self.retry_after = True

    def all(self) -> list[PlanLimit]:
        """The plan's limit and the endpoints'."""
        return [self.plan, self.incremental_exports, self.search_export, self.ticket_updates]

    def scale(self, minute: float) -> None:
        """Makes a minute last so many seconds, for every limit."""
        for limit in self.all():
            limit.minute = minute

    def guard(self, request: HttpRequest, answer: Callable[[], Reply]) -> Reply:
        """Counts the request, answers it or refuses it, and tells the limits in its headers."""
        counted = [limit.count() for limit in self._of(request)]
        headers = {name: value for _, told in counted for name, value in told.items()}
        if all(within for within, _ in counted):
            reply = answer()
        else:
            reply = Reply(429, TEXT, {"Retry-After": _wait(headers)} if self.retry_after else {})
        return Reply(reply.status, reply.body, {**headers, **reply.headers})

    def _of(self, request: HttpRequest) -> Iterable[PlanLimit]:
        endpoints = (self.incremental_exports, self.search_export, self.ticket_updates)
        return [self.plan, *(limit for limit in endpoints if limit.applies_to(request))]


def _wait(headers: dict[str, str]) -> str:
    """The longest wait that the headers tell of limits which are used up."""
    waits = [int(headers["ratelimit-reset"])] if headers["ratelimit-remaining"] == "0" else []
    for name, told in headers.items():
        if name.startswith("zendesk-ratelimit-") and "remaining=0" in told:
            waits.append(int(told.rpartition("=")[2]))
    return str(max(waits, default=1))
