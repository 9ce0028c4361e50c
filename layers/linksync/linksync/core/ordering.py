"""Which of two statements about the same field is the later one, and what to make of a new one.

Senders disagree on what their times mean, so every statement is given the *window* in which its content was true at
some moment.  Windows that do not overlap are in order; others leave a doubt, which only a look at the field ends.
"""

from dataclasses import dataclass
from enum import Enum, auto

RETRY_HORIZON = 600.0
"""Seconds for which a sender may go on retrying a delivery, and so the most that a retried one may be late by."""

LOOK_BACK = 3_600.0
"""Seconds for which every run of the reconciler reads again what changed.

An older statement of the same field may be applied that late: its sender tries for some time, then it waits for its
lane.  Compared before that, the field and the ledger were equal, and a later statement may have been dropped.
"""

CLOCK_SKEW = 30.0
"""Seconds that our clock and a vendor's may differ by."""

REPLICA_LAG = 10.0
"""Seconds for which a vendor may go on showing what a field held before a change."""

ATTEMPT_RESOLUTION = 1.0
"""Zendesk gives the time of an attempt in whole seconds."""


class Action(Enum):
    """What to do with a new statement."""

    BELIEVE = auto()
    CONFIRM = auto()
    IGNORE = auto()
    REREAD = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a statement, and why: a sentence for logs and for people."""

    action: Action
    reason: str


OLDER = Decision(Action.IGNORE, "it is older than what is recorded")
UNREADABLE = Decision(Action.REREAD, "it does not tell what the field holds")
UNCHANGED = Decision(Action.CONFIRM, "it states what is recorded")
IN_DOUBT = Decision(Action.REREAD, "its time does not tell whether it is newer than what is recorded")
WAITED = Decision(Action.REREAD, "it waited in the queue for longer than its time is good for")
ALIVE_AFTER_ALL = Decision(Action.REREAD, "it is about a subject whose deletion was told")
DELETED_BEFORE = Decision(Action.REREAD, "it tells of a deletion before what is recorded")
DELETED_UNPROVED = Decision(Action.REREAD, "it tells of a deletion by a token alone")
KEY_IN_DOUBT = Decision(Action.REREAD, "its time does not tell whether its key is newer than the recorded one")
KEY_IS_NEW = Decision(Action.REREAD, "its key is new, and ProjectKeys goes by the key that Jira tells")
NEWER = Decision(Action.BELIEVE, "it is newer than what is recorded")


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

    @property
    def attempt_at(self) -> float | None:
        """The time of the attempt that told it, where nothing else narrows the window down; else None."""
        return self.latest - ATTEMPT_RESOLUTION if self.latest - self.earliest >= RETRY_HORIZON else None

    def is_before(self, other: "Window") -> bool:
        """Whether all of this window lies before all of the other."""
        return self.latest < other.earliest

    def unless_before(self, known: "Window | None") -> "Window":
        """The window itself, or the known one where all of it lies before that."""
        return known if known is not None and self.is_before(known) else self

    def confirmed_by(self, other: "Window") -> "Window":
        """The window of the later of two moments at which the same content was true."""
        return Window(max(self.earliest, other.earliest), max(self.latest, other.latest))


def classify(
    *,
    stated: frozenset[str] | None,
    window: Window,
    exact: bool,
    known: frozenset[str],
    known_window: Window | None,
    waited: float,
) -> Decision:
    """What to do with a statement of the refs `stated` (None: unknown) after `known` was recorded.

    `known_window` is None when nothing is recorded.  `waited` is for how many seconds the statement lay in the queue.
    A statement without the `exact` time of its change is soon outdated by waiting.  One that has it is put in order by
    that time, until the reconciler looks no more at what changed the field since and may have been dropped.
    """
    if known_window is not None and window.is_before(known_window):
        return OLDER
    if stated is None:
        return UNREADABLE
    if known_window is not None and stated == known:
        return UNCHANGED
    if known_window is not None and not known_window.is_before(window):
        return IN_DOUBT
    return WAITED if waited > (LOOK_BACK if exact else RETRY_HORIZON) else NEWER
