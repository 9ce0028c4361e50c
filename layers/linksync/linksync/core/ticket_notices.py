"""What others tell a ticket's lane of one link: its issue's lane, a merged ticket's, or an operator."""

from dataclasses import replace

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.links import (
    ISSUE_CLAIM,
    OPERATOR_CLAIM,
    Link,
    LinkState,
    Owner,
    UnlinkPolicy,
    merged_claim,
    ticket_claim,
)
from linksync.core.messages import LinkNotice, NoticeKind, OperatorAction, OperatorCommand
from linksync.core.projects import ALL_PROJECTS, ProjectList
from linksync.core.rekeying import following
from linksync.core.ticket_rules import adopt_linked


def apply_notice(
    lane: TicketLane, notice: LinkNotice, policy: UnlinkPolicy, *, projects: ProjectList = ALL_PROJECTS
) -> TicketLane:
    """The lane after an issue's lane, or a merged ticket's, told it something."""
    issue = Issue(notice.issue_id, notice.issue_key)
    known = lane.links.get(issue.id)
    claim = merged_claim(notice.via) if notice.via else ISSUE_CLAIM
    match notice.kind:
        case NoticeKind.CLAIMED:
            link = following(known, issue, notice.key_at, policy) if known else Link(issue=issue, key_at=notice.key_at)
            lane = lane.with_link(link.with_claims(link.claims | {claim}))
            return adopt_linked(lane, {issue.id} if notice.seen else ())
        case NoticeKind.RELEASED if known:
            return lane.with_link(known.with_claims(known.claims - {claim}))
        case NoticeKind.MOVED:
            return _moved(lane, notice, policy, projects)
        case NoticeKind.DELETED if known:
            facts = replace(lane.facts, not_found=lane.facts.not_found | known.texts)
            state = LinkState.ORPHANED if known.state is LinkState.TRANSFERRED else known.state
            return replace(lane, facts=facts).with_link(replace(known, claims=frozenset(), state=state))
    return lane


def _moved(lane: TicketLane, notice: LinkNotice, policy: UnlinkPolicy, projects: ProjectList) -> TicketLane:
    """The lane after an issue got another key: out of the projects that count, into them, or within."""
    issue = Issue(notice.issue_id, notice.issue_key)
    known = lane.links.get(issue.id)
    if (
        known
        and notice.key_at > known.key_at
        and not projects.includes(issue.key)
        and projects.includes(known.issue.key)
    ):
        facts = replace(lane.facts, not_found=lane.facts.not_found | known.texts)
        gone = replace(known, key_at=notice.key_at, claims=frozenset())
        return replace(lane, facts=facts).with_link(gone)
    moved = following(known, issue, notice.key_at, policy) if known else None
    if issue.key in lane.facts.not_found and issue.key in lane.stated.refs and projects.includes(issue.key):
        # The field names it by a key that nobody knew until now.
        facts = replace(lane.facts, not_found=lane.facts.not_found - {issue.key})
        lane, moved = replace(lane, facts=facts), moved or Link(issue=issue, key_at=notice.key_at)
        moved = moved.with_claims(moved.claims | {ticket_claim(issue.key)})
    return lane.with_link(moved) if moved else lane


def apply_command(lane: TicketLane, command: OperatorCommand, policy: UnlinkPolicy) -> TicketLane:
    """The lane after an operator's command.  What it may not do is left undone."""
    issue = Issue(command.issue_id, command.issue_key)
    known = lane.links.get(issue.id)
    link = following(known, issue, command.at, policy) if known else Link(issue=issue, key_at=command.at)
    match command.action:
        case OperatorAction.LINK:
            again = replace(link, claims=link.claims - {OPERATOR_CLAIM})
            lane = lane.with_link(again.with_claims(link.claims | {OPERATOR_CLAIM}))
            return adopt_linked(lane, {issue.id} if command.seen else ())
        case OperatorAction.UNLINK if known:
            kept = replace(known, claims=known.claims - {OPERATOR_CLAIM})
            ours = known.may_exist and policy.allows(known.owner)
            return lane.with_link(replace(kept, state=LinkState.UNLINKING) if ours else kept)
        case OperatorAction.RELINK if known and known.state in (LinkState.LINKED, LinkState.UNLINKED):
            return lane.with_link(replace(link, state=LinkState.PLANNED, owner=Owner.LINKSYNC, refusal=None))
        case OperatorAction.ADOPT if known is None or known.state in (LinkState.PLANNED, LinkState.UNLINKED):
            state = LinkState.LINKED if link.claims else LinkState.SEEN
            return lane.with_link(replace(link, state=state, owner=Owner.ADOPTED, refusal=None))
        case OperatorAction.REKEY if known and known.may_exist and policy.allows(known.owner):
            return lane.with_link(replace(link, state=LinkState.REKEYING))
        case OperatorAction.RENUMBER if known:
            return lane.with_link(replace(known, link_id=""))
    return lane
