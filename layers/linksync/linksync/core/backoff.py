"""How long a failed lane waits before its next try."""

BASE = 2.0
CAP = 300.0
"""Seconds.  A lane that waits alone makes less than 400 calls in a day of outage."""

FLOOR = 1.0
LONGEST = 43_000.0
"""Just under SQS's limit of 12 hours for which a message may stay invisible."""

LONG_OUTAGE = 800
LATE_CAP = 1_800.0
"""Seconds: the cap after LONG_OUTAGE attempts.  The queue gives a message 1,000 receives: the first 800 last for over a
day, the other 200 for three more."""


def delay(*, attempt: int, retry_after: float | None, jitter: float, throttled: bool = False) -> int:
    """Whole seconds to wait after the given attempt (1 is the first), with `jitter` drawn evenly from [0, 1).

    It is exponential backoff with full jitter, and at its cap between half of that and all: lanes that wait for a
    vendor come back within minutes of its recovery, spread over them.  `throttled`: the vendor answered, and wants
    fewer calls; then it is full jitter at the cap too, so that what its plan allows is used.  It is never less than
    the vendor's own `retry_after`, to which a little is added so that waiting lanes do not all come at once.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    demand = (retry_after or 0.0) * (1 + jitter / 10) + jitter
    exponential, cap = BASE * 2.0 ** min(attempt, 30), CAP if attempt <= LONG_OUTAGE else LATE_CAP
    full = exponential < cap or (throttled and attempt <= LONG_OUTAGE)
    own = jitter * min(exponential, cap) if full else cap * (1 + jitter) / 2
    return -int(-min(max(demand, own, FLOOR), LONGEST) // 1)
