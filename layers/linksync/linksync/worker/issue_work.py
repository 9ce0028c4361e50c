"""The work of an issue's lane: compare what it says with what it said, and tell the lanes of the tickets it touches.

It makes no link itself: every write to a link happens in its ticket's lane.
"""

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
    after = _hear(world, before, statement, waited=world.now() - envelope.received_at)
    told = _notices(world, statement, before, after)
    world.queue.send_batch([envelope.passed_on(notice) for notice in told])
    if after != before:
        world.ledger.save_issue(statement.issue_id, after)
    if not told:
        world.metrics.count("NothingToDo")


def _hear(world: World, said: IssueSaid, statement: IssueStatement, *, waited: float) -> IssueSaid:
    verdict = rules.weigh(said, statement, waited=waited)
    said = rules.live(said, statement)
    match verdict:
        case Verdict.BELIEVE:
            return rules.restate(said, statement.ticket_ids or (), rules.window_of(statement))
        case Verdict.UNCHANGED:
            return rules.confirm(said, rules.window_of(statement))
        case Verdict.REREAD:
            return _reread(world, said, statement.issue_id)
        case Verdict.STALE:
            return said


def _reread(world: World, said: IssueSaid, issue_id: str) -> IssueSaid:
    # The clock is read first: what the field says is at least as new as that.
    now = world.now()
    reading = world.issues.read(issue_id)
    world.metrics.count("Rereads")
    if reading.issue is not None:
        said = rules.renamed(said, reading.issue.key, now)
    return said if reading.refs is None else rules.restate(said, reading.refs, Window.of_reading(now))


def _notices(world: World, statement: IssueStatement, before: IssueSaid, after: IssueSaid) -> tuple[LinkNotice, ...]:
    told = rules.news(before, after, statement.life)
    linked = world.ledger.tickets_linked_with(statement.issue_id) if told.everywhere else ()
    return rules.notices(
        told,
        issue=Issue(statement.issue_id, after.key),
        key_at=after.key_at,
        at=statement.at,
        linked_tickets=linked,
    )
