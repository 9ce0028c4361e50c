"""The time that requests to AWS are signed by: this machine's, or AWS's own where that is far away.

AWS refuses a signature whose time is over five minutes from its own; every answer tells AWS's time in its `Date`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
"""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

_BORNE = 240.0  # seconds that the clocks may differ before AWS's is taken; a minute less than AWS bears
_REFUSALS = frozenset({400, 403})  # what AWS answers to a signature that is too old or not yet valid


class AwsClock:
    """A clock that is set right by AWS's refusals."""

    def __init__(self, local: Callable[[], float] = time.time) -> None:
        self._local = local
        self._ahead = 0.0

    def now(self) -> float:
        """AWS's time as far as it is known, in seconds since the epoch."""
        return self._local() + self._ahead

    def learns_from(self, status: int, date: str | None) -> bool:
        """Whether an answer shows that this clock was far off.  From now on it is not: sign anew."""
        theirs = _seconds(date) if status in _REFUSALS else None
        if theirs is None or abs(theirs - self.now()) <= _BORNE:
            return False
        self._ahead = theirs - self._local()
        return True


def _seconds(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (ValueError, OverflowError):
        return None
