"""The call log of a simulated vendor: what was asked of it and what it answered."""

import re
import threading
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One request.  `status` is None where the connection was cut; `at` is seconds since the epoch.

    `correlation_id` is what the caller's X-Correlation-Id says; empty where it has none.
    """

    method: str
    path: str
    query: str
    status: int | None
    at: float
    seconds: float
    fault: str
    request_body: bytes
    answer_body: bytes
    correlation_id: str = ""


@dataclass(slots=True)
class CallLog:
    """Every call that a site received, oldest first.  Safe to read while the site is working."""

    _calls: list[RecordedCall] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, call: RecordedCall) -> None:
        """Adds a call that was answered."""
        with self._lock:
            self._calls.append(call)

    def mark(self) -> int:
        """A place in the log, to be given to `matching` as `since`."""
        with self._lock:
            return len(self._calls)

    def matching(
        self, method: str = ".*", path: str = ".*", *, status: int | None = None, since: int = 0
    ) -> list[RecordedCall]:
        """The calls whose method matches the one regular expression wholly and whose path the other somewhere."""
        with self._lock:
            calls = self._calls[since:]
        return [
            call
            for call in calls
            if re.fullmatch(method, call.method, re.IGNORECASE)
            and re.search(path, call.path)
            and status in (None, call.status)
        ]

    def count(self, method: str = ".*", path: str = ".*", *, status: int | None = None, since: int = 0) -> int:
        """How many calls match; see `matching`."""
        return len(self.matching(method, path, status=status, since=since))

    def clear(self) -> None:
        """Forgets every call; marks taken before are void."""
        with self._lock:
            self._calls.clear()
