"""The sentences of an explanation.  Each is short, and stands when it is read aloud."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from linksync.core.history import Event, HistoryLine
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord
from linksync.core.links import Link, LinkState
from linksync.core.ordering import CLOCK_SKEW, Action, Window
from linksync.explanation.forecast import Forecast
from linksync.explanation.link_sentences import of_claims, of_link, of_owner
from linksync.explanation.ticket_snapshot import TicketSnapshot

_SOURCES = {
    "zendesk_trigger": "Zendesk's trigger",
    "zendesk_event": "Zendesk's event subscription",
    "jira_webhook": "Jira's webhook",
    "jira_automation": "Jira automation",
    "reconciler": "the reconciler",
    "backfill": "a backfill",
    "operator": "an operator's command",
}
_DECIDED = {
    Action.BELIEVE: "would believe it",
    Action.CONFIRM: "would not read the field",
    Action.REREAD: "would read the field before it believes anything",
    Action.IGNORE: "would ignore it",
}
_HAPPENED = {
    Event.MADE: "linksync made it",
    Event.ADOPTED: "linksync adopted it",
    Event.REMOVED: "linksync removed it",
    Event.ABSENT: "linksync was to remove it, and it was not there",
    Event.REFUSED: "Zendesk refused a call",
    Event.REKEYED: "it was made again under its issue's new key",
    Event.TRANSFERRED: "it was handed to the ticket that this one was merged into",
    Event.UNLINKED: "it counts as removed by hand",
    Event.FORGOTTEN: "linksync forgot it, and left the link in Zendesk as it was",
    Event.TICKET_MISSING: "it could not be made",
}
_THERE = frozenset({LinkState.LINKED, LinkState.REKEYING, LinkState.UNLINKING, LinkState.SEEN})
_NOT_KNOWN = frozenset({LinkState.CREATING, LinkState.MOVING, LinkState.DELETING})
_CLAIMS = {"ticket": "ticket_field", "issue": "issue_field", "merged": "merged", "operator": "operator"}


def moment(at: float) -> str:
    """`2026-11-25 00:40:12 UTC`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def of_source(source: str) -> str:
    """Who told something."""
    return _SOURCES.get(source, source or "an earlier version")


def of_line(line: HistoryLine) -> str:
    """A line of history, without its time."""
    return f"{_HAPPENED[line.event]}: {line.why} ({of_source(line.source)}, delivery {line.delivery[:12]})"


def linked(snapshot: TicketSnapshot, issue: Issue) -> bool | None:
    """Whether the ticket is linked with the issue, as seen or else as recorded; None where that is not known."""
    if snapshot.seen is not None:
        return issue.id in snapshot.seen.listed
    link = snapshot.lane.links.get(issue.id)
    if link is None:
        last = _last(snapshot, issue)
        return None if last and last.event is Event.FORGOTTEN else False
    return None if link.state in _NOT_KNOWN else link.state in _THERE


def wanted_by(claims: Iterable[str]) -> tuple[str, ...]:
    """Who wants a link, in words for programs."""
    found = {_CLAIMS[claim.partition(":")[0]] for claim in claims}
    return tuple(word for word in _CLAIMS.values() if word in found)


def of_ticket(snapshot: TicketSnapshot, ahead: Forecast) -> Iterator[str]:
    """What its field states, what is known of the ticket, and what the same statement would be worth now."""
    lane, seen = snapshot.lane, snapshot.seen
    yield _stated("Its field", "issue", lane.stated)
    if lane.facts.deleted:
        yield "Zendesk told that the ticket is deleted for good, so its links go."
    elif lane.facts.merged_into:
        yield f"It was merged into ticket {lane.facts.merged_into}, which has what it named."
    if lane.facts.missing:
        yield "Zendesk did not know the ticket when it was last asked; the reconciler looks again."
    if seen is not None and not seen.ticket.found:
        yield "Zendesk does not know the ticket now; nothing is taken away for that."
    elif seen is not None and seen.ticket.refs is None:
        yield "Read just now, the ticket does not show the field; nothing is taken away for that."
    elif seen is not None:
        yield f"Read just now, its field names {_listed(seen.ticket.refs or (), 'issue')}."
    if lane.stated.window is not None or seen is not None:
        yield f"If that were told again now, linksync {_DECIDED[ahead.decision.action]}: {ahead.decision.reason}."


