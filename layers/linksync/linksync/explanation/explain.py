"""Why a ticket's links are there, or not, in people's words.

    explanation = explain(TicketSnapshot(lane=ledger.ticket("5001"), now=…, policy=…, history=…))
    .ticket      sentences about the ticket and its field
    .issues      a Story for each issue: `why` in sentences, `next` (what would happen if the fields were told now)
    .unresolved  what its field names and no issue is known for, each with the reason
    .document()  the same for programs: what `linksync explain --json` prints

It has no rules of its own: what would happen next comes from the worker's rules and plan (see `forecast`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from linksync.core.history import HistoryLine
from linksync.core.issue import Issue
from linksync.explanation import sentences as words
from linksync.explanation.command_sentences import of_command
from linksync.explanation.forecast import Forecast, forecast
from linksync.explanation.ticket_snapshot import DeadDelivery, TicketSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What there is to tell of one issue.  `linked` is None where that is not known, `owner` empty without a link.

    `wanted_by` are words: ticket_field, issue_field, merged, operator.
    """

    issue: Issue
    linked: bool | None
    owner: str
    wanted_by: tuple[str, ...]
    why: str
    next: str
    history: tuple[HistoryLine, ...]

    def document(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "issue_id": self.issue.id,
            "issue_key": self.issue.key,
            "linked": self.linked,
            "owner": self.owner,
            "wanted_by": list(self.wanted_by),
            "why": self.why,
            "next": self.next,
            "history": [_line(line) for line in self.history],
        }


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A text of the ticket's field for which no issue is known."""

    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that there is to tell of one ticket.  `waiting` is about how many messages wait, of all lanes."""

    ticket_id: str
    ticket: tuple[str, ...]
    issues: tuple[Story, ...]
    unresolved: tuple[Unresolved, ...]
    waiting: int
    dead: tuple[DeadDelivery, ...]

    def document(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "ticket_id": self.ticket_id,
            "ticket": " ".join(self.ticket),
            "issues": [story.document() for story in self.issues],
            "unresolved": [asdict(one) for one in self.unresolved],
            "waiting": self.waiting,
            "dead_letters": [asdict(letter) for letter in self.dead],
        }


def explain(snapshot: TicketSnapshot) -> Explanation:
    """What is known, told.  The issues are in the order of their keys."""
    ahead = forecast(snapshot)
    issues = sorted(_issues(snapshot, ahead), key=_order)
    return Explanation(
        ticket_id=snapshot.lane.ticket_id,
        ticket=tuple(words.of_ticket(snapshot, ahead)),
        issues=tuple(_story(snapshot, ahead, issue) for issue in issues),
        unresolved=tuple(_unresolved(snapshot, ahead)),
        waiting=snapshot.waiting,
        dead=snapshot.dead,
    )


def _order(issue: Issue) -> tuple[str, int, str]:
    project, _, number = issue.key.rpartition("-")
    return project, len(number), issue.key


def _issues(snapshot: TicketSnapshot, ahead: Forecast) -> Iterable[Issue]:
    """Those that have or had a link, that would get one, that Zendesk lists, and the one that was asked for."""
    asked = {snapshot.asked.id: snapshot.asked} if snapshot.asked else {}
    if snapshot.only:
        known = (snapshot.lane.links.get(issue_id) for issue_id in asked)
        return [link.issue for link in known if link] or [issue for issue in asked.values() if issue.id]
    listed = snapshot.seen.listed if snapshot.seen else ()
    found = {issue_id: Issue(issue_id, "") for issue_id in listed}
    found |= {line.issue.id: line.issue for line in snapshot.history} | asked
    found |= {issue_id: link.issue for issue_id, link in ahead.lane.links.items()}
    return (found | {issue_id: link.issue for issue_id, link in snapshot.lane.links.items()}).values()


def _story(snapshot: TicketSnapshot, ahead: Forecast, issue: Issue) -> Story:
    link = snapshot.lane.links.get(issue.id)
    return Story(
        issue=issue,
        linked=words.linked(snapshot, issue),
        owner=link.owner.value if link else "",
        wanted_by=words.wanted_by(link.claims if link else ()),
        why=" ".join(words.of_issue(snapshot, issue)),
        next=of_command(snapshot, ahead, issue),
        history=tuple(line for line in snapshot.history if line.issue.id == issue.id),
    )


def _unresolved(snapshot: TicketSnapshot, ahead: Forecast) -> Iterator[Unresolved]:
    """Texts that nobody found, and those that nobody was asked about yet."""
    lane = snapshot.lane
    unknown = {key for key in lane.stated.refs if lane.link_meant_by(key) is None} | lane.facts.not_found
    if snapshot.only and snapshot.asked:
        unknown &= {snapshot.asked.key}
        if not snapshot.asked.id and not unknown:
            yield Unresolved(snapshot.asked.key, words.of_unknown(snapshot))
    for key in sorted(unknown):
        yield Unresolved(key, words.of_unresolved(snapshot, ahead, key))


def _line(line: HistoryLine) -> dict[str, Any]:
    return {
        "at": words.moment(line.at),
        "event": line.event.value,
        "why": line.why,
        "source": line.source,
        "delivery": line.delivery,
    }
