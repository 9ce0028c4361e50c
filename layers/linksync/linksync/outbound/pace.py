"""A share of what a vendor allows, so that whoever reads much leaves the rest to those who wait for an answer.

The plan's limit and those of single endpoints come from the responses' headers; the lowest wins.
https://developer.zendesk.com/api-reference/introduction/rate-limits/
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from linksync.core.minute_budget import MinuteBudget
from linksync.errors import UnfinishedWork
from linksync.outbound.rate_limits import RateLimit

PLAN = ""
DEFAULT_TOTAL = 200
"""Requests a minute that are assumed until a response tells the limit: those of Zendesk's smallest plan."""


@dataclass(slots=True)
class _Budget:
    """One limit: how many a minute it allows in all, what we took of it, and when there is any left at all."""

    total: int
    window: MinuteBudget
    reopens_at: float = 0.0


class Pace:
    """Waits before a call until our share allows it, or until the vendor has more than our share left.

    `share` is between 0 and 1.  `longest` tells how many seconds may still be waited; a longer wait raises
    UnfinishedWork.  `minute` is how long a minute lasts, for tests that scale time.
    """

    def __init__(
        self,
        share: float,
        *,
        longest: Callable[[], float],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
        minute: float = 60.0,
    ) -> None:
        self._share, self._longest, self._clock, self._sleep, self._minute = share, longest, clock, sleep, minute
        self._budgets = {PLAN: _Budget(DEFAULT_TOTAL, MinuteBudget(minute))}
        self._limits_of: dict[str, set[str]] = {}
        """The endpoint limits that a path was seen to count against."""

    def before(self, path: str) -> None:
        """Wait for the turn of a call to this path, and take it."""
        budgets = [self._budgets[name] for name in (PLAN, *self._limits_of.get(path, ()))]
        self.pause(max(self._wait(budget) for budget in budgets))
        for budget in budgets:
            budget.window.take(self._clock())

    def after(self, path: str, limits: Iterable[RateLimit]) -> None:
        """Learn from what the response told."""
        for limit in limits:
            budget = self._budgets.get(limit.endpoint)
            if budget is None:
                budget = self._budgets[limit.endpoint] = _Budget(limit.total, MinuteBudget(self._minute))
                budget.window.take(self._clock())
            if limit.endpoint:
                self._limits_of.setdefault(path, set()).add(limit.endpoint)
            budget.total = limit.total
            scarce = limit.remaining is not None and limit.remaining < limit.total * self._share
            budget.reopens_at = self._clock() + (limit.resets or 0) if scarce else 0.0

    def pause(self, seconds: float) -> None:
        """Wait so long.  Raises UnfinishedWork when there is not that much time."""
        if seconds <= 0:
            return
        if seconds > self._longest():
            raise UnfinishedWork("the next call's turn comes after this run's end; the next run continues")
        self._sleep(seconds)

    def _wait(self, budget: _Budget) -> float:
        now = self._clock()
        allowed = max(1, int(budget.total * self._share))
        return max(budget.window.wait(now, allowed=allowed), budget.reopens_at - now)
