"""The rules of a ticket's lane: what it states × what the ledger knows → the lane as it should be → commands.

Planning looks at the whole lane and not at the difference, so what a crash left half done is finished by whatever
message comes next.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from linksync.core.commands import (
    Command,
    CreateLink,
    DeleteLink,
    ForgetLink,
    RekeyLink,
    TransferLink,
    WithdrawTransfer,
)
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState, UnlinkPolicy, merged_claim
from linksync.core.messages import LifecycleEvent, LinkNotice, NoticeKind, TicketStatement
from linksync.core.ordering import Action, Decision, Window, classify


@dataclass(frozen=True, slots=True)
class Found:
    """What Jira answered when asked for keys, and when it was asked."""

    issues: Mapping[str, Issue]
    at: float


_LIFECYCLE_ONLY = Decision(Action.IGNORE, "it tells of a merge or a deletion, and nothing of the field")
_DELETED = Decision(Action.IGNORE, "the ticket is deleted for good")


def decide(lane: TicketLane, statement: TicketStatement, *, waited: float) -> Decision:
    """What to do with the statement, which waited so many seconds in the queue."""
    if lane.facts.deleted:
        return _DELETED
    if statement.lifecycle is not LifecycleEvent.EDITED:
        return _LIFECYCLE_ONLY
    return classify(
        stated=None if statement.issue_keys is None else frozenset(statement.issue_keys),
        window=statement.window,
        exact=statement.exact,
        known=lane.stated.refs,
        known_window=lane.stated.window,
        waited=waited,
    )


def apply_lifecycle(lane: TicketLane, statement: TicketStatement) -> TicketLane:
    """The lane after what happened to the ticket itself."""
    match statement.lifecycle:
        case LifecycleEvent.MERGED if statement.merged_into not in ("", lane.ticket_id):
            return replace(lane, facts=replace(lane.facts, merged_into=statement.merged_into))
        case LifecycleEvent.DELETED:
            facts = replace(lane.facts, deleted=True, not_found=frozenset())
            return replace(lane, facts=facts, stated=replace(lane.stated, refs=frozenset()))
    return lane


def keys_to_find(lane: TicketLane, keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that Jira must be asked about.

    Keys that it did not know are asked again with any new one, since that costs no call, and not for their own sake.
    """
    unmeant = [key for key in sorted(set(keys)) if lane.link_meant_by(key) is None]
    if all(key in lane.facts.not_found for key in unmeant):
        return ()
    return tuple(unmeant)


def replace_references(
    lane: TicketLane, keys: Iterable[str], window: Window | None, found: Found, policy: UnlinkPolicy
) -> TicketLane:
    """The lane once the ticket names exactly these keys.

    `found` answers `keys_to_find`; what it lacks is not found.
    """
    keys = frozenset(keys)
    meant = {key: _meaning(lane, key, found) for key in sorted(keys)}
    links = dict(lane.links)
    for issue in found.issues.values():
        known = links.get(issue.id, Link(issue=issue, key_at=found.at))
        links[issue.id] = _following(known, issue, found.at, policy)
    texts = {id_: {key for key, issue in meant.items() if issue and issue.id == id_} for id_ in links}
    not_found = frozenset(key for key, issue in meant.items() if issue is None)
    return replace(
        lane,
        stated=FieldRecord(keys, window),
        facts=replace(lane.facts, not_found=not_found),
        links={id_: link.with_texts(texts[id_]) for id_, link in links.items()},
    )


def _meaning(lane: TicketLane, key: str, found: Found) -> Issue | None:
    link = lane.link_meant_by(key)
    return link.issue if link else found.issues.get(key)


def apply_notice(lane: TicketLane, notice: LinkNotice, policy: UnlinkPolicy) -> TicketLane:
    """The lane after an issue's lane, or a merged ticket's, told it something."""
    issue = Issue(notice.issue_id, notice.issue_key)
    known = lane.links.get(issue.id)
    claim = merged_claim(notice.via) if notice.via else ISSUE_CLAIM
    match notice.kind:
        case NoticeKind.CLAIMED:
            link = _following(known, issue, notice.key_at, policy) if known else Link(issue=issue, key_at=notice.key_at)
            return lane.with_link(replace(link, claims=link.claims | {claim}))
        case NoticeKind.RELEASED if known:
            return lane.with_link(replace(known, claims=known.claims - {claim}))
        case NoticeKind.MOVED if known:
            return lane.with_link(_following(known, issue, notice.key_at, policy))
        case NoticeKind.DELETED if known:
            facts = replace(lane.facts, not_found=lane.facts.not_found | known.texts)
            state = LinkState.ORPHANED if known.state is LinkState.TRANSFERRED else known.state
            return replace(lane, facts=facts).with_link(replace(known, claims=frozenset(), state=state))
    return lane


def _following(link: Link, issue: Issue, key_at: float, policy: UnlinkPolicy) -> Link:
    """The link as it must be when its issue bore this key at `key_at`, unless a later key is known."""
    if key_at <= link.key_at:
        return link
    state = link.state
    if issue.key != link.issue.key:
        if link.may_exist and policy.allows(link.owner):
            state = LinkState.REKEYING  # a link that we may not delete keeps its old key at Zendesk
        if state is LinkState.TRANSFERRED:
            state = LinkState.PLANNED  # to be carried again, under the new key
    return replace(link, issue=issue, key_at=key_at, state=state)


def plan(lane: TicketLane, policy: UnlinkPolicy) -> tuple[Command, ...]:
    """The commands that make the links what the lane says they should be; () when they are."""
    commands = (_command(lane, link, policy) for link in lane.links.values())
    return tuple(command for command in commands if command is not None)


def _command(lane: TicketLane, link: Link, policy: UnlinkPolicy) -> Command | None:
    wanted = bool(link.claims) and not lane.facts.deleted
    if lane.facts.merged_into and not lane.facts.deleted:
        return _command_when_merged(link, lane.facts.merged_into, wanted, policy)
    if not wanted:
        return DeleteLink(link) if link.may_exist and policy.allows(link.owner) else ForgetLink(link)
    match link.state:
        case LinkState.LINKED:
            return None
        case LinkState.REKEYING:
            return RekeyLink(link)
        case _:
            return CreateLink(link)


def _command_when_merged(link: Link, target: str, wanted: bool, policy: UnlinkPolicy) -> Command | None:
    ours = link.may_exist and policy.allows(link.owner)
    match wanted, link.state:
        case True, LinkState.TRANSFERRED:
            return None
        case True, _:
            return TransferLink(link, target, unlink=ours)
        case False, LinkState.TRANSFERRED:
            return WithdrawTransfer(link, target, NoticeKind.RELEASED)
        case False, LinkState.ORPHANED:
            return WithdrawTransfer(link, target, NoticeKind.DELETED)
        case _:
            return DeleteLink(link) if ours else ForgetLink(link)
