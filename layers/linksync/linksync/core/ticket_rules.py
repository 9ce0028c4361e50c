"""The rules of a ticket's lane: what it states × what the ledger knows → the lane as it should be.

What must be done for that is planned by `plans`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.links import (
    Link,
    LinkState,
    Owner,
    UnlinkPolicy,
)
from linksync.core.messages import (
    LifecycleEvent,
    TicketStatement,
)
from linksync.core.ordering import (
    ALIVE_AFTER_ALL,
    DELETED_BEFORE,
    OLDER,
    Action,
    Decision,
    Window,
    classify,
)
from linksync.core.projects import ALL_PROJECTS, ProjectList
from linksync.core.rekeying import following

_LIFECYCLE_ONLY = Decision(Action.IGNORE, "it tells of a merge or a deletion, and nothing of the field")


@dataclass(frozen=True, slots=True)
class FoundIssues:
    """What Jira answered when asked for keys, and when it was asked.

    `not_asked` are those that there was no time to ask about: nothing is known of them.
    """

    issues: Mapping[str, Issue]
    at: float
    not_asked: frozenset[str] = field(default=frozenset())


def decide(lane: TicketLane, statement: TicketStatement, *, waited: float) -> Decision:
    """What to do with the statement, which waited so many seconds in the queue.

    Whatever is stated after a deletion is a reason to read the ticket.
    """
    known = lane.stated.window
    older = known is not None and statement.window.is_before(known)
    if statement.lifecycle is LifecycleEvent.DELETED:
        return DELETED_BEFORE if older and not lane.facts.deleted else _LIFECYCLE_ONLY
    if statement.lifecycle is not LifecycleEvent.EDITED:
        return _LIFECYCLE_ONLY
    if lane.facts.deleted:
        return OLDER if older else ALIVE_AFTER_ALL
    return classify(
        stated=None if statement.issue_keys is None else frozenset(statement.issue_keys),
        window=statement.window,
        exact=statement.exact,
        known=lane.stated.refs,
        known_window=known,
        waited=waited,
    )


def apply_lifecycle(lane: TicketLane, statement: TicketStatement) -> TicketLane:
    """The lane after what happened to the ticket itself."""
    match statement.lifecycle:
        case LifecycleEvent.MERGED if statement.merged_into not in ("", lane.ticket_id):
            return replace(lane, facts=replace(lane.facts, merged_into=statement.merged_into))
        case LifecycleEvent.DELETED:
            facts = replace(lane.facts, deleted=True, not_found=frozenset())
            window = statement.window.unless_before(lane.stated.window)
            stated = replace(lane.stated, refs=frozenset(), window=window)
            links = {issue_id: link.with_texts(()) for issue_id, link in lane.links.items()}
            return replace(lane, facts=facts, stated=stated, links=links)
    return lane


def is_there(lane: TicketLane) -> TicketLane:
    """The lane of a ticket that was seen to exist."""
    return replace(lane, facts=replace(lane.facts, missing=False, deleted=False))


def is_missing(lane: TicketLane) -> TicketLane:
    """The lane of a ticket that Zendesk does not know: remembered, and nothing is taken away."""
    return replace(lane, facts=replace(lane.facts, missing=True))


def keys_to_find(lane: TicketLane, keys: Iterable[str], *, again: bool = False) -> tuple[str, ...]:
    """The keys that Jira must be asked about.

    Keys that it did not know are asked again behind any new one, and for their own sake only when told to (`again`).
    """
    unmeant = {key for key in keys if lane.link_meant_by(key) is None}
    new = unmeant - lane.facts.not_found
    return (*sorted(new), *sorted(unmeant - new)) if new or again else ()


def replace_references(
    lane: TicketLane,
    keys: Iterable[str],
    window: Window | None,
    found: FoundIssues,
    policy: UnlinkPolicy,
    *,
    projects: ProjectList = ALL_PROJECTS,
) -> TicketLane:
    """The lane once the ticket names exactly these keys.

    `found` answers `keys_to_find`; what it lacks is not found, unless nobody was asked.
    """
    keys = frozenset(keys)
    issues = {key: issue for key, issue in found.issues.items() if projects.includes(issue.key)}
    meant = {key: _meaning(lane, key, issues, projects) for key in sorted(keys)}
    links = dict(lane.links)
    for issue in issues.values():
        known = links.get(issue.id, Link(issue=issue, key_at=found.at))
        links[issue.id] = following(known, issue, found.at, policy)
    texts = {id_: {key for key, issue in meant.items() if issue and issue.id == id_} for id_ in links}
    not_found = frozenset(key for key, issue in meant.items() if issue is None) - found.not_asked
    return replace(
        lane,
        stated=replace(lane.stated, refs=keys, window=window),
        facts=replace(lane.facts, not_found=not_found, reference_notices=lane.facts.reference_notices.only(not_found)),
        links={id_: link.with_texts(texts[id_]) for id_, link in links.items()},
    )


def _meaning(lane: TicketLane, key: str, issues: Mapping[str, Issue], projects: ProjectList) -> Issue | None:
    link = lane.link_meant_by(key)
    if link is None:
        return issues.get(key)
    # A text that claims its link goes on doing so when the list is made shorter; none begins to outside of it.
    return link.issue if key in link.texts or projects.includes(link.issue.key) else None


def adopt_linked(lane: TicketLane, issue_ids: Collection[str]) -> TicketLane:
    """The lane once the Links API was seen to list these links: what is planned for one of them is there already."""
    links = {
        issue_id: replace(link, state=LinkState.LINKED, owner=Owner.ADOPTED)
        if issue_id in issue_ids and link.state is LinkState.PLANNED
        else link
        for issue_id, link in lane.links.items()
    }
    return replace(lane, links=links)
