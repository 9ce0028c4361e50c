"""Whether a lane that differs again for the same reason is told once more: counted each time, told rarer and rarer."""

from dataclasses import dataclass, replace

from linksync.core.checkpoints import Look, Repair
from linksync.reconciler.findings import Finding

FIRST_PAUSE = 3_600.0
LONGEST_PAUSE = 7 * 86_400.0
"""Seconds between telling a lane of a difference and telling it of the same again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What to do about a finding.

    `tell`: tell the lane now, else `look` at it again later.  `again`: the same was found before.
    """

    tell: bool
    again: bool
    repair: Repair
    look: Look | None = None


def assess(finding: Finding, known: Repair | None, *, now: float) -> Assessment:
    """Tell the lane, unless it was told of the same difference a short while ago."""
    if known is None or known.difference != finding.difference:
        return Assessment(
            tell=True,
            again=False,
            repair=Repair(lane=finding.lane, difference=finding.difference, times=1, queued_at=now),
        )
    ready_at = known.queued_at + min(FIRST_PAUSE * 2.0 ** min(known.times - 1, 30), LONGEST_PAUSE)
    repair = replace(known, times=known.times + 1, queued_at=now)
    if now >= ready_at:
        return Assessment(tell=True, again=True, repair=repair)
    look = Look(lane=finding.lane, due_at=ready_at, since=now, reread=True)
    return Assessment(tell=False, again=True, repair=known, look=look)
