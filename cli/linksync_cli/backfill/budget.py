"""A limit on the calls to Zendesk in any minute: our own, and those that the worker makes for what we queue.

A queued message may be worked on at any later moment, so its calls count until a minute after it is seen to be done.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable

from linksync.core.minute_budget import MinuteBudget
from linksync.outbound.pace import DEFAULT_TOTAL
from linksync.outbound.rate_limits import RateLimit

MOST_OUTSTANDING = 100
"""Messages in the queue: more would only keep people's edits waiting."""
_LOOKS_A_MINUTE = 120
_STALLED, _FORGOTTEN = 2, 10
"""Minutes without any message done; and those after which nothing of an earlier run counts any more."""


class Budget:
    """The pace of a backfill.  It waits until a call, or a message's calls, are within the budget.

    `per_minute` of None is half of what the plan allows, as the responses' headers tell.  `outstanding` tells how many
    messages the queue holds, `stalled` is called when none of ours was done for two minutes.  `minute` is how long a
    minute lasts, for tests that scale time.
    """

    def __init__(
        self,
        per_minute: int | None,
        *,
        outstanding: Callable[[], int],
        stalled: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
        minute: float = 60.0,
    ) -> None:
        self._per_minute, self._outstanding, self._clock, self._sleep = per_minute, outstanding, clock, sleep
        self._stalled, self._moved_at = stalled, clock()
        self._plan = DEFAULT_TOTAL
        self._minute = minute
        self._window = MinuteBudget(minute)
        self._queued: deque[int] = deque()
        self._reserved = 0
        self._pause = minute / _LOOKS_A_MINUTE
        self._looked_at = 0.0
        self._reopens: dict[str, float] = {}

    @property
    def allowed(self) -> int:
        """Calls a minute."""
        return self._per_minute or max(1, self._plan // 2)

    def taken_before(self, at: float) -> None:
        """An earlier run queued its last message then, and was killed: what it took of the budget is not known.

        Its messages and its last minute together were within the budget.  So they are waited for, and then a minute.
        """
        now = self._clock()
        if now - at > _FORGOTTEN * self._minute:
            return
        while self._outstanding() and self._clock() < now + _FORGOTTEN * self._minute:
            self._sleep(self._pause)
        self._window.take(self._clock(), self.allowed)

    def before(self, path: str) -> None:
        """Wait for the turn of a call of ours to this path, and take it."""
        while (seconds := self._reopens.get(path, 0.0) - self._clock()) > 0:
            self._sleep(seconds)
        self._wait(1)
        self._window.take(self._clock())

    def after(self, path: str, limits: Iterable[RateLimit]) -> None:
        """Learn from what the response told: a limit that is used up is waited for."""
        for limit in limits:
            if not limit.endpoint:
                self._plan = limit.total
            if limit.remaining == 0:
                self._reopens[path] = self._clock() + (limit.resets or 1)

    def must_wait(self, calls: int) -> bool:
        """Whether a message that costs so many calls would have to wait."""
        return self._seconds(calls) > 0

    def reserve(self, calls: int) -> None:
        """Wait for the turn of a message that costs so many calls, and take it.  It is to be queued at once."""
        self._wait(calls)
        if not self._queued:
            self._moved_at = self._clock()
        self._queued.append(calls)
        self._reserved += calls

    def _wait(self, calls: int) -> None:
        while (seconds := self._seconds(calls)) > 0:
            self._sleep(seconds)

    def _seconds(self, calls: int) -> float:
        self._look()
        calls, room = min(calls, self.allowed), self.allowed - self._reserved
        if len(self._queued) >= MOST_OUTSTANDING or (self._queued and room < calls):
            return self._pause
        seconds = self._window.wait(self._clock(), allowed=room, amount=calls)
        return min(seconds, self._pause) if self._queued else seconds

    def _look(self) -> None:
        """Count as done what the queue no longer holds."""
        now = self._clock()
        if not self._queued or now < self._looked_at + self._pause:
            return
        self._looked_at = now
        done = len(self._queued) - self._outstanding()
        if done > 0:
            self._moved_at = now
        elif now > self._moved_at + _STALLED * self._minute:
            self._stalled()
        for _ in range(done):
            calls = self._queued.popleft()
            self._reserved -= calls
            self._window.take(now, calls)
