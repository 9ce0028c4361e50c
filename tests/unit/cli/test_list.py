"""`linksync list` shows what the ledger knows."""

from collections.abc import Iterator

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.links import Link, LinkState, Owner, ticket_claim
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at

ONE, TWO = Issue("10001", "PROJ-1"), Issue("10002", "PROJ-2")


def row(ticket: str, issue: Issue, owner: str = "linksync", state: str = "linked") -> dict[str, str]:
    return {"ticket_id": ticket, "issue_id": issue.id, "issue_key": issue.key, "owner": owner, "state": state}


@pytest.fixture
def known(account: Account) -> Account:
    claims = frozenset({ticket_claim("PROJ-1")})
    ours = Link(issue=ONE, claims=claims, state=LinkState.LINKED)
    theirs = Link(issue=TWO, state=LinkState.LINKED, owner=Owner.ADOPTED)
    account.record(TicketLane(ticket_id="5001", links={ONE.id: ours, TWO.id: theirs}))
    account.record(TicketLane(ticket_id="900", links={ONE.id: Link(issue=ONE, state=LinkState.TRANSFERRED)}))
    return account


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        ([], [row("900", ONE, state="transferred"), row("5001", ONE), row("5001", TWO, "adopted")]),
        (["--ticket", "5001"], [row("5001", ONE), row("5001", TWO, "adopted")]),
        (["--ticket", "#5001"], [row("5001", ONE), row("5001", TWO, "adopted")]),
        (["--issue", "10001"], [row("900", ONE, state="transferred"), row("5001", ONE)]),
        (["--issue", "proj-1"], [row("900", ONE, state="transferred"), row("5001", ONE)]),
        (["--ticket", "5001", "--issue", "PROJ-2"], [row("5001", TWO, "adopted")]),
        (["--ticket", "1"], []),
    ],
)
def test_links_are_listed(cli: RunCli, arguments: list[str], rows: list[dict[str, str]]) -> None:
    ended = cli("list", *arguments, "--json")
    assert (ended.status, ended.document) == (0, {"links": rows})


@pytest.mark.usefixtures("known")
def test_people_see_a_table(cli: RunCli) -> None:
    ended = cli("list")
    assert ended.status == 0
    assert "adopted" in ended.out
    assert "3 links." in ended.out
    assert all(len(line) <= 80 for line in ended.out.splitlines())


def test_there_may_be_none(cli: RunCli, account: Account) -> None:
    assert cli("list").out == "The ledger knows no such link.\n"
    account.cloudformation.there = False
    ended = cli("list", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "no_stack")
    assert "linksync install" in ended.document["error"]["mend"]


@pytest.fixture
def listed(account: Account) -> Iterator[SimulatedVendors]:
    """Zendesk lists two links of ticket 5001, of which the ledger knows the first, and one of 5002."""
    with SimulatedVendors() as vendors:
        one, two = vendors.issue("PROJ"), vendors.issue("PROJ")
        for ticket, issues in ((5001, (one, two)), (5002, (two,))):
            vendors.ticket(ticket_id=ticket)
            for issue in issues:
                vendors.link_by_hand(ticket, issue.key)
        aimed_at(account, vendors)
        account.put("ApiCredentialsArn", vendors.credentials())
        ours = Link(issue=Issue(one.id, one.key), state=LinkState.LINKED)
        account.record(TicketLane(ticket_id="5001", links={one.id: ours}))
        yield vendors


@pytest.mark.parametrize(
    ("arguments", "owners"),
    [
        ([], [("5001", "PROJ-1", "linksync"), ("5001", "PROJ-2", "unknown"), ("5002", "PROJ-2", "unknown")]),
        (["--ticket", "5001"], [("5001", "PROJ-1", "linksync"), ("5001", "PROJ-2", "unknown")]),
        (["--issue", "proj-2"], [("5001", "PROJ-2", "unknown"), ("5002", "PROJ-2", "unknown")]),
        (["--ticket", "5002", "--issue", "PROJ-2"], [("5002", "PROJ-2", "unknown")]),
    ],
)
def test_zendesk_lists_what_the_ledger_does_not_know(
    cli: RunCli, listed: SimulatedVendors, arguments: list[str], owners: list[tuple[str, str, str]]
) -> None:
    assert listed
    ended = cli("list", "--from", "zendesk", *arguments, "--json")
    rows = [(one["ticket_id"], one["issue_key"], one["owner"]) for one in ended.document["links"]]
    assert (ended.status, rows) == (0, owners)


def test_an_issue_that_jira_does_not_know_is_told(cli: RunCli, listed: SimulatedVendors) -> None:
    assert listed
    ended = cli("list", "--from", "zendesk", "--issue", "NONE-1", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "no_issue")
