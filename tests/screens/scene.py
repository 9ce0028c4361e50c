"""The stack that the screens show: two vendors, some links, a refused key, two dead letters."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from moto import mock_aws

from linksync.core.history import Event, HistoryLine
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState, Owner, ticket_claim
from linksync.core.messages import TicketStatement
from linksync.core.ordering import Window
from linksync.store import dead_letters
from linksync.store.ledger import DynamoDbLedger
from linksync_cli.aws import Aws
from linksync_cli.doctor import round_trip
from linksync_cli.doctor.subject import Subject
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.endpoint import Endpoint
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker

AT = 1_795_000_000.0
TRIGGER, WEBHOOK = "8f3c1d0a5b7e4c2f9a6d8e1b3c5f7a90", "c2f9a6d8e1b34c5f7a908f3c1d0a5b7e"
ADVICE = (
    'The user behind the credentials must be an admin, and "Manage links" must be on: Admin Center > Apps and'
    " integrations > Integrations > Jira > [connection] > Support app. Then run `linksync redrive`."
)


class Scene:
    """The account and the vendors.  `shown` puts names that read well in place of this machine's."""

    def __init__(self, account: Account, vendors: SimulatedVendors) -> None:
        self.account, self.vendors = account, vendors
        self.shown = {
            vendors.zendesk.url: "https://acme.zendesk.com",
            vendors.jira.url: "https://acme.atlassian.net",
            "127-0-0-1": "acme     ",
        }

    def dead(self) -> None:
        """Two letters, one of which SQS moved by itself."""
        statement = TicketStatement(ticket_id="5002", issue_keys=("PROJ-3",), at=AT, exact=True)
        self.account.dead_letter("1b3c5f7a908f3c1d0a5b7e4c2f9a6d8e", statement, reason="forbidden", advice=ADVICE)
        other = TicketStatement(ticket_id="5003", issue_keys=(), at=AT, exact=True)
        self.account.dead_letter("f7a908f3c1d0a5b7e4c2f9a6d8e1b3c5", other)


@contextmanager
def scene() -> Iterator[Scene]:
    """Sets everything up; inside, the command line meets it."""
    with ExitStack() as stack, patch.dict("os.environ", {"AWS_DEFAULT_REGION": "us-east-1"}), mock_aws():
        account = Account()
        vendors = stack.enter_context(SimulatedVendors())
        endpoint = stack.enter_context(Endpoint(account))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        aimed_at(account, vendors)
        account.cloudformation.outputs["ReconcilerFunction"] = "linksync-Reconciler"
        environment = {"SAMCONFIG": str(folder / "samconfig.local.toml")}
        environment |= {
            f"LINKSYNC_{side}_{name}".upper(): value
            for side, entry in vendors.credentials().items()
            for name, value in entry.items()
        }
        for target, name, value in (
            (Aws, "_client", lambda _self, service: account.client(service)),
            (Subject, "wait", lambda _self, _seconds: None),
            (round_trip, "reachable", endpoint.reachable),
            (time, "sleep", Worker(account, vendors).work),
            (dead_letters, "_letter", _told_at(dead_letters._letter, AT + 3_600)),
        ):
            stack.enter_context(patch.object(target, name, value))
        stack.enter_context(patch.dict("os.environ", environment))
        _people(vendors)
        _ledger(account)
        yield Scene(account, vendors)


def _told_at(letter: Any, at: float) -> Any:
    """Letters with a time that does not change from one run to the next."""
    from dataclasses import replace  # noqa: PLC0415

    return lambda message: replace(letter(message), since=at)


def _people(vendors: SimulatedVendors) -> None:
    for number in range(5001, 5005):
        vendors.ticket(ticket_id=number)
    for key in ("PROJ-1", "PROJ-2", "PROJ-3", "OPS-7"):
        vendors.issue(key)


def _ledger(account: Account) -> None:
    """Tickets 5001 and 5002 with their links and what happened to them."""
    one, two, ops = Issue("10001", "PROJ-1"), Issue("10002", "PROJ-2"), Issue("10004", "OPS-7")
    ledger = DynamoDbLedger(account.dynamodb, "ledger", history_days=36_500)
    history = [
        _line(AT + 1.5, one, Event.MADE, "the ticket's field names it"),
        _line(AT + 2.5, two, Event.ADOPTED, "it was there already"),
    ]
    ledger.commit(TicketLane(ticket_id="5001"), _lane(one, two), history)
    named = FieldRecord(frozenset({"5001"}), Window.of_change(AT + 60), WEBHOOK, "jira_webhook")
    ledger.save_issue(one.id, IssueRecord(stated=named, key="PROJ-1"))
    other = Link(issue=ops, claims=frozenset({ISSUE_CLAIM}), state=LinkState.LINKED)
    ledger.commit(TicketLane(ticket_id="5002"), TicketLane(ticket_id="5002", links={ops.id: other}))


def _lane(one: Issue, two: Issue) -> TicketLane:
    """Ticket 5001: both fields name `one`, somebody else linked `two`, and Jira knows no UTF-8."""
    stated = FieldRecord(frozenset({"PROJ-1", "PROJ-2", "UTF-8"}), Window.of_change(AT), TRIGGER, "zendesk_event")
    both, own = frozenset({ticket_claim("PROJ-1"), ISSUE_CLAIM}), frozenset({ticket_claim("PROJ-2")})
    links = {
        one.id: Link(issue=one, claims=both, state=LinkState.LINKED),
        two.id: Link(issue=two, claims=own, state=LinkState.LINKED, owner=Owner.ADOPTED),
    }
    return TicketLane(ticket_id="5001", stated=stated, facts=TicketFacts(not_found=frozenset({"UTF-8"})), links=links)


def _line(at: float, issue: Issue, event: Event, why: str) -> HistoryLine:
    return HistoryLine(at=at, issue=issue, event=event, why=why, source="zendesk_event", delivery=TRIGGER)


def secrets_of(vendors: SimulatedVendors) -> str:
    """What no screen may hold, as JSON."""
    return json.dumps([vendors.credentials(), vendors.senders.secrets()])
