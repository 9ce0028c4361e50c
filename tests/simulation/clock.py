"""A clock that moves only when it is told to, and the end that a run of the worker may come to."""

from dataclasses import dataclass

NEVER = float("inf")


class RunKilled(BaseException):
    """The worker's process is gone.  Not an Exception: no handler of the worker may see it."""


@dataclass
class Clock:
    """Seconds since the epoch.  A run has an `end` (Lambda's time-out): time that passes beyond it kills the run."""

    now: float = 1_800_000_000.0
    end: float = NEVER

    def __call__(self) -> float:
        return self.now

    def tick(self) -> float:
        """The least time that tells two changes apart: Jira's webhooks tell milliseconds."""
        self.now += 0.002
        return self.now

    def spend(self, seconds: float) -> None:
        """Time passes within a run.  Raises RunKilled when it is up."""
        self.now += seconds
        if self.now >= self.end:
            self.now = self.end
            raise RunKilled

    def wait_until(self, moment: float) -> None:
        """Time passes between runs."""
        self.now = max(self.now, moment)
