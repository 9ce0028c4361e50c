"""The work of a ticket's lane: apply what came, replace the lane's references, then apply the plan."""

from collections.abc import Iterable
from dataclasses import replace

from linksync.core import ticket_notices
from linksync.core import ticket_rules as rules
from linksync.core.issue import LookUp
from linksync.core.lanes import TicketLane
from linksync.core.messages import (
    Envelope,
    LifecycleEvent,
    LinkNotice,
    NoticeKind,
    OperatorAction,
    OperatorCommand,
    TicketStatement,
)
from linksync.core.ordering import CLOCK_SKEW, Action, Window
from linksync.metrics import Metric
from linksync.worker.apply_plan import PlanApplication
from linksync.worker.dependencies import Dependencies
from linksync.worker.replica_lag import check_lag, wait_for_change

_MAKING = frozenset({OperatorAction.LINK, OperatorAction.RELINK})

type TicketPayload = TicketStatement | LinkNotice | OperatorCommand


def work(deps: Dependencies, envelope: Envelope, payload: TicketPayload, *, redriven: bool) -> None:
    """Bring the ticket's links in line with what the statement, notice or command tells.

    `redriven`: an operator sent it again after mending something, so what was refused is worth another call.  Raises
    what the vendors and the ledger raise, and UnfinishedWork; whatever was done by then is recorded, and the same
    message may be worked on again at any time.
    """
    recorded = deps.ledger.ticket(payload.ticket_id)
    lane = _mended(recorded) if redriven else recorded
    waited = deps.now() - envelope.received_at
    not_asked: frozenset[str] = frozenset()
    match payload:
        case TicketStatement():
            lane, not_asked = _apply_statement(deps, lane, payload, waited)
        case LinkNotice():
            lane = _apply_notice(deps, lane, payload, outdated=redriven or waited > CLOCK_SKEW)
        case OperatorCommand():
            lane = _looked_for(deps, lane) if payload.action in _MAKING else lane
            lane = ticket_notices.apply_command(lane, payload, deps.policy)
    lane = replace(lane, stated=lane.stated.told_by(envelope.delivery, envelope.source, after=recorded.stated))
    if not not_asked and _is_settled(payload, lane):
        # The links first: a write that is cut short must not leave what is stated without what it is to become.
        deps.ledger.commit(deps.ledger.checkpoint(recorded, lane), lane)
        recorded = lane
    PlanApplication(deps, envelope, recorded).run(lane, complete=not not_asked)


def _is_settled(payload: TicketPayload, lane: TicketLane) -> bool:
    """Whether what the field holds was read so long after the statement that another try would ignore that.

    Such a reading is committed at once, and the next try finds the rest of the plan in the ledger: while calls for
    links fail, no try reads the field again.
    """
    read = lane.stated.window
    return isinstance(payload, TicketStatement) and read is not None and payload.window.is_before(read)


def _mended(lane: TicketLane) -> TicketLane:
    return replace(lane, links={issue_id: link.retried() for issue_id, link in lane.links.items()})


def _apply_statement(
    deps: Dependencies, lane: TicketLane, statement: TicketStatement, waited: float
) -> tuple[TicketLane, frozenset[str]]:
    """The lane after the statement, and the keys that there was no time to ask about."""
    decision = rules.decide(lane, statement, waited=waited)
    deps.log.decided(decision.reason)
    match decision.action:
        case Action.BELIEVE:
            keys, window = statement.issue_keys or (), statement.window
            lane, not_asked = _replace_references(deps, rules.is_there(lane), keys, window)
        case Action.CONFIRM:
            # Not simply the lane: what a crash left without a look-up is looked up now.
            stated = lane.stated.confirmed(statement.window)
            lane, not_asked = _replace_references(deps, rules.is_there(lane), stated.refs, stated.window)
        case Action.REREAD:
            return _reread(deps, lane, statement)
        case Action.IGNORE:
            return rules.apply_lifecycle(lane, statement), frozenset()
    return rules.adopt_linked(lane, statement.linked), not_asked


