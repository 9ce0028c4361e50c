"""`linksync explain`: what is recorded, and with `--now` what Zendesk and Jira show."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from linksync.core.history import Event, HistoryLine
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState, ticket_claim
from linksync.core.messages import TicketStatement
from linksync.core.ordering import Window
from linksync.store.ledger import DynamoDbLedger
from local.jira.issue import SimulatedIssue
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at

TOLD = FieldRecord(frozenset({"PROJ-1", "UTF-8"}), Window.of_change(1_795_000_000.0), "a" * 32, "zendesk_trigger")
MADE = "2026-11-18 19:06:41 UTC"


@pytest.fixture
def vendors() -> Iterator[SimulatedVendors]:
    with SimulatedVendors() as vendors:
        yield vendors


@pytest.fixture
def issue(vendors: SimulatedVendors, account: Account) -> SimulatedIssue:
    """PROJ-1, which ticket 5001 and its own field name; the link is recorded with its history."""
    issue = vendors.issue("PROJ", tickets="5001")
    vendors.ticket("PROJ-1 UTF-8", ticket_id=5001)
    aimed_at(account, vendors)
    account.put("ApiCredentialsArn", vendors.credentials())
    at = Issue(issue.id, issue.key)
    link = Link(issue=at, claims=frozenset({ticket_claim("PROJ-1"), ISSUE_CLAIM}), state=LinkState.LINKED)
    lane = TicketLane(
        ticket_id="5001", stated=TOLD, facts=TicketFacts(not_found=frozenset({"UTF-8"})), links={issue.id: link}
    )
    line = HistoryLine(
        at=1_795_028_801.0,
        issue=at,
        event=Event.MADE,
        why="a field names it",
        source="zendesk_trigger",
        delivery="a" * 32,
    )
    ledger = DynamoDbLedger(account.dynamodb, "ledger", history_days=36_500)
    ledger.commit(TicketLane(ticket_id="5001"), lane, [line])
    ledger.save_issue(issue.id, IssueRecord(stated=replace(TOLD, refs=frozenset({"5001"})), key="PROJ-1"))
    return issue


def test_what_is_recorded_is_told_without_a_call_to_anybody(
    cli: RunCli, issue: SimulatedIssue, vendors: SimulatedVendors
) -> None:
    before = len([*vendors.zendesk.calls.matching(), *vendors.jira.calls.matching()])
    ended = cli("explain", "5001", "--json")
    document = ended.document
    assert (ended.status, document["ticket_id"], document["waiting"], document["dead_letters"]) == (0, "5001", 0, [])
    (one,) = document["issues"]
    assert (one["issue_id"], one["issue_key"], one["linked"], one["owner"]) == (issue.id, "PROJ-1", True, "linksync")
    assert one["wanted_by"] == ["ticket_field", "issue_field"]
    assert one["why"].startswith("It is linked. It is wanted: the ticket's field names it, and the issue's field")
    assert [line["event"] for line in one["history"]] == ["made"]
    assert [row["text"] for row in document["unresolved"]] == ["UTF-8"]
    assert len([*vendors.zendesk.calls.matching(), *vendors.jira.calls.matching()]) == before


@pytest.mark.parametrize("given", ["PROJ-1", "proj-1", "ID"])
def test_one_issue_is_asked_for_by_key_or_id(cli: RunCli, issue: SimulatedIssue, given: str) -> None:
    document = cli("explain", "#5001", issue.id if given == "ID" else given, "--json").document
    assert ([one["issue_key"] for one in document["issues"]], document["unresolved"]) == (["PROJ-1"], [])


@pytest.mark.usefixtures("issue")
def test_a_key_that_was_not_found_is_asked_for(cli: RunCli) -> None:
    document = cli("explain", "5001", "UTF-8", "--json").document
    assert (document["issues"], [row["text"] for row in document["unresolved"]]) == ([], ["UTF-8"])


@pytest.mark.usefixtures("issue")
def test_an_issue_of_which_nothing_is_known(cli: RunCli) -> None:
    (one,) = cli("explain", "5001", "999", "--json").document["issues"]
    assert (one["linked"], one["why"]) == (False, "It is not linked, and nothing names it.")


@pytest.mark.usefixtures("issue")
def test_a_key_of_which_nothing_is_known(cli: RunCli) -> None:
    for arguments, why in (
        (["5001", "OPS-9"], "--now asks Jira"),
        (["5001", "OPS-9", "--now"], "Jira does not know it"),
    ):
        document = cli("explain", *arguments, "--json").document
        (row,) = document["unresolved"]
        assert (document["issues"], row["text"]) == ([], "OPS-9")
        assert why in row["why"]


def test_now_looks_at_both_sides(cli: RunCli, issue: SimulatedIssue, vendors: SimulatedVendors) -> None:
    (one,) = cli("explain", "5001", "--now", "--json").document["issues"]
    assert one["linked"] is False
    assert "Zendesk does not list it now: somebody removed it by hand" in one["why"]
    vendors.link_by_hand(5001, "PROJ-1")
    vendors.write_keys(5001, "")
    vendors.write_tickets("PROJ-1", "")
    (one,) = cli("explain", "5001", "--now", "--json").document["issues"]
    assert (one["issue_id"], one["linked"], one["next"]) == (issue.id, True, "linksync would remove the link.")


def test_now_finds_an_issue_by_a_key_that_nobody_knew(
    cli: RunCli, issue: SimulatedIssue, vendors: SimulatedVendors
) -> None:
    assert issue
    other = vendors.issue("PROJ")
    (one,) = cli("explain", "5001", other.key, "--now", "--json").document["issues"]
    assert (one["issue_id"], one["linked"]) == (other.id, False)


@pytest.mark.usefixtures("issue")
def test_dead_letters_of_its_lanes_are_told(cli: RunCli, account: Account) -> None:
    statement = TicketStatement(ticket_id="5001", issue_keys=(), at=1.0, exact=False)
    account.dead_letter("d" * 32, statement, reason="forbidden", advice="Mend the role.")
    account.dead_letter("e" * 32, replace(statement, ticket_id="5002"), reason="forbidden", advice="Mend the role.")
    (letter,) = cli("explain", "5001", "--json").document["dead_letters"]
    assert letter == {"delivery": "d" * 32, "lane": "ticket#5001", "reason": "forbidden", "advice": "Mend the role."}


@pytest.mark.usefixtures("issue")
def test_it_reads_well_at_80_columns(cli: RunCli) -> None:
    ended = cli("explain", "5001")
    assert ended.status == 0
    assert "✓ PROJ-1  linked, made by linksync" in ended.out
    assert "! UTF-8  no issue" in ended.out
    assert f"{MADE}  linksync made it: a field names it" in ended.out
    assert "--now looks at Zendesk and Jira" in ended.out
    assert all(len(line) <= 80 for line in ended.out.splitlines())


@pytest.mark.usefixtures("account")
def test_what_is_no_ticket_number_is_told(cli: RunCli) -> None:
    ended = cli("explain", "PROJ-1", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, "ticket")
