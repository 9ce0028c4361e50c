"""What would happen next: the rules of both lanes, run on what is recorded and seen, and nothing done."""

from collections.abc import Mapping
from dataclasses import dataclass

from linksync.core import issue_rules, ticket_rules
from linksync.core.commands import Command
from linksync.core.field_reading import FieldReading
from linksync.core.issue import Issue
from linksync.core.known_key import with_key_read
from linksync.core.lanes import IssueRecord, TicketLane
from linksync.core.messages import IssueStatement, LifecycleEvent, LinkNotice, TicketStatement
from linksync.core.ordering import Decision, Window
from linksync.core.plans import plan
from linksync.core.ticket_notices import apply_notice
from linksync.explanation.ticket_snapshot import TicketSnapshot, VendorView


@dataclass(frozen=True, slots=True)
class Forecast:
    """`decision`: what would be made of a statement of what the field holds.  `commands` are by issue id.

    `lane` is the ticket's as it would be then.
    """

    decision: Decision
    lane: TicketLane
    commands: Mapping[str, Command]


def forecast(snapshot: TicketSnapshot) -> Forecast:
    """What would happen if both sides stated now what they are recorded or seen to hold."""
    recorded, seen = snapshot.lane, snapshot.seen
    refs = recorded.stated.refs if seen is None else seen.ticket.refs
    statement = TicketStatement(
        ticket_id=recorded.ticket_id,
        issue_keys=None if refs is None else tuple(sorted(refs)),
        at=snapshot.now,
        exact=True,
    )
    lane = recorded if seen is None else _after_looking(snapshot, seen)
    commands = {command.link.issue.id: command for command in plan(lane, snapshot.policy)}
    return Forecast(ticket_rules.decide(recorded, statement, waited=0), lane, commands)


def _after_looking(snapshot: TicketSnapshot, seen: VendorView) -> TicketLane:
    lane = snapshot.lane
    for issue_id, reading in seen.issues.items():
        for notice in _notices(snapshot, issue_id, reading):
            lane = apply_notice(lane, notice, snapshot.policy, projects=snapshot.projects)
    if not seen.ticket.found:
        return ticket_rules.is_missing(lane)
    lane = ticket_rules.is_there(lane)
    if seen.ticket.refs is None:
        return lane
    window = Window.of_reading(snapshot.now)
    return ticket_rules.replace_references(
        lane, seen.ticket.refs, window, seen.found, snapshot.policy, projects=snapshot.projects
    )


def _notices(snapshot: TicketSnapshot, issue_id: str, reading: FieldReading) -> list[LinkNotice]:
    """What the issue's lane would tell the ticket's, once it had read its field."""
    if reading.issue is None:
        return []
    before = snapshot.records.get(issue_id, IssueRecord())
    after = _after_reading(snapshot, before, reading.issue, reading.refs)
    notices = issue_rules.notices(
        issue_rules.news_for_tickets(before, after, LifecycleEvent.EDITED),
        issue=Issue(issue_id, after.key),
        key_at=after.key_at,
        at=snapshot.now,
        linked_tickets=(snapshot.lane.ticket_id,),
    )
    return [notice for notice in notices if notice.ticket_id == snapshot.lane.ticket_id]


def _after_reading(
    snapshot: TicketSnapshot, before: IssueRecord, issue: Issue, refs: tuple[str, ...] | None
) -> IssueRecord:
    statement = IssueStatement(issue_id=issue.id, issue_key=issue.key, ticket_ids=refs, at=snapshot.now, exact=False)
    window, projects = Window.of_reading(snapshot.now), snapshot.projects
    after = with_key_read(issue_rules.is_there(before), statement, issue.key, window, projects=projects)
    if refs is not None:
        after = issue_rules.replace_references(after, refs, window)
    return issue_rules.with_claims(before, after, projects)
