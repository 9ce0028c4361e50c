"""Which of two statements about the same field is the later one, and what to make of a new one.

Senders disagree on what their times mean, so every statement is given the *window* in which its content was true at
some moment.  Windows that do not overlap are in order; those that do leave a doubt, which only the field can settle.
"""

from dataclasses import dataclass
from enum import Enum, auto

RETRY_HORIZON = 600.0
"""Seconds for which a sender may go on retrying a delivery, and so the most that a retried one may be late by."""

CLOCK_SKEW = 30.0
"""Seconds that our clock and a vendor's may differ by."""

ATTEMPT_RESOLUTION = 1.0
"""Zendesk gives the time of an attempt in whole seconds."""


class Verdict(Enum):
    """What a new statement is worth."""

    BELIEVE = auto()
    UNCHANGED = auto()
    STALE = auto()
    REREAD = auto()


@dataclass(frozen=True, slots=True)
class Window:
    """The content was true at some moment between `earliest` and `latest` (seconds since the epoch)."""

    earliest: float
    latest: float

    @classmethod
    def of_change(cls, at: float) -> "Window":
        """The sender told the time of the change itself."""
        return cls(at, at)

    @classmethod
    def of_attempt(cls, at: float) -> "Window":
        """The sender told only when it tried to deliver; a retried delivery may be older by the retry horizon."""
        return cls(at - RETRY_HORIZON, at + ATTEMPT_RESOLUTION)

    @classmethod
    def of_statement(cls, at: float, *, exact: bool) -> "Window":
        """`exact`: the sender told the time of the change, otherwise that of its attempt."""
        return cls.of_change(at) if exact else cls.of_attempt(at)

    @classmethod
    def of_reading(cls, at: float) -> "Window":
        """We read the field ourselves, by our own clock."""
        return cls(at - CLOCK_SKEW, at + CLOCK_SKEW)

    def is_before(self, other: "Window") -> bool:
        """Whether all of this window lies before all of the other."""
        return self.latest < other.earliest

    def confirmed_by(self, other: "Window") -> "Window":
        """The window of the later of two moments at which the same content was true."""
        return Window(max(self.earliest, other.earliest), max(self.latest, other.latest))


def judge(
    *,
    said: frozenset[str] | None,
    said_window: Window | None,
    states: frozenset[str] | None,
    window: Window,
    exact: bool,
    waited: float,
) -> Verdict:
    """What to make of a statement `states` (None: unknown) after `said` was recorded (None: nothing yet).

    `waited` is for how many seconds the statement lay in the queue.  Only a statement without the `exact` time of its
    change can be outdated by waiting: one that has it is put in order by that time.
    """
    if said_window is not None and window.is_before(said_window):
        return Verdict.STALE
    if states is None:
        return Verdict.REREAD
    if said is not None and states == said:
        return Verdict.UNCHANGED
    in_order = said_window is None or said_window.is_before(window)
    if not in_order or (not exact and waited > RETRY_HORIZON):
        return Verdict.REREAD
    return Verdict.BELIEVE
