"""Why a lane is looked at again, by what the ledger recorded of it."""

from dataclasses import dataclass

from linksync.core.checkpoints import Look
from linksync.core.lanes import IssueRecord, TicketFacts
from linksync.core.messages import issue_lane, ticket_lane
from linksync.reconciler.findings import Finding, Statement, reread_issue, reread_ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What a lane misses: keys and ids that Jira did not know, and tickets that Zendesk did not know.

    `reread`: it is to read its field again in any case.
    """

    lane: str
    issues: frozenset[str] = frozenset()
    tickets: frozenset[str] = frozenset()
    statement: Statement
    since: float
    reread: bool

    @property
    def missing(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.issues or self.tickets)

    def finding(self) -> Finding:
        """What its lane is told once something that it misses is there."""
        return Finding(lane=self.lane, difference=f"look since {self.since!r}", statements=(self.statement,))


def ticket_reason(look: Look, facts: TicketFacts, *, now: float) -> Reason:
    """Why a ticket's lane is looked at."""
    ticket_id = look.lane.removeprefix(ticket_lane(""))
    return Reason(
        lane=look.lane,
        issues=facts.not_found,
        tickets=frozenset({ticket_id}) if facts.missing else frozenset(),
        statement=reread_ticket(ticket_id, now=now, look_up=True),
        since=look.since,
        reread=look.reread,
    )


def issue_reason(look: Look, record: IssueRecord, *, now: float) -> Reason:
    """Why an issue's lane is looked at."""
    issue_id = look.lane.removeprefix(issue_lane(""))
    return Reason(
        lane=look.lane,
        issues=frozenset({issue_id}) if record.missing else frozenset(),
        tickets=record.not_found,
        statement=reread_issue(issue_id, record.key, now=now, look_up=bool(record.not_found)),
        since=look.since,
        reread=look.reread,
    )
