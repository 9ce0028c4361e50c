"""The work of a ticket's lane: hear what came, restate the lane, settle the links."""

from collections.abc import Iterable
from dataclasses import replace

from linksync.core import ticket_rules as rules
from linksync.core.evidence import CLOCK_SKEW, Verdict, Window
from linksync.core.ledger import TicketLane
from linksync.core.messages import Change, Envelope, LinkNotice, TicketStatement
from linksync.worker.context import World
from linksync.worker.settle import Settlement


def work(world: World, envelope: Envelope, payload: TicketStatement | LinkNotice) -> None:
    """Bring the ticket's links in line with what the statement or notice says.

    Raises what the remote sides and the ledger raise, and UnfinishedWork; whatever was done by then is recorded, and
    the same message may be worked on again at any time.
    """
    before = world.ledger.ticket(payload.ticket_id)
    waited = world.now() - envelope.received_at
    if isinstance(payload, TicketStatement):
        after = _hear(world, before, payload, waited)
    else:
        after = _heed(world, before, payload, waited)
    Settlement(world, envelope, before).settle(after)


def _hear(world: World, lane: TicketLane, statement: TicketStatement, waited: float) -> TicketLane:
    lane = rules.live(lane, statement)
    match rules.weigh(lane, statement, waited=waited):
        case Verdict.BELIEVE:
            return _restate(world, lane, statement.issue_keys or (), statement.window)
        case Verdict.UNCHANGED:
            # Not simply the lane: what a crash left unresolved is looked up now.
            lane = rules.confirm(lane, statement.window)
            return _restate(world, lane, lane.said.keys, lane.said.window)
        case Verdict.REREAD:
            return _reread(world, lane)
        case Verdict.STALE:
            return lane


def _reread(world: World, lane: TicketLane) -> TicketLane:
    # The clock is read first: what the field says is at least as new as that.
    window = Window.of_reading(world.now())
    reading = world.tickets.read(lane.ticket_id)
    world.metrics.count("Rereads")
    return lane if reading.refs is None else _restate(world, lane, reading.refs, window)


def _restate(world: World, lane: TicketLane, keys: Iterable[str], window: Window | None) -> TicketLane:
    keys = frozenset(keys)
    wanted = rules.keys_to_find(lane, keys)
    # A key is known to be as new as the question, by a clock that may be ahead of Jira's.
    asked_at = world.now() - CLOCK_SKEW
    found = rules.Found(world.issues.find(wanted) if wanted else {}, asked_at)
    missing = set(wanted) - set(found.issues) - lane.said.unresolved
    if missing:
        world.metrics.count("KeysNotFound", len(missing))
    return rules.restate(lane, keys, window, found, world.policy)


def _heed(world: World, lane: TicketLane, notice: LinkNotice, waited: float) -> TicketLane:
    outdated = waited > CLOCK_SKEW or notice.change is Change.MOVED
    if outdated and notice.change is not Change.DELETED:
        notice = _said_by_a_merged_ticket(world, notice) if notice.via else _said_by_the_issue(world, notice)
    return rules.heed(lane, notice, world.policy)


def _said_by_the_issue(world: World, notice: LinkNotice) -> LinkNotice:
    """The notice as the issue's lane would write it today.

    One that comes out of the dead-letter queue must not bring back what the issue has since taken away, and one that
    tells of a move must not undo the next: the ticket may have looked up the newer key meanwhile.
    """
    said = world.ledger.issue(notice.issue_id)
    if said.key_at > notice.key_at:
        notice = replace(notice, issue_key=said.key, key_at=said.key_at)
    if said.deleted:
        return replace(notice, change=Change.DELETED)
    not_yet_recorded = said.window is None or said.window.latest < notice.at
    if notice.change is Change.MOVED or not_yet_recorded:
        return notice
    claimed = notice.ticket_id in said.ticket_ids
    return replace(notice, change=Change.CLAIMED if claimed else Change.RELEASED)


def _said_by_a_merged_ticket(world: World, notice: LinkNotice) -> LinkNotice:
    """The notice as the lane of the ticket that was merged into this one would write it today."""
    source = world.ledger.ticket(notice.via)
    link = source.links.get(notice.issue_id)
    claimed = link is not None and bool(link.claims) and source.said.merged_into == notice.ticket_id
    return replace(notice, change=Change.CLAIMED if claimed else Change.RELEASED)
