"""The work of an issue's lane: compare what it states with what it stated, and tell the lanes of its tickets.

It makes no link itself: every write to a link happens in its ticket's lane.
"""

from dataclasses import dataclass, replace

from linksync.core import issue_rules as rules
from linksync.core.issue import Issue
from linksync.core.lanes import IssueRecord
from linksync.core.messages import Envelope, IssueStatement, LifecycleEvent
from linksync.core.ordering import Action, Window
from linksync.metrics import Metric
from linksync.worker.dependencies import Dependencies
from linksync.worker.replica_lag import check_lag, wait_for_change


def work(deps: Dependencies, envelope: Envelope, statement: IssueStatement) -> None:
    """Send notices to the tickets' lanes, then record what the issue stated.

    In that order: a crash in between sends the notices again, which changes nothing; the other order would lose them.
    """
    recorded = deps.ledger.issue(statement.issue_id)
    decision = rules.decide(recorded, statement, waited=deps.now() - envelope.received_at, projects=deps.projects)
    deps.log.decided(decision.reason)
    if decision.action is Action.REREAD:
        before, current = _reread(deps, recorded, statement)
    else:
        before, current = recorded, _Current(_apply_statement(decision.action, recorded, statement), statement.at)
    after = rules.with_claims(before, current.record, deps.projects)
    difference = rules.difference(before, after, statement.lifecycle)
    if _tell(deps, envelope, statement, difference, _Current(after, current.at)) == 0:
        deps.log.count(Metric.NOTHING_TO_DO)
    after = rules.told(after, difference)
    after = replace(after, stated=after.stated.told_by(envelope.delivery, envelope.source, after=recorded.stated))
    if after != before:
        deps.ledger.save_issue(statement.issue_id, after)


@dataclass(frozen=True, slots=True)
class _Current:
    """What the issue states now, and since when."""

    record: IssueRecord
    at: float


def _apply_statement(action: Action, record: IssueRecord, statement: IssueStatement) -> IssueRecord:
    if statement.lifecycle is LifecycleEvent.DELETED:
        return rules.apply_deletion(record)
    record = rules.with_key(record, statement.issue_key, statement.window)
    match action:
        case Action.BELIEVE:
            return rules.replace_references(rules.is_there(record), statement.ticket_ids or (), statement.window)
        case Action.CONFIRM:
            return rules.confirm(rules.is_there(record), statement.window)
        case _:
            return record


def _reread(deps: Dependencies, recorded: IssueRecord, statement: IssueStatement) -> tuple[IssueRecord, _Current]:
    """What was recorded before, with whom this run may tell, and what the issue states now."""
    # The clock is read first: what the field holds is at least as new as that.
    now = deps.now()
    wait_for_change(statement.ticket_ids, changed_at=statement.at, now=now)
    reading = deps.issues.read(statement.issue_id)
    deps.log.count(Metric.REREADS)
    check_lag(reading, recorded.stated, stated=statement.ticket_ids, changed_at=statement.at, now=now)
    if reading.issue is None:
        gone = statement.lifecycle is LifecycleEvent.DELETED
        after = rules.apply_deletion(recorded) if gone else rules.is_missing(recorded)
        return recorded, _Current(after, statement.at)
    window = Window.of_reading(now)
    after = rules.is_there(recorded)
    after = rules.with_key_read(after, statement, reading.issue.key, window, projects=deps.projects)
    if reading.refs is None:
        return recorded, _Current(after, statement.at)
    after = rules.with_claims(recorded, rules.replace_references(after, reading.refs, window), deps.projects)
    # Of an issue whose key had to be looked up first, no earlier run told anything.
    new = deps.projects and statement.issue_key != recorded.key
    before = rules.before_telling(recorded, after, () if new else statement.ticket_ids or ())
    if before != recorded:
        deps.ledger.save_issue(statement.issue_id, before)
    return before, _Current(after, now)


def _tell(
    deps: Dependencies, envelope: Envelope, statement: IssueStatement, found: rules.Difference, current: _Current
) -> int:
    """Tell the tickets' lanes.  Returns how many notices that took."""
    linked = deps.ledger.tickets_linked_with(statement.issue_id) if found.everywhere else ()
    notices = rules.notices(
        found,
        issue=Issue(statement.issue_id, current.record.key),
        key_at=current.record.key_at,
        at=current.at,
        linked_tickets=linked,
    )
    deps.queue.send_batch([envelope.forward(notice) for notice in notices])
    return len(notices)
