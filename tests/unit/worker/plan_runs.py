"""One run of a plan on a lane that a test writes down, over the stack's fakes."""

from collections.abc import Mapping
from dataclasses import replace

from linksync.core.issue import Issue
from linksync.core.lanes import TicketFacts, TicketLane
from linksync.core.links import Link, LinkState
from linksync.core.messages import Envelope, TicketStatement
from linksync.core.ordering import Window
from linksync.worker.apply_plan import PlanApplication
from linksync.worker.run_log import RunLog
from tests.unit.worker.stack import START, Stack

ISSUES = {"10001": "PROJ-1", "10002": "PROJ-2", "10003": "OPS-3", "10004": "OPS-4"}


def a_link(issue_id: str, state: LinkState, **more: object) -> Link:
    wanted = state not in (LinkState.DELETING, LinkState.SEEN)
    claims = frozenset({f"ticket:{ISSUES[issue_id]}"} if wanted else ())
    return replace(Link(issue=Issue(issue_id, ISSUES[issue_id]), claims=claims, state=state), **more)


def a_lane(*links: Link, **facts: bool) -> TicketLane:
    lane = TicketLane(ticket_id="5001", facts=TicketFacts(**facts), links={link.issue.id: link for link in links})
    return replace(lane, stated=replace(lane.stated, refs=frozenset({"PROJ-1"}), window=Window.of_change(START)))


def apply(
    stack: Stack,
    lane: TicketLane,
    recorded: Mapping[str, Link] | None = None,
    *,
    complete: bool = True,
    seconds_left: float = 30.0,
    at: float = START,
    source: str = "test",
) -> None:
    """One run of delivery d1 on this lane, of which these links and nothing else were recorded before."""
    statement = TicketStatement(ticket_id="5001", issue_keys=(), at=at, exact=True)
    envelope = Envelope(delivery="d1", correlation_id="c", source=source, received_at=START, payload=statement)
    deps = stack._dependencies(RunLog(), lambda: seconds_left)
    PlanApplication(deps, envelope, TicketLane(ticket_id="5001", links=recorded or {})).run(lane, complete=complete)


def states(stack: Stack) -> dict[str, LinkState]:
    return {issue_id: link.state for issue_id, link in stack.lane().links.items()}
