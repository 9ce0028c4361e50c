"""How often the simulated Jira may be asked.

Follows https://developer.atlassian.com/cloud/jira/platform/rate-limiting/: bursts by method, and writes of one issue.
Both are told in the headers and refused only where `enforced`.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime

from local.http.messages import HttpRequest, Reply

BURST, PER_ISSUE = "jira-burst-based", "jira-per-issue-on-write"
NEAR = 0.2


class Limits:
    """Requests a second for each method, and writes of one issue in a window."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.per_second = {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50}
        self.writes_per_issue = 20
        self.write_seconds = 2.0
        self.enforced = False
        self._clock = clock
        self._told: dict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def guard(self, request: HttpRequest, answer: Callable[[], Reply]) -> Reply:
        """Counts the request, answers it or refuses it, and tells the limits in its headers."""
        counted = [self._count(request.method, self.per_second.get(request.method, 50), 1.0, BURST)]
        if request.method != "GET" and "/issue/" in request.path:
            issue = request.path.partition("/issue/")[2].partition("/")[0]
            counted.append(self._count(f"issue {issue}", self.writes_per_issue, self.write_seconds, PER_ISSUE))
        for within, headers in counted:
            if self.enforced and not within:
                return Reply(429, {"errorMessages": ["Rate limit exceeded"], "errors": {}}, headers)
        told = {name: value for name, value in counted[0][1].items() if name.startswith("X-RateLimit")}
        reply = answer()
        return Reply(reply.status, reply.body, {**told, **reply.headers})

    def _count(self, name: str, limit: int, seconds: float, reason: str) -> tuple[bool, dict[str, str]]:
        now = self._clock()
        with self._lock:
            told = self._told[name]
            while told and told[0] <= now - seconds:
                told.popleft()
            within = len(told) < limit
            if within or not self.enforced:
                told.append(now)
            left, resets = max(0, limit - len(told)), (told[0] if told else now) + seconds
        at = datetime.fromtimestamp(resets, UTC).strftime("%Y-%m-%dT%H:%MZ")
        near = {"X-RateLimit-NearLimit": "true"} if left < limit * NEAR else {}
        headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": at, **near}
        return within, headers | {"Retry-After": str(max(1, round(resets - now))), "RateLimit-Reason": reason}
