"""`linksync list` shows what the ledger knows."""

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.links import Link, LinkState, Owner, ticket_claim
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli

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
