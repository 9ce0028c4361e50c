"""When a lane is looked at again: what was not found is looked up soon at first, then rarer and rarer."""

from linksync.core.checkpoints import Look
from linksync.core.lanes import TicketFacts

FIRST = 600.0
"""Seconds from the first look-up to the second: most slips are mended at once, most missing issues made soon."""

RAREST = 7 * 86_400.0
"""Seconds between two look-ups of what has not been found for long."""

LATE_LINKS = 60.0
"""Seconds after which every link is seen that was being made when its issue moved or was deleted.

Longer than a run of the worker, which may have looked the old key up at its beginning, and than the index lags.
"""


def next_look(*, since: float, now: float) -> float:
    """When to look again for what was first not found at `since` and is not found `now`.

    At least as long from now as it has been missing, and at a full multiple of that interval: so the looks of one lane,
    begun at different times, fall together and are made once.
    """
    interval = FIRST
    while interval < RAREST and interval < now - since:
        interval = min(2 * interval, RAREST)
    return -(-(now + interval) // interval) * interval if interval > FIRST else now + interval


def first_look(lane: str, *, now: float) -> Look:
    """The look at a lane that misses something since `now`."""
    return Look(lane=lane, due_at=next_look(since=now, now=now), since=now)


def look_for_late_links(lane: str, *, now: float) -> Look:
    """The look at an issue whose tickets were told `now` that it moved or is deleted."""
    return Look(lane=lane, due_at=now + LATE_LINKS, since=now)


def misses_more(before: TicketFacts, after: TicketFacts) -> bool:
    """Whether something is missing that was not missed before: keys that Jira does not know, or the ticket itself."""
    return bool(after.not_found - before.not_found) or (after.missing and not before.missing)