def _reread(deps: Dependencies, lane: TicketLane, statement: TicketStatement) -> tuple[TicketLane, frozenset[str]]:
    if rules.keys_to_find(lane, statement.issue_keys or ()):
        deps.issues.ready()  # else each try of a long outage of Jira's takes a call of Zendesk's plan for nothing
    # The clock is read first: what the field holds is at least as new as that.
    now = deps.now()
    window = Window.of_reading(now)
    wait_for_change(statement.issue_keys, changed_at=statement.at, now=now)
    reading = deps.tickets.read(lane.ticket_id)
    deps.log.count(Metric.REREADS)
    check_lag(reading, lane.stated, stated=statement.issue_keys, changed_at=statement.at, now=now)
    if not reading.found:
        gone = statement.lifecycle is LifecycleEvent.DELETED
        return rules.apply_lifecycle(lane, statement) if gone else rules.is_missing(lane), frozenset()
    lane = rules.is_there(lane)
    if reading.refs is None:
        return lane, frozenset()
    return _replace_references(deps, lane, reading.refs, window, again=statement.look_up)


def _replace_references(
    deps: Dependencies, lane: TicketLane, keys: Iterable[str], window: Window | None, *, again: bool = False
) -> tuple[TicketLane, frozenset[str]]:
    keys = frozenset(keys)
    wanted = rules.keys_to_find(lane, keys, again=again)
    # A key is known to be as new as the question, by a clock that may be ahead of Jira's.
    asked_at = deps.now() - CLOCK_SKEW
    answered = deps.issues.look_up(wanted) if wanted else LookUp()
    not_asked = frozenset(wanted) - set(answered.found) - answered.not_found - lane.facts.not_found
    missing = answered.not_found - lane.facts.not_found
    if missing:
        deps.log.count(Metric.KEYS_NOT_FOUND, len(missing))
        if deps.reference_notice_calls.wanted:
            notices = lane.facts.reference_notices.noting(missing)
            lane = replace(lane, facts=replace(lane.facts, reference_notices=notices))
    found = rules.FoundIssues(answered.found, asked_at, not_asked)
    return rules.replace_references(lane, keys, window, found, deps.policy, projects=deps.projects), not_asked


def _apply_notice(deps: Dependencies, lane: TicketLane, notice: LinkNotice, *, outdated: bool) -> TicketLane:
    if (outdated or notice.kind is NoticeKind.MOVED) and notice.kind is not NoticeKind.DELETED:
        notice = _by_the_merged_ticket(deps, notice) if notice.via else _by_the_issue(deps, notice)
    if notice.kind is NoticeKind.CLAIMED:
        lane = _looked_for(deps, lane)
    return ticket_notices.apply_notice(lane, notice, deps.policy, projects=deps.projects)


def _looked_for(deps: Dependencies, lane: TicketLane) -> TicketLane:
    """The lane of a ticket that somebody wants linked: one that was missing is looked for again."""
    if not (lane.facts.missing or lane.facts.deleted):
        return lane
    return rules.is_there(lane) if deps.tickets.exists(lane.ticket_id) else rules.is_missing(lane)


def _by_the_issue(deps: Dependencies, notice: LinkNotice) -> LinkNotice:
    """The notice as the issue's lane would write it today.

    One that comes out of the dead-letter queue must not bring back what the issue has since taken away, and one that
    tells of a move must not undo the next: the ticket may have looked up the newer key meanwhile.
    """
    record = deps.ledger.issue(notice.issue_id)
    if record.key_at > notice.key_at:
        notice = replace(notice, issue_key=record.key, key_at=record.key_at)
    if record.deleted:
        return replace(notice, kind=NoticeKind.DELETED)
    window = record.stated.window
    not_yet_recorded = window is None or window.latest < notice.at
    if notice.kind is NoticeKind.MOVED or not_yet_recorded:
        return notice
    claimed = notice.ticket_id in record.claims
    return replace(notice, kind=NoticeKind.CLAIMED if claimed else NoticeKind.RELEASED)


def _by_the_merged_ticket(deps: Dependencies, notice: LinkNotice) -> LinkNotice:
    """The notice as the lane of the ticket that was merged into this one would write it today."""
    source = deps.ledger.ticket(notice.via)
    link = source.links.get(notice.issue_id)
    claimed = link is not None and bool(link.claims) and source.facts.merged_into == notice.ticket_id
    return replace(notice, kind=NoticeKind.CLAIMED if claimed else NoticeKind.RELEASED)
