"""The work of an issue's lane: compare what it states with what it stated, and tell the lanes of its tickets.

It makes no link itself: every write to a link happens in its ticket's lane.
"""

from dataclasses import dataclass, replace

from linksync.core import issue_rules as rules
from linksync.core.issue import Issue
from linksync.core.known_key import with_key, with_key_read
from linksync.core.lanes import IssueRecord
from linksync.core.messages import Envelope, IssueStatement, LifecycleEvent
from linksync.core.named_tickets import before_telling
from linksync.core.ordering import Action, Window
from linksync.metrics import Metric
from linksync.worker import check_named_tickets
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
        current = _reread(deps, recorded, statement)
    else:
        current = _Current(_apply_statement(decision.action, recorded, statement), statement.at)
    after = rules.with_claims(recorded, current.record, deps.projects)
    after = check_named_tickets.asked_about(deps, recorded, after, again=statement.look_up)
    before = _before_telling(deps, recorded, after, statement, reread=current.reread)
    news = rules.news_for_tickets(before, after, statement.lifecycle)
    if _tell(deps, envelope, statement, news, _Current(after, current.at)) == 0:
        deps.log.count(Metric.NOTHING_TO_DO)
    after = rules.after_telling(after, news)
    after = replace(after, stated=after.stated.told_by(envelope.delivery, envelope.source, after=recorded.stated))
    check_named_tickets.record_and_comment(deps, statement.issue_id, before, after)


@dataclass(frozen=True, slots=True)
class _Current:
    """What the issue states now, and since when; `reread`: its field was read just now."""

    record: IssueRecord
    at: float
    reread: bool = False


def _apply_statement(action: Action, record: IssueRecord, statement: IssueStatement) -> IssueRecord:
    if statement.lifecycle is LifecycleEvent.DELETED:
        return rules.apply_deletion(record, statement.window)
    record = with_key(record, statement.issue_key, statement.window)
    match action:
        case Action.BELIEVE:
            return rules.replace_references(rules.is_there(record), statement.ticket_ids or (), statement.window)
        case Action.CONFIRM:
            return rules.confirm(rules.is_there(record), statement.window)
        case _:
            return record


def _before_telling(
    deps: Dependencies, recorded: IssueRecord, after: IssueRecord, statement: IssueStatement, *, reread: bool
) -> IssueRecord:
    """What was recorded before, with the tickets that this run may send a claim to (see `before_telling`).

    It is saved before any notice is sent where the next run may not come to the same result: where the field was read,
    and where Zendesk was asked which tickets exist.
    """
    if not (reread or len(after.claims - recorded.claims) > check_named_tickets.most_unasked(deps)):
        return recorded
    # Of an issue whose key had to be looked up first, no earlier run told anything.
    new = deps.projects and statement.issue_key != recorded.key
    stated = frozenset(statement.ticket_ids or ()) if reread and not new else frozenset[str]()
    before = before_telling(recorded, after, stated)
    if before != recorded:
        deps.ledger.save_issue(statement.issue_id, before)
    return before


def _reread(deps: Dependencies, recorded: IssueRecord, statement: IssueStatement) -> _Current:
    # The clock is read first: what the field holds is at least as new as that.
    now = deps.now()
    wait_for_change(statement.ticket_ids, changed_at=statement.at, now=now)
    reading = deps.issues.read(statement.issue_id)
    deps.log.count(Metric.REREADS)
    check_lag(reading, recorded.stated, stated=statement.ticket_ids, changed_at=statement.at, now=now)
    if reading.issue is None:
        gone = statement.lifecycle is LifecycleEvent.DELETED
        after = rules.apply_deletion(recorded, Window.of_reading(now)) if gone else rules.is_missing(recorded)
        return _Current(after, statement.at)
    window = Window.of_reading(now)
    after = rules.is_there(recorded)
    after = with_key_read(after, statement, reading.issue.key, window, projects=deps.projects)
    if reading.refs is None:
        return _Current(after, statement.at)
    return _Current(rules.replace_references(after, reading.refs, window), now, reread=True)


def _tell(
    deps: Dependencies, envelope: Envelope, statement: IssueStatement, news: rules.TicketNews, current: _Current
) -> int:
    """Tell the tickets' lanes.  Returns how many notices that took."""
    linked = deps.ledger.tickets_linked_with(statement.issue_id) if news.everywhere else ()
    notices = rules.notices(
        news,
        issue=Issue(statement.issue_id, current.record.key),
        key_at=current.record.key_at,
        at=current.at,
        linked_tickets=linked,
        seen=statement.linked,
    )
    deps.queue.send_batch([envelope.forward(notice) for notice in notices])
    return len(notices)
