"""One end for everything that a piece of work calls, by the wall clock and whatever a server does.

Calls made inside `within` share its time: a token that is fetched first, a second try with a renewed one, a look at
what a call left behind.  Blocks nest; the earliest end counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

SECONDS_A_CALL = 6.0
"""The longest that one change or look at a link takes, with all the calls that it needs."""

SECONDS_A_COMMAND = 2 * SECONDS_A_CALL
"""The longest that one command of a plan takes upstream: a re-key deletes a link and makes it again."""

SECONDS_TO_BE_READY = SECONDS_A_CALL
"""The longest that it takes to get what a call needs (credentials, version 1's list) before its intent is recorded."""

SECONDS_A_LOOK_UP = 3 * SECONDS_A_CALL
"""The longest that looking up the keys of a text takes, however many they are."""

_end: ContextVar[float] = ContextVar("end", default=inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is called inside ends so many seconds from now, or at the end of a block around this one."""
    token = _end.set(min(_end.get(), monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def seconds_left() -> float:
    """Seconds until the end that is in force: infinite outside any block, never below zero."""
    return max(0.0, _end.get() - monotonic())
