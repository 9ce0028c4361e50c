"""The deployed stack's ledger, read as a whole: it is small on a laptop."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from linksync.core.history import HistoryLine
from linksync.core.lanes import IssueRecord, TicketLane
from linksync.core.links import Link, UnlinkPolicy
from linksync.core.messages import issue_lane, ticket_lane
from linksync.explanation.explain import explain
from linksync.explanation.ticket_snapshot import TicketSnapshot
from linksync.store.attributes import plain
from linksync.store.history_items import HISTORY, history_of
from linksync.store.ledger_items import LINK, STATED, issue_of, link_of, ticket_of
from local.aws.stack import Stack

TICKET, ISSUE = ticket_lane(""), issue_lane("")


@dataclass(frozen=True, slots=True)
class LedgerView:
    """What is recorded: links by ticket and issue id, each issue's record, and the history by ticket id."""

    lanes: Mapping[str, TicketLane] = field(default_factory=dict)
    issues: Mapping[str, IssueRecord] = field(default_factory=dict)
    history: Mapping[str, tuple[HistoryLine, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Mapping[str, Any]]) -> Self:
        """The view of these items."""
        tickets: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
        issues, history = {}, defaultdict(list)
        for item in items:
            lane = item["lane"]
            if lane.startswith(HISTORY + TICKET):
                history[lane.removeprefix(HISTORY + TICKET)].append(history_of(item))
            elif lane.startswith(TICKET):
                tickets[lane.removeprefix(TICKET)][item["record"]] = item
            elif lane.startswith(ISSUE) and item["record"] == STATED:
                issues[lane.removeprefix(ISSUE)] = issue_of(item)
        lanes = {ticket_id: _lane(ticket_id, records) for ticket_id, records in tickets.items()}
        return cls(lanes, issues, {ticket_id: tuple(lines) for ticket_id, lines in history.items()})

    def ticket(self, ticket_id: int) -> TicketLane:
        """What is recorded of a ticket."""
        return self.lanes.get(str(ticket_id), TicketLane(ticket_id=str(ticket_id)))

    def links(self) -> dict[tuple[str, str], Link]:
        """Every link by ticket and issue id."""
        return {
            (lane.ticket_id, issue_id): link for lane in self.lanes.values() for issue_id, link in lane.links.items()
        }

    def by_delivery(self) -> dict[str, list[HistoryLine]]:
        """The lines of history by the delivery that brought them about."""
        found = defaultdict(list)
        for line in (line for lines in self.history.values() for line in lines):
            found[line.delivery].append(line)
        return found

    def why(self, ticket_id: int, *, now: float, policy: UnlinkPolicy, waiting: int) -> list[str]:
        """Why the ticket's links are there, or not, as `linksync explain` says it."""
        history = self.history.get(str(ticket_id), ())
        lane = self.ticket(ticket_id)
        told = explain(
            TicketSnapshot(lane=lane, now=now, policy=policy, records=self.issues, history=history, waiting=waiting)
        )
        issues = [f"{story.issue.key or story.issue.id}: {story.why}" for story in told.issues]
        return [*told.ticket, *issues, *(f"{one.text}: {one.why}" for one in told.unresolved)]


def read_ledger(stack: Stack) -> LedgerView:
    """The ledger as it is now."""
    pages = stack.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=stack.outputs["LedgerTableName"], ConsistentRead=True)
    return LedgerView.of(plain(item) for page in found for item in page["Items"])


def _lane(ticket_id: str, records: Mapping[str, Mapping[str, Any]]) -> TicketLane:
    links = [link_of(item) for record, item in records.items() if record.startswith(LINK)]
    stated, facts = ticket_of(records.get(STATED, {}))
    return TicketLane(ticket_id=ticket_id, stated=stated, facts=facts, links={link.issue.id: link for link in links})
