"""When what was not found is looked up again: soon at first, then rarer and rarer."""

FIRST = 600.0
"""Seconds from the first look-up to the second: most slips are mended at once, most missing issues made soon."""

RAREST = 7 * 86_400.0
"""Seconds between two look-ups of what has not been found for long."""


def next_look(*, since: float, now: float) -> float:
    """When to look again for what was first not found at `since` and is not found `now`.

    At least as long from now as it has been missing, and at a full multiple of that interval: so the looks of one lane,
    begun at different times, fall together and are made once.
    """
    interval = FIRST
    while interval < RAREST and interval < now - since:
        interval = min(2 * interval, RAREST)
    return -(-(now + interval) // interval) * interval if interval > FIRST else now + interval
