"""When a vendor that keeps failing is left alone, and when it is asked again.

A few failures in a row open the breaker: for a pause nobody calls the vendor.  Then one call goes through, the probe.
If it fails too, the next pause is longer; the first response that is no failure closes the breaker.  A vendor that
throttles us for long opens it as well, for as long as it demands: its limit is the account's, so no other call would
fare better.
https://martinfowler.com/bliki/CircuitBreaker.html
"""

from dataclasses import dataclass

OPENS_AFTER = 3
"""Failures in a row after which nobody calls for a pause."""

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 30.0
"""Seconds: the pauses double from the first to the longest."""

PROBE_SECONDS = 3.0
"""The longest that a probe may take."""

FEW_DEMANDS = 4
"""Long demands in a row, without any other answer between them, after which it is an outage."""

LONG_DEMAND = 5.0
LONGEST_DEMAND = 3_600.0
"""Seconds: what a vendor demands opens the breaker from the one on, and for the other at most.

Both vendors' limits begin anew by the hour at the latest.  https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """The state of one vendor.  Times are seconds since the epoch: they go on while Lambda has the process frozen.

    `failures` and `demands` count those in a row.  `pause` is how long the last pause after failures was, and 0 without
    one.
    """

    failures: int = 0
    demands: int = 0
    pause: float = 0.0
    opened_at: float = 0.0
    open_until: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until a call may be made; 0 when it may be made now.

        A clock that was put back tells nothing of the time that is left: then a call is made, and tells.
        """
        return max(0.0, self.open_until - now) if self.opened_at <= now else 0.0

    @property
    def probes(self) -> bool:
        """Whether the next call is a probe."""
        return bool(self.pause)

    @property
    def throttled(self) -> bool:
        """Whether the vendor answers and only wants fewer calls: its plan is used, and not a long outage begun."""
        return 0 < self.demands <= FEW_DEMANDS

    def after_failure(self, now: float) -> "Breaker":
        """No connection, no response in time, or a 5xx."""
        failures = self.failures + 1
        if failures < OPENS_AFTER:
            return Breaker(failures=failures)
        pause = min(self.pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
        return Breaker(failures=failures, pause=pause, opened_at=now, open_until=now + pause)

    def after_demand(self, now: float, seconds: float) -> "Breaker":
        """A vendor that answers, and demands so many seconds without any call."""
        if seconds < LONG_DEMAND:
            return Breaker()
        return Breaker(demands=self.demands + 1, opened_at=now, open_until=now + min(seconds, LONGEST_DEMAND))