def of_issue(snapshot: TicketSnapshot, issue: Issue) -> Iterator[str]:
    """Why the ticket is linked with the issue, or not."""
    link = snapshot.lane.links.get(issue.id)
    if link is None:
        yield from _of_no_link(snapshot, issue)
    else:
        yield of_link(link, snapshot.lane.facts, moment)
        yield of_claims(link, snapshot.lane.facts)
        if owner := of_owner(link, snapshot.policy):
            yield owner
        yield from _against_the_list(snapshot, link)
    yield from _of_record(snapshot, issue)


def of_unresolved(snapshot: TicketSnapshot, ahead: Forecast, key: str) -> str:
    """Why no issue is known for this text."""
    if found := ahead.lane.link_meant_by(key):
        return f"Jira knows it now, as {found.issue.key}: it is linked once the field is read."
    if key in snapshot.lane.facts.not_found:
        within = ", or only outside ProjectKeys," if snapshot.projects else ""
        return f"Jira did not know it{within} when it was last asked; the reconciler looks again."
    return "It was not looked up yet: the next message of the ticket does that."


def of_unknown(snapshot: TicketSnapshot) -> str:
    """Why nothing is told of a key that was asked for."""
    if snapshot.seen is not None:
        return "The ticket's field does not name it, and Jira does not know it."
    return "The ticket's field does not name it, and nothing is recorded of it; --now asks Jira."


def _of_no_link(snapshot: TicketSnapshot, issue: Issue) -> Iterator[str]:
    last = _last(snapshot, issue)
    if snapshot.seen is not None and issue.id in snapshot.seen.listed:
        yield "Zendesk lists the link, and the ledger does not know it: somebody else made it, and nothing names it."
    elif last is None:
        yield "It is not linked, and nothing names it."
    elif last.event is Event.FORGOTTEN:
        yield "Nothing names it; it was not linksync's to remove, so Zendesk may still show it."
    else:
        yield "It is not linked, and nothing names it any more."
    if last is not None:
        yield f"At {moment(last.at)} {_HAPPENED[last.event]}: {last.why.rstrip('.')}."


def _against_the_list(snapshot: TicketSnapshot, link: Link) -> Iterator[str]:
    if snapshot.seen is None or link.state is not LinkState.LINKED or link.issue.id in snapshot.seen.listed:
        return
    yield (
        "Zendesk does not list it now: somebody removed it by hand, and linksync leaves it so."
        " It comes back when a reference is written anew, or by `linksync link`."
    )


def _of_record(snapshot: TicketSnapshot, issue: Issue) -> Iterator[str]:
    record = snapshot.records.get(issue.id)
    if not snapshot.projects.includes(issue.key):
        yield "ProjectKeys leaves out its project, so what its field names does not count."
    if record is None:
        return
    if record.deleted:
        yield "Jira told that the issue is deleted."
    elif record.missing:
        yield "Jira did not know the issue when it was last asked; nothing is taken away for that."
    if record.stated.window is not None and not record.deleted:
        yield _stated("The issue's field", "ticket", record.stated)


def _stated(whose: str, what: str, stated: FieldRecord) -> str:
    if stated.window is None:
        return "No delivery has told of its field yet; the first one is believed."
    delivery = f" (delivery {stated.delivery[:12]})" if stated.delivery else ""
    who = of_source(stated.source)
    return f"{whose} names {_listed(stated.refs, what)}: {who} told so {_when(stated.window)}{delivery}."


def _when(window: Window) -> str:
    spread = window.latest - window.earliest
    if spread <= 2 * CLOCK_SKEW:
        return f"{'at about' if spread else 'at'} {moment((window.earliest + window.latest) / 2)}"
    return f"between {moment(window.earliest)} and {moment(window.latest)}"


def _listed(refs: Collection[str], what: str) -> str:
    names = sorted(refs, key=lambda ref: (ref.rpartition("-")[0], len(ref), ref))
    if not names:
        return f"no {what}"
    shown, more = names[:20], len(names) - 20
    last = f"{more} more" if more > 0 else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last


def _last(snapshot: TicketSnapshot, issue: Issue) -> HistoryLine | None:
    return next((line for line in reversed(snapshot.history) if line.issue.id == issue.id), None)
