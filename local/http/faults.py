"""Faults that a test injects into a simulated vendor: throttling, errors, cut, hanging and dripping connections."""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

type RetryAfter = int | float | str | datetime | None
type Drip = Literal["", "headers", "body", "continue", "chunks"]


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    status: answer this instead of the site's own answer; None leaves the answer alone.
    reset: cut the connection instead of answering; on a TLS site with `garbage`, break its encryption instead.
    hang: answer nothing until the fault ends, then cut the connection.
    drip: send the answer so slowly that no time-out between two bytes strikes: its headers, its body, interim
        `100 Continue` answers before it, or the extensions of its chunks.  Never finishes while the fault lasts.
    pause: seconds between two pieces of a drip.
    applied: the site does its work all the same, and only the answer is lost or replaced.
    delay: seconds to wait before the answer (or the cut), after the work where there is any.
    times: how many requests it still hits; None is until cleared.  chance: how likely it hits one (0 to 1).
    """

    method: re.Pattern[str]
    path: re.Pattern[str]
    status: int | None = None
    reset: bool = False
    garbage: bool = False
    hang: bool = False
    drip: Drip = ""
    pause: float = 0.2
    applied: bool = False
    delay: float = 0.0
    times: int | None = None
    chance: float = 1.0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    hits: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def works(self) -> bool:
        """Whether the site still does what the request asks."""
        return self.applied or (self.status is None and not self.cuts)

    @property
    def cuts(self) -> bool:
        """Whether the caller gets no answer at all."""
        return self.reset or self.garbage or self.hang

    @property
    def name(self) -> str:
        """How the call log shows it."""
        names = {"hang": self.hang, "garbage": self.garbage, "reset": self.reset, "drip": bool(self.drip)}
        what = next((name for name, holds in names.items() if holds), str(self.status or "slow"))
        return f"{what} after applying" if self.applied else what


class Faults:
    """The faults of one site, in the order in which they were added: the first that matches a request hits it."""

    def __init__(self, *, seed: int = 0) -> None:
        self._active: list[Fault] = []
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311  chance, not a secret

    def add(  # noqa: PLR0913  keywords that tests read as a sentence
        self,
        *,
        method: str = ".*",
        path: str = ".*",
        status: int | None = None,
        retry_after: RetryAfter = None,
        reset: bool = False,
        garbage: bool = False,
        hang: bool = False,
        drip: Drip = "",
        pause: float = 0.2,
        applied: bool = False,
        delay: float = 0.0,
        times: int | None = None,
        chance: float = 1.0,
        body: str | None = None,
    ) -> Fault:
        """Adds a fault and returns it, to be watched (`hits`) or passed to `remove`.
        `method` and `path` are regular expressions: the method's must match it all, the path's any part of it.
        `retry_after` is seconds, a date, any text as it is, or None for no header.
        """
        fault = Fault(
            re.compile(method, re.IGNORECASE), re.compile(path), status, reset, garbage, hang, drip, pause, applied,
            delay, times, chance, {} if retry_after is None else {"Retry-After": _retry_after(retry_after)},
            _default_body(status) if body is None else body,
        )  # fmt: skip
        with self._lock:
            self._active.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Ends one fault; one that has ended already is fine."""
        self._end(lambda one: one is fault)

    def clear(self) -> None:
        """Ends every fault: the site is healthy again, and who hung is let go."""
        self._end(lambda _one: True)

    def _end(self, ends: Callable[[Fault], bool]) -> None:
        with self._lock:
            for fault in self._active:
                if ends(fault):
                    fault.ended.set()
            self._active = [one for one in self._active if not ends(one)]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, counted."""
        with self._lock:
            for fault in self._active:
                if fault.times == 0 or not (fault.method.fullmatch(method) and fault.path.search(path)):
                    continue
                if fault.chance < 1 and self._random.random() >= fault.chance:
                    continue
                fault.hits += 1
                fault.times = None if fault.times is None else fault.times - 1
                return fault
        return None


def wait_out(fault: Fault) -> None:
    """Waits as long as the fault makes its caller wait before anything is sent."""
    if fault.hang:
        fault.ended.wait()
    elif fault.delay:
        time.sleep(fault.delay)


def _retry_after(value: int | float | str | datetime) -> str:
    if isinstance(value, datetime):
        return format_datetime(value.astimezone(UTC), usegmt=True)
    return str(value)


def _default_body(status: int | None) -> str:
    return {429: "Number of allowed API requests per minute exceeded", 503: "Service Unavailable"}.get(status or 0, "")
