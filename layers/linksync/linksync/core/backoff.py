"""How long a failed lane waits before its next try."""

BASE = 2.0
CAP = 900.0
FLOOR = 1.0
LONGEST = 43_000.0
"""Just under SQS's limit of 12 hours for which a message may stay invisible."""


def delay(*, attempt: int, retry_after: float | None, jitter: float) -> int:
    """Whole seconds to wait after the given attempt (1 is the first), with `jitter` drawn evenly from [0, 1).

    It is exponential backoff with full jitter, and never less than the vendor's own `retry_after`, to which a little is
    added so that waiting lanes do not all come at once.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    demand = 0.0 if retry_after is None else retry_after * (1 + jitter / 10) + jitter
    wait = max(demand, jitter * min(CAP, BASE * 2.0 ** min(attempt, 30)))
    return -int(-min(max(wait, FLOOR), LONGEST) // 1)
