"""The work of an issue's lane: compare what it says with what it said, and tell the lanes of the tickets it touches.

It makes no link itself: every write to a link happens in its ticket's lane.
"""

from dataclasses import dataclass, replace

from linksync.core import issue_rules as rules
from linksync.core.evidence import Verdict, Window
from linksync.core.issues import Issue
from linksync.core.ledger import IssueSaid
from linksync.core.messages import Envelope, IssueStatement, LinkNotice
from linksync.worker.context import World


def work(world: World, envelope: Envelope, statement: IssueStatement) -> None:
    """Send the news to the tickets' lanes, then record what the issue said.

    In that order: a crash in between sends the news again, which changes nothing, where the other order would lose it.
    """
    before = world.ledger.issue(statement.issue_id)
    verdict = rules.weigh(before, statement, waited=world.now() - envelope.received_at)
    if verdict is Verdict.REREAD:
        told = _reread(world, before, statement)
    else:
        told = _Told(_heard(verdict, before, statement), statement.at)
    notices = _notices(world, statement, before, told)
    world.queue.send_batch([envelope.passed_on(notice) for notice in notices])
    if told.after != before:
        world.ledger.save_issue(statement.issue_id, told.after)
    if not notices:
        world.metrics.count("NothingToDo")


@dataclass(frozen=True, slots=True)
class _Told:
    """What the issue says now, since when, and whether it was read for that."""

    after: IssueSaid
    at: float
    reread: bool = False


def _heard(verdict: Verdict, said: IssueSaid, statement: IssueStatement) -> IssueSaid:
    said = rules.live(said, statement)
    match verdict:
        case Verdict.BELIEVE:
            return rules.restate(said, statement.ticket_ids or (), statement.window)
        case Verdict.UNCHANGED:
            return rules.confirm(said, statement.window)
        case _:
            return said


def _reread(world: World, before: IssueSaid, statement: IssueStatement) -> _Told:
    # The clock is read first: what the field says is at least as new as that.
    now = world.now()
    reading = world.issues.read(statement.issue_id)
    world.metrics.count("Rereads")
    after, window = rules.live(before, statement), Window.of_reading(now)
    if reading.issue is not None:
        after = rules.renamed(after, reading.issue.key, window.earliest)
    if reading.refs is None:
        return _Told(after, statement.at)
    stated = frozenset(statement.ticket_ids or ())
    after = rules.restate(replace(after, ever_named=after.ever_named | stated), reading.refs, window)
    # Each reading may tell something else, and a crash after the notices would leave no trace of whom this one named.
    if after.ever_named != before.ever_named:
        world.ledger.save_issue(statement.issue_id, replace(before, ever_named=after.ever_named))
    return _Told(after, now, reread=True)


def _notices(world: World, statement: IssueStatement, before: IssueSaid, told: _Told) -> tuple[LinkNotice, ...]:
    news = rules.news(before, told.after, statement.life, reread=told.reread)
    linked = world.ledger.tickets_linked_with(statement.issue_id) if news.everywhere else ()
    return rules.notices(
        news,
        issue=Issue(statement.issue_id, told.after.key),
        key_at=told.after.key_at,
        at=told.at,
        linked_tickets=linked,
    )
