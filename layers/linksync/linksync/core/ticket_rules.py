"""The rules of a ticket's lane: what it says × what the ledger knows → the lane as it should be → commands.

Planning looks at the whole lane and not at the difference, so what a crash left half done is finished by whatever
message comes next.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from linksync.core.commands import (
    CarryLink,
    Command,
    CreateLink,
    DeleteLink,
    DropCarried,
    ForgetLink,
    RekeyLink,
)
from linksync.core.evidence import Verdict, Window, judge
from linksync.core.issues import Issue
from linksync.core.ledger import (
    ISSUE_CLAIM,
    Link,
    State,
    TicketLane,
    UnlinkPolicy,
    merged_claim,
)
from linksync.core.messages import Change, Life, LinkNotice, TicketStatement


@dataclass(frozen=True, slots=True)
class Found:
    """What Jira answered when asked for keys, and when it was asked."""

    issues: Mapping[str, Issue]
    at: float


def weigh(lane: TicketLane, statement: TicketStatement, *, waited: float) -> Verdict:
    """What the statement is worth.  Merges and deletions are final and need no weighing of their field."""
    if lane.said.deleted or statement.life is not Life.EDITED:
        return Verdict.STALE
    return judge(
        said=lane.said.keys if lane.said.window else None,
        said_window=lane.said.window,
        states=None if statement.issue_keys is None else frozenset(statement.issue_keys),
        window=statement.window,
        exact=statement.exact,
        waited=waited,
    )


def live(lane: TicketLane, statement: TicketStatement) -> TicketLane:
    """The lane after what happened to the ticket itself."""
    if statement.life is Life.MERGED and statement.merged_into not in ("", lane.ticket_id):
        return replace(lane, said=replace(lane.said, merged_into=statement.merged_into))
    if statement.life is Life.DELETED:
        return replace(lane, said=replace(lane.said, deleted=True, keys=frozenset(), unresolved=frozenset()))
    return lane


def confirm(lane: TicketLane, window: Window) -> TicketLane:
    """The lane after the same content was stated again."""
    known = lane.said.window
    return replace(lane, said=replace(lane.said, window=known.confirmed_by(window) if known else window))


def keys_to_find(lane: TicketLane, keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that Jira must be asked about.

    Keys that it did not know are asked again with any new one, since that costs no call, and not for their own sake.
    """
    unmeant = [key for key in sorted(set(keys)) if lane.link_meant_by(key) is None]
    if all(key in lane.said.unresolved for key in unmeant):
        return ()
    return tuple(unmeant)


def restate(
    lane: TicketLane, keys: Iterable[str], window: Window | None, found: Found, policy: UnlinkPolicy
) -> TicketLane:
    """The lane once the ticket names exactly these keys.

    `found` answers `keys_to_find`; what it lacks is unresolved.
    """
    keys = frozenset(keys)
    meant = {key: _meaning(lane, key, found) for key in sorted(keys)}
    links = dict(lane.links)
    for issue in found.issues.values():
        known = links.get(issue.id, Link(issue=issue, key_at=found.at))
        links[issue.id] = _following(known, issue, found.at, policy)
    texts = {id_: {key for key, issue in meant.items() if issue and issue.id == id_} for id_ in links}
    said = replace(
        lane.said,
        keys=keys,
        window=window,
        unresolved=frozenset(key for key, issue in meant.items() if issue is None),
    )
    return replace(lane, said=said, links={id_: link.with_texts(texts[id_]) for id_, link in links.items()})


def _meaning(lane: TicketLane, key: str, found: Found) -> Issue | None:
    link = lane.link_meant_by(key)
    return link.issue if link else found.issues.get(key)


def heed(lane: TicketLane, notice: LinkNotice, policy: UnlinkPolicy) -> TicketLane:
    """The lane after an issue's lane, or a merged ticket's, told it something."""
    issue = Issue(notice.issue_id, notice.issue_key)
    known = lane.links.get(issue.id)
    claim = merged_claim(notice.via) if notice.via else ISSUE_CLAIM
    match notice.change:
        case Change.CLAIMED:
            link = _following(known, issue, notice.key_at, policy) if known else Link(issue=issue, key_at=notice.key_at)
            return lane.with_link(replace(link, claims=link.claims | {claim}))
        case Change.RELEASED if known:
            return lane.with_link(replace(known, claims=known.claims - {claim}))
        case Change.MOVED if known:
            return lane.with_link(_following(known, issue, notice.key_at, policy))
        case Change.DELETED if known:
            said = replace(lane.said, unresolved=lane.said.unresolved | known.texts)
            state = State.ORPHANED if known.state is State.CARRIED else known.state
            return replace(lane, said=said).with_link(replace(known, claims=frozenset(), state=state))
    return lane


def _following(link: Link, issue: Issue, key_at: float, policy: UnlinkPolicy) -> Link:
    """The link as it must be when its issue bore this key at `key_at`, unless a later key is known."""
    if key_at <= link.key_at:
        return link
    state = link.state
    if issue.key != link.issue.key:
        if link.may_exist and policy.allows(link.owner):
            state = State.REKEYING  # a link that we may not delete keeps its old key at Zendesk
        if state is State.CARRIED:
            state = State.PLANNED  # to be carried again, under the new key
    return replace(link, issue=issue, key_at=key_at, state=state)


def plan(lane: TicketLane, policy: UnlinkPolicy) -> tuple[Command, ...]:
    """The commands that make the links what the lane says they should be; () when they are."""
    commands = (_command(lane, link, policy) for link in lane.links.values())
    return tuple(command for command in commands if command is not None)


def _command(lane: TicketLane, link: Link, policy: UnlinkPolicy) -> Command | None:
    wanted = bool(link.claims) and not lane.said.deleted
    if lane.said.merged_into and not lane.said.deleted:
        return _command_when_merged(link, lane.said.merged_into, wanted, policy)
    if not wanted:
        return DeleteLink(link) if link.may_exist and policy.allows(link.owner) else ForgetLink(link)
    match link.state:
        case State.LINKED:
            return None
        case State.REKEYING:
            return RekeyLink(link)
        case _:
            return CreateLink(link)


def _command_when_merged(link: Link, target: str, wanted: bool, policy: UnlinkPolicy) -> Command | None:
    ours = link.may_exist and policy.allows(link.owner)
    match wanted, link.state:
        case True, State.CARRIED:
            return None
        case True, _:
            return CarryLink(link, target, unlink=ours)
        case False, State.CARRIED:
            return DropCarried(link, target, Change.RELEASED)
        case False, State.ORPHANED:
            return DropCarried(link, target, Change.DELETED)
        case _:
            return DeleteLink(link) if ours else ForgetLink(link)
