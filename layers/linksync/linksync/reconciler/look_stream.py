"""The lanes to look at again: what was not found may be there by now, and so may links that an issue did not see."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from linksync.core.checkpoints import Look
from linksync.core.look_ups import next_look
from linksync.core.messages import issue_lane, ticket_lane
from linksync.observability import emit_line
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.enqueue_findings import FindingQueue
from linksync.reconciler.findings import NOTHING_KNOWN, NOTHING_STATED, Finding, late_links
from linksync.reconciler.leased_checkpoint import LeasedCheckpoint
from linksync.reconciler.look_reasons import Reason, issue_reason, ticket_reason

AT_ONCE = 100
"""As many lanes as one call asks for."""
MOST_NAMES = 1_000
"""Keys and numbers that a step asks for: with all the waits for a call's turn it is over before the lease is."""

_TICKET, _ISSUE = ticket_lane(""), issue_lane("")


class LookStream:
    """Asks for what was not found, many lanes in a call, and tells the lanes only of what is there now."""

    name = "looks"

    def __init__(self, deps: Dependencies, finding_queue: FindingQueue) -> None:
        self._deps = deps
        self._finding_queue = finding_queue

    def step(self, progress: LeasedCheckpoint) -> bool:
        """Up to a hundred lanes that are due.  Whether no more are."""
        due = self._deps.looks.due(self._deps.now(), limit=AT_ONCE)
        if not due:
            return True
        reasons = self._reasons(due)
        first = _within(reasons, MOST_NAMES)
        later = {reason.lane for reason in reasons[len(first) :]}
        self._look([look for look in due if look.lane not in later], first, progress.checkpoint.round)
        progress.save(progress.checkpoint)
        return len(due) < AT_ONCE and not later

    def _look(self, due: Sequence[Look], reasons: Sequence[Reason], round_number: int) -> None:
        found = self._found(reasons)
        told_since = self._told_since(due)
        again = [reason.finding() for reason in reasons if reason.reread and reason.lane not in told_since]
        there = [reason.finding() for reason in reasons if not reason.reread and reason.lane in found]
        self._finding_queue.tell_again(again, round_number=round_number)
        self._finding_queue.send([*there, *self._late_links(due)], round_number=round_number)
        _report(reason.lane for reason in reasons if reason.issues and reason.lane not in found)
        now = self._deps.now()
        planned = [
            Look(lane=reason.lane, since=reason.since, due_at=next_look(since=reason.since, now=now))
            for reason in reasons
            if reason.missing
        ]
        self._deps.looks.change(done=due, planned=planned)

    def _told_since(self, due: Sequence[Look]) -> frozenset[str]:
        """The lanes that were told of their difference after the look at it was due: it was found once more."""
        rereads = {look.lane: look.due_at for look in due if look.reread}
        known = self._deps.repairs.known(rereads)
        return frozenset(lane for lane, repair in known.items() if repair.queued_at >= rereads[lane])

    def _reasons(self, due: Sequence[Look]) -> list[Reason]:
        """Why each lane is looked at, once a lane; lanes that miss nothing any more are left out."""
        latest = {look.lane: look for look in sorted(due, key=lambda look: look.since)}
        reread = {look.lane for look in due if look.reread}
        looks = [replace(look, reread=lane in reread) for lane, look in latest.items()]
        tickets = self._deps.ledger.tickets(_ids(latest, _TICKET))
        issues = self._deps.ledger.issues(_ids(latest, _ISSUE))
        now = self._deps.now()
        reasons = [
            ticket_reason(look, tickets.get(_id(look), NOTHING_STATED)[1], now=now)
            if look.lane.startswith(_TICKET)
            else issue_reason(look, issues.get(_id(look), NOTHING_KNOWN), now=now)
            for look in looks
        ]
        return [reason for reason in reasons if reason.missing or reason.reread]

    def _late_links(self, due: Sequence[Look]) -> Iterator[Finding]:
        """What tickets must be told of issues that can be read, or are known to be deleted."""
        for issue_id, record in self._deps.ledger.issues(_ids((look.lane for look in due), _ISSUE)).items():
            if not record.missing:
                links = self._deps.ledger.links_of_issue(issue_id)
                yield from late_links(issue_id, record, links, now=self._deps.now())

    def _found(self, reasons: Sequence[Reason]) -> frozenset[str]:
        """The lanes for which something is there that was not found before."""
        issues = self._deps.existence.issues(sorted(frozenset[str]().union(*(reason.issues for reason in reasons))))
        known = {asked for asked, issue in issues.items() if self._deps.projects.includes(issue.key)}
        missing = frozenset[str]().union(*(reason.tickets for reason in reasons))
        tickets = self._deps.existence.tickets(sorted(missing))
        return frozenset(reason.lane for reason in reasons if reason.issues & known or reason.tickets & tickets)


def _within(reasons: Sequence[Reason], most: int) -> Sequence[Reason]:
    """The first of them, as far as they miss no more than so much in all; one in any case."""
    names = accumulate(len(reason.issues) + len(reason.tickets) for reason in reasons)
    return reasons[: max(1, sum(number <= most for number in names))]


def _id(look: Look) -> str:
    return look.lane.rpartition("#")[2]


def _ids(lanes: Iterable[str], prefix: str) -> list[str]:
    return [lane.removeprefix(prefix) for lane in lanes if lane.startswith(prefix)]


def _report(lanes: Iterable[str]) -> None:
    """Tells of issues that can no longer be read.  Keys that nobody knows are slips, which their lanes count."""
    issues = sorted(lane for lane in lanes if lane.startswith(_ISSUE))
    if issues:
        emit_line(logging.WARNING, "issues that the ledger knows cannot be read", fields={"lanes": issues})
