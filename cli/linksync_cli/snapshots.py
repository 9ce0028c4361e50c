"""What an explanation goes by, gathered from the stack: ledger, history, both queues, and the vendors if asked."""

import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.messages import issue_lane
from linksync.core.ticket_rules import FoundIssues, keys_to_find
from linksync.explanation.ticket_snapshot import DeadDelivery, TicketSnapshot, VendorView
from linksync.store.ledger import DynamoDbLedger
from linksync.store.queue_depth import waiting
from linksync_cli.failures import WrongUsage
from linksync_cli.redriving import dead_letter_queue, name_of
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors

_MOST_READ = 20
"""Issues whose fields are read for one explanation."""


def ticket_id_of(text: str) -> str:
    """The number of a ticket as an operator writes it.  Raises WrongUsage."""
    ticket_id = text.strip().removeprefix("#")
    if not (ticket_id.isascii() and ticket_id.isdigit()):
        raise WrongUsage("ticket", f"{text} is no ticket number.", "Give it as Zendesk shows it, such as 5001.")
    return ticket_id


class Snapshots:
    """Gathers what is known of one ticket.  Raises the clients' errors and those of `linksync.errors`."""

    def __init__(self, stack: Stack, vendors: StackVendors) -> None:
        self._stack, self._vendors = stack, vendors
        self._ledger = DynamoDbLedger(stack.aws.client("dynamodb"), stack.output("LedgerTableName"))

    def of(self, ticket_id: str, issue: str = "") -> TicketSnapshot:
        """What is recorded of a ticket; `issue`, a key or an id, leaves out all others."""
        lane, history = self._ledger.ticket(ticket_id), self._ledger.history(ticket_id)
        known = {line.issue.id: line.issue for line in history}
        known |= {issue_id: link.issue for issue_id, link in lane.links.items()}
        asked = _asked(lane, known.values(), issue.upper()) if issue else None
        ids = [asked.id] if asked else list(known)
        lanes = {f"ticket#{ticket_id}", *(issue_lane(issue_id) for issue_id in ids)}
        return TicketSnapshot(
            lane=lane,
            now=time.time(),
            policy=self._vendors.policy,
            projects=self._vendors.projects,
            records={issue_id: self._ledger.issue(issue_id) for issue_id in ids if issue_id},
            history=history,
            dead=tuple(letter for letter in self._dead() if letter.lane in lanes),
            waiting=waiting(self._stack.aws.client("sqs"), self._stack.output("EventQueueUrl")),
            asked=asked,
            only=bool(issue),
        )

    def looked(self, snapshot: TicketSnapshot) -> TicketSnapshot:
        """The same with what Zendesk and Jira show now."""
        lane, asked = snapshot.lane, snapshot.asked
        reading = self._vendors.tickets.read(lane.ticket_id)
        if asked and not asked.id:
            found = self._vendors.issues.look_up([asked.key]).found.get(asked.key)
            snapshot = replace(snapshot, asked=found or asked)
        keys = keys_to_find(lane, reading.refs or (), again=True)
        answered = self._vendors.issues.look_up(keys) if keys else None
        ids = [snapshot.asked.id] if snapshot.asked else list(lane.links)
        seen = VendorView(
            ticket=reading,
            found=FoundIssues(
                answered.found if answered else {},
                snapshot.now,
                frozenset(keys) - set(answered.found) - answered.not_found if answered else frozenset(),
            ),
            listed=frozenset(row.issue_id for row in self._vendors.links.rows_of_ticket(lane.ticket_id)),
            issues={
                issue_id: self._vendors.issues.read(issue_id) for issue_id in islice(filter(None, ids), _MOST_READ)
            },
        )
        return replace(snapshot, seen=seen)

    def _dead(self) -> Iterable[DeadDelivery]:
        for letter in dead_letter_queue(self._stack).letters():
            yield DeadDelivery(delivery=name_of(letter), lane=letter.lane, reason=letter.reason, advice=letter.advice)


def _asked(lane: TicketLane, known: Iterable[Issue], issue: str) -> Issue:
    """The issue of this key or id; without an id where nothing known bears that key."""
    meant = lane.link_meant_by(issue)
    found = meant.issue if meant else next((one for one in known if issue in (one.id, one.key)), None)
    return found or (Issue(issue, "") if issue.isdigit() else Issue("", issue))
