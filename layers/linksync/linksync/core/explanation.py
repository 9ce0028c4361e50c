"""Why a ticket's links are there, or not, in people's words.

    told = explain(Evidence(lane=ledger.ticket("5001"), now=…, policy=…, records=…, history=ledger.history("5001")))
    told.ticket      sentences about the ticket and its field
    told.issues      a Story for each issue: `why` in sentences, `next` (what would happen if the fields were told now)
    told.unresolved  what its field names and no issue is known for, each with the reason
    told.document()  the same for programs: what `linksync explain --json` prints

It judges nothing: what would happen next comes from the rules and the plan themselves (see `forecast`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from linksync.core import explanation_words as words
from linksync.core.command_words import of_command
from linksync.core.evidence import DeadDelivery, Evidence
from linksync.core.forecast import Forecast, forecast
from linksync.core.history import HistoryLine
from linksync.core.issue import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One issue's.  `linked` is None where it is not known; `owner` is empty where there is no link.

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
        """For programs."""
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
        """For programs."""
        return {
            "ticket_id": self.ticket_id,
            "ticket": " ".join(self.ticket),
            "issues": [story.document() for story in self.issues],
            "unresolved": [asdict(one) for one in self.unresolved],
            "waiting": self.waiting,
            "dead_letters": [asdict(letter) for letter in self.dead],
        }


def explain(evidence: Evidence) -> Explanation:
    """What is known, told.  The issues are in the order of their keys."""
    ahead = forecast(evidence)
    issues = sorted(_issues(evidence, ahead), key=_order)
    return Explanation(
        ticket_id=evidence.lane.ticket_id,
        ticket=tuple(words.of_ticket(evidence, ahead)),
        issues=tuple(_story(evidence, ahead, issue) for issue in issues),
        unresolved=tuple(_unresolved(evidence, ahead)),
        waiting=evidence.waiting,
        dead=evidence.dead,
    )


def _order(issue: Issue) -> tuple[str, int, str]:
    project, _, number = issue.key.rpartition("-")
    return project, len(number), issue.key


def _issues(evidence: Evidence, ahead: Forecast) -> Iterable[Issue]:
    """Those that have or had a link, that would get one, that Zendesk lists, and the one that was asked for."""
    asked = {evidence.asked.id: evidence.asked} if evidence.asked else {}
    if evidence.only:
        known = evidence.lane.links.get(*asked) if asked else None
        return [known.issue] if known else asked.values()
    listed = evidence.seen.listed if evidence.seen else ()
    found = {issue_id: Issue(issue_id, "") for issue_id in listed}
    found |= {line.issue.id: line.issue for line in evidence.history} | asked
    found |= {issue_id: link.issue for issue_id, link in ahead.lane.links.items()}
    return (found | {issue_id: link.issue for issue_id, link in evidence.lane.links.items()}).values()


def _story(evidence: Evidence, ahead: Forecast, issue: Issue) -> Story:
    link = evidence.lane.links.get(issue.id)
    return Story(
        issue=issue,
        linked=words.linked(evidence, issue),
        owner=link.owner.value if link else "",
        wanted_by=words.wanted_by(link.claims if link else ()),
        why=" ".join(words.of_issue(evidence, issue)),
        next=of_command(evidence, ahead, issue),
        history=tuple(line for line in evidence.history if line.issue.id == issue.id),
    )


def _unresolved(evidence: Evidence, ahead: Forecast) -> Iterator[Unresolved]:
    """Texts that nobody found, and those that nobody was asked about yet."""
    lane = evidence.lane
    unknown = {key for key in lane.stated.refs if lane.link_meant_by(key) is None} | lane.facts.not_found
    for key in sorted(unknown):
        yield Unresolved(key, words.of_unresolved(evidence, ahead, key))


def _line(line: HistoryLine) -> dict[str, Any]:
    return {
        "at": words.moment(line.at),
        "event": line.event.value,
        "why": line.why,
        "source": line.source,
        "delivery": line.delivery,
    }
