"""The work of a ticket's lane: apply what came, replace the lane's references, then apply the plan."""

from collections.abc import Iterable
from dataclasses import replace

from linksync.core import ticket_rules as rules
from linksync.core.lanes import TicketLane
from linksync.core.messages import Envelope, LinkNotice, NoticeKind, TicketStatement
from linksync.core.ordering import CLOCK_SKEW, Action, Window
from linksync.metrics import Metric
from linksync.worker.apply_plan import PlanApplication
from linksync.worker.dependencies import Dependencies


def work(deps: Dependencies, envelope: Envelope, payload: TicketStatement | LinkNotice) -> None:
    """Bring the ticket's links in line with what the statement or notice tells.

    Raises what the vendors and the ledger raise, and UnfinishedWork; whatever was done by then is recorded, and the
    same message may be worked on again at any time.
    """
    recorded = deps.ledger.ticket(payload.ticket_id)
    waited = deps.now() - envelope.received_at
    if isinstance(payload, TicketStatement):
        lane = _apply_statement(deps, recorded, payload, waited)
    else:
        lane = _apply_notice(deps, recorded, payload, waited)
    PlanApplication(deps, envelope, recorded).run(lane)


def _apply_statement(deps: Dependencies, lane: TicketLane, statement: TicketStatement, waited: float) -> TicketLane:
    lane = rules.apply_lifecycle(lane, statement)
    match rules.decide(lane, statement, waited=waited).action:
        case Action.BELIEVE:
            return _replace_references(deps, lane, statement.issue_keys or (), statement.window)
        case Action.CONFIRM:
            # Not simply the lane: what a crash left without a look-up is looked up now.
            stated = lane.stated.confirmed(statement.window)
            return _replace_references(deps, lane, stated.refs, stated.window)
        case Action.REREAD:
            return _reread(deps, lane)
        case Action.IGNORE:
            return lane


def _reread(deps: Dependencies, lane: TicketLane) -> TicketLane:
    # The clock is read first: what the field holds is at least as new as that.
    window = Window.of_reading(deps.now())
    reading = deps.tickets.read(lane.ticket_id)
    deps.metrics.count(Metric.REREADS)
    return lane if reading.refs is None else _replace_references(deps, lane, reading.refs, window)


def _replace_references(deps: Dependencies, lane: TicketLane, keys: Iterable[str], window: Window | None) -> TicketLane:
    keys = frozenset(keys)
    wanted = rules.keys_to_find(lane, keys)
    # A key is known to be as new as the question, by a clock that may be ahead of Jira's.
    asked_at = deps.now() - CLOCK_SKEW
    found = rules.Found(deps.issues.find(wanted) if wanted else {}, asked_at)
    missing = set(wanted) - set(found.issues) - lane.facts.not_found
    if missing:
        deps.metrics.count(Metric.KEYS_NOT_FOUND, len(missing))
    return rules.replace_references(lane, keys, window, found, deps.policy)


def _apply_notice(deps: Dependencies, lane: TicketLane, notice: LinkNotice, waited: float) -> TicketLane:
    outdated = waited > CLOCK_SKEW or notice.kind is NoticeKind.MOVED
    if outdated and notice.kind is not NoticeKind.DELETED:
        notice = _by_the_merged_ticket(deps, notice) if notice.via else _by_the_issue(deps, notice)
    return rules.apply_notice(lane, notice, deps.policy)


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
    claimed = notice.ticket_id in record.stated.refs
    return replace(notice, kind=NoticeKind.CLAIMED if claimed else NoticeKind.RELEASED)


def _by_the_merged_ticket(deps: Dependencies, notice: LinkNotice) -> LinkNotice:
    """The notice as the lane of the ticket that was merged into this one would write it today."""
    source = deps.ledger.ticket(notice.via)
    link = source.links.get(notice.issue_id)
    claimed = link is not None and bool(link.claims) and source.facts.merged_into == notice.ticket_id
    return replace(notice, kind=NoticeKind.CLAIMED if claimed else NoticeKind.RELEASED)
