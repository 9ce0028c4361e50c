"""Faults that a test injects into a simulated vendor: throttling, errors, cut connections and slow answers."""

import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

type RetryAfter = int | float | str | datetime | None


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    status: answer this instead of the site's own answer; None leaves the answer alone.
    reset: cut the connection instead of answering.
    applied: the site does its work all the same, and only the answer is lost or replaced.
    delay: seconds to wait before the answer (or the cut), after the work where there is any.
    times: how many requests it still hits; None is until cleared.
    """

    method: re.Pattern[str]
    path: re.Pattern[str]
    status: int | None
    reset: bool
    applied: bool
    delay: float
    times: int | None
    headers: dict[str, str]
    body: str
    hits: int = 0

    @property
    def works(self) -> bool:
        """Whether the site still does what the request asks."""
        return self.applied or (self.status is None and not self.reset)

    @property
    def name(self) -> str:
        """How the call log shows it."""
        what = "reset" if self.reset else str(self.status or "slow")
        return f"{what} after applying" if self.applied else what


@dataclass(slots=True)
class Faults:
    """The faults of one site, in the order in which they were added: the first that matches a request hits it."""

    _active: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(  # noqa: PLR0913  keywords that tests read as a sentence
        self,
        *,
        method: str = ".*",
        path: str = ".*",
        status: int | None = None,
        retry_after: RetryAfter = None,
        reset: bool = False,
        applied: bool = False,
        delay: float = 0.0,
        times: int | None = None,
        body: str | None = None,
    ) -> Fault:
        """Adds a fault and returns it, to be watched (`hits`) or passed to `remove`.

        `method` and `path` are regular expressions: the method's must match it all, the path's any part of it (query
        string excluded).  `retry_after` is seconds, a date (sent in HTTP's form), any text as it is, or None for no
        header.  The body is plain text unless it looks like JSON, as the vendors' own errors under load are.
        """
        fault = Fault(
            method=re.compile(method, re.IGNORECASE),
            path=re.compile(path),
            status=status,
            reset=reset,
            applied=applied,
            delay=delay,
            times=times,
            headers={} if retry_after is None else {"Retry-After": _retry_after(retry_after)},
            body=_default_body(status) if body is None else body,
        )
        with self._lock:
            self._active.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Ends one fault; one that has ended already is fine."""
        with self._lock:
            self._active = [one for one in self._active if one is not fault]

    def clear(self) -> None:
        """Ends every fault: the site is healthy again."""
        with self._lock:
            self._active.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, counted."""
        with self._lock:
            for fault in self._active:
                if fault.times != 0 and fault.method.fullmatch(method) and fault.path.search(path):
                    fault.hits += 1
                    fault.times = None if fault.times is None else fault.times - 1
                    return fault
        return None


def _retry_after(value: int | float | str | datetime) -> str:
    if isinstance(value, datetime):
        return format_datetime(value.astimezone(UTC), usegmt=True)
    return str(value)


def _default_body(status: int | None) -> str:
    return {429: "Number of allowed API requests per minute exceeded", 503: "Service Unavailable"}.get(status or 0, "")
