"""The work of an issue's lane: compare what it states with what it stated, and tell the lanes of its tickets.

It makes no link itself: every write to a link happens in its ticket's lane.
"""

from dataclasses import dataclass, replace

from linksync.core import issue_rules as rules
from linksync.core.issue import Issue
from linksync.core.lanes import IssueRecord
from linksync.core.messages import Envelope, IssueStatement, LinkNotice
from linksync.core.ordering import Action, Window
from linksync.metrics import Metric
from linksync.worker.dependencies import Dependencies


def work(deps: Dependencies, envelope: Envelope, statement: IssueStatement) -> None:
    """Send notices to the tickets' lanes, then record what the issue stated.

    In that order: a crash in between sends the notices again, which changes nothing; the other order would lose them.
    """
    before = deps.ledger.issue(statement.issue_id)
    decision = rules.decide(before, statement, waited=deps.now() - envelope.received_at)
    if decision.action is Action.REREAD:
        current = _reread(deps, before, statement)
    else:
        current = _Current(_apply_statement(decision.action, before, statement), statement.at)
    notices = _notices(deps, statement, before, current)
    deps.queue.send_batch([envelope.forward(notice) for notice in notices])
    if current.record != before:
        deps.ledger.save_issue(statement.issue_id, current.record)
    if not notices:
        deps.metrics.count(Metric.NOTHING_TO_DO)


@dataclass(frozen=True, slots=True)
class _Current:
    """What the issue states now, since when, and whether it was read for that."""

    record: IssueRecord
    at: float
    reread: bool = False


def _apply_statement(action: Action, record: IssueRecord, statement: IssueStatement) -> IssueRecord:
    record = rules.apply_lifecycle(record, statement)
    match action:
        case Action.BELIEVE:
            return rules.replace_references(record, statement.ticket_ids or (), statement.window)
        case Action.CONFIRM:
            return rules.confirm(record, statement.window)
        case _:
            return record


def _reread(deps: Dependencies, before: IssueRecord, statement: IssueStatement) -> _Current:
    # The clock is read first: what the field holds is at least as new as that.
    now = deps.now()
    reading = deps.issues.read(statement.issue_id)
    deps.metrics.count(Metric.REREADS)
    after, window = rules.apply_lifecycle(before, statement), Window.of_reading(now)
    if reading.issue is not None:
        after = rules.with_key(after, reading.issue.key, window.earliest)
    if reading.refs is None:
        return _Current(after, statement.at)
    stated = frozenset(statement.ticket_ids or ())
    after = rules.replace_references(replace(after, ever_named=after.ever_named | stated), reading.refs, window)
    # Each reading may tell something else, and a crash after the notices would leave no trace of whom this one named.
    if after.ever_named != before.ever_named:
        deps.ledger.save_issue(statement.issue_id, replace(before, ever_named=after.ever_named))
    return _Current(after, now, reread=True)


def _notices(
    deps: Dependencies, statement: IssueStatement, before: IssueRecord, current: _Current
) -> tuple[LinkNotice, ...]:
    found = rules.difference(before, current.record, statement.lifecycle, reread=current.reread)
    linked = deps.ledger.tickets_linked_with(statement.issue_id) if found.everywhere else ()
    return rules.notices(
        found,
        issue=Issue(statement.issue_id, current.record.key),
        key_at=current.record.key_at,
        at=current.at,
        linked_tickets=linked,
    )
