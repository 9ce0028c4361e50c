"""Tells the people of a ticket of issue keys that were not found, as the template's `WrongReferenceNotice` has it.

A notice comes last in a run, when the links are made and all is recorded: one that is refused stops nothing, and an
event that it causes finds nothing to do.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from linksync.core.lanes import TicketFacts, TicketLane
from linksync.core.wrong_references import WrongReferenceNotice, note_on_ticket
from linksync.errors import AwsUnavailable, LinksyncError, NoticeRefused, UnfinishedWork, UpstreamUnavailable
from linksync.metrics import Metric
from linksync.outbound.deadline import SECONDS_A_CALL
from linksync.worker.dependencies import Dependencies

SECONDS_A_NOTICE = SECONDS_A_CALL + 3.0
"""What a run must have left: the call, and the time that it keeps for its records."""


def begun(deps: Dependencies, lane: TicketLane) -> TicketLane:
    """The lane as it must be recorded before its people are told: a run that is killed then tells nobody twice."""
    facts = lane.facts
    if not (facts.reference_notices.due and _takes_notices(deps, facts)) or deps.seconds_left() < SECONDS_A_NOTICE:
        return lane
    tagged = facts.tagged or deps.reference_notice_calls.kind is WrongReferenceNotice.TAG
    return replace(lane, facts=replace(facts, reference_notices=facts.reference_notices.begun(), tagged=tagged))


def give(deps: Dependencies, lane: TicketLane, recorded: TicketLane) -> None:
    """Tell what was due on the `lane`, or that nothing is wrong any more, once it is `recorded` that this is `begun`.

    What surely was not told is due again.  Raises why it was not told, and UnfinishedWork.
    """
    if not _takes_notices(deps, recorded.facts):
        return
    if recorded.facts.reference_notices.due:
        raise UnfinishedWork("there was no time to tell what was not found; the rest is continued at once")
    if lane.facts.reference_notices.due:
        _tell(deps, lane, recorded)
    elif recorded.facts.tagged and not recorded.facts.not_found & recorded.facts.reference_notices.given:
        _take_tag_off(deps, recorded)


def attempt(deps: Dependencies, call: Callable[[], object]) -> None:
    """Make a call that tells people something.  Raises only errors after which they surely were not told."""
    try:
        call()
        deps.log.count(Metric.NOTICES_GIVEN)
    except NoticeRefused:
        deps.log.count(Metric.NOTICES_REFUSED)
    except UpstreamUnavailable as error:
        if not error.maybe_applied:
            raise
        deps.log.count(Metric.NOTICES_REFUSED)  # told or not: nobody is told twice


def _tell(deps: Dependencies, lane: TicketLane, recorded: TicketLane) -> None:
    tickets, due = deps.reference_notice_calls.tickets, lane.facts.reference_notices.due
    try:
        if deps.reference_notice_calls.kind is WrongReferenceNotice.TAG:
            attempt(deps, lambda: tickets.add_tag(lane.ticket_id))
        else:
            attempt(deps, lambda: tickets.add_note(lane.ticket_id, note_on_ticket(due)))
    except LinksyncError:
        with suppress(AwsUnavailable):
            deps.ledger.checkpoint(recorded, replace(recorded, facts=lane.facts))
        raise


def _take_tag_off(deps: Dependencies, recorded: TicketLane) -> None:
    """Take the tag off, and record that afterwards: taking it off twice changes nothing."""
    try:
        deps.reference_notice_calls.tickets.remove_tag(recorded.ticket_id)
    except NoticeRefused:
        deps.log.count(Metric.NOTICES_REFUSED)
    deps.ledger.checkpoint(recorded, replace(recorded, facts=replace(recorded.facts, tagged=False)))


def _takes_notices(deps: Dependencies, facts: TicketFacts) -> bool:
    """Whether people want notices, and the ticket is there, and was not merged, which closed it."""
    return deps.reference_notice_calls.wanted and not (facts.deleted or facts.missing or facts.merged_into)
