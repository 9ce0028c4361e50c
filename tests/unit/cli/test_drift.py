"""`linksync drift`: what Zendesk lists against what the ledger knows, and what may be repaired of it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, TicketLane
from linksync.core.links import Link, LinkState, Owner, ticket_claim
from linksync.core.ordering import Window
from linksync.outbound.links_v1 import LinksV1
from linksync.outbound.links_v2 import LinksV2
from local.vendors import LinksApi, SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at, writes
from tests.unit.cli.worker import Worker

GONE, UNKNOWN, STALE, DANGLING, FINE = 5001, 5002, 5003, 5004, 5005

in_both_versions = pytest.mark.parametrize("vendors", ["v2", "v1"], indirect=True)


@pytest.fixture
def vendors(request: pytest.FixtureRequest) -> Iterator[SimulatedVendors]:
    api: LinksApi = getattr(request, "param", "v2")
    with SimulatedVendors(links_api=api) as vendors:
        yield vendors


@pytest.fixture
def drifted(account: Account, vendors: SimulatedVendors, monkeypatch: pytest.MonkeyPatch) -> SimulatedVendors:
    """One ticket for each kind of drift, each of which names PROJ-1, and one that is as it should be."""
    issue, deleted = vendors.issue("PROJ"), vendors.issue("PROJ")
    for ticket in range(GONE, FINE + 1):
        vendors.ticket(issue.key, ticket_id=ticket)
    ours = Link(issue=Issue(issue.id, issue.key), claims=frozenset({ticket_claim(issue.key)}), state=LinkState.LINKED)
    for ticket in (GONE, STALE, FINE):
        stated = FieldRecord(frozenset({issue.key}), Window.of_change(time.time()))
        account.record(TicketLane(ticket_id=str(ticket), stated=stated, links={issue.id: ours}))
    vendors.link_by_hand(UNKNOWN, issue.key)
    vendors.link_by_hand(FINE, issue.key)
    vendors.link_table.add(STALE, issue.id, "OLD-1")
    vendors.link_by_hand(DANGLING, deleted.key)
    vendors.jira.issues.delete(deleted.id)
    aimed_at(account, vendors)
    account.put("ApiCredentialsArn", vendors.credentials())
    worker = Worker(account, vendors)
    monkeypatch.setattr(time, "sleep", worker.work)
    return vendors


def tickets(document: Any) -> dict[str, list[str]]:
    return {kind: [row["ticket_id"] for row in rows] for kind, rows in document.items()}


def test_each_kind_is_told_and_nothing_is_changed(cli: RunCli, drifted: SimulatedVendors, account: Account) -> None:
    ended = cli("drift", "--json")
    assert ended.status == 1
    assert tickets(ended.document) == {
        "gone": [str(GONE)],
        "unknown": [str(UNKNOWN)],
        "stale": [str(STALE)],
        "dangling": [str(DANGLING)],
    }
    (stale,), (unknown,) = ended.document["stale"], ended.document["unknown"]
    assert (stale["issue_key"], stale["current_key"], stale["owner"]) == ("OLD-1", "PROJ-1", "linksync")
    assert (unknown["owner"], unknown["state"]) == ("unknown", "linked")
    assert [path for method, path in writes(drifted) if "links" in path] == []
    assert account.waiting() == []


def test_people_see_a_table(cli: RunCli, drifted: SimulatedVendors) -> None:
    assert drifted
    ended = cli("drift")
    assert "1 gone, 1 unknown, 1 stale, 1 dangling." in ended.out
    assert all(len(line) <= 80 for line in ended.out.splitlines())


@in_both_versions
def test_what_is_named_is_repaired_and_nothing_else(cli: RunCli, drifted: SimulatedVendors, account: Account) -> None:
    ended = cli("drift", "--repair", "gone", "--repair", "unknown", "--json")
    assert (ended.status, tickets(ended.document)["repaired"]) == (1, [str(GONE), str(UNKNOWN)])
    assert (str(GONE), "PROJ-1") in drifted.links()
    (adopted,) = account.ledger.ticket(str(UNKNOWN)).links.values()
    assert (adopted.state, adopted.owner) == (LinkState.SEEN, Owner.ADOPTED)
    assert (str(STALE), "OLD-1") in drifted.links()
    again = tickets(cli("drift", "--json").document)
    assert again == {"gone": [], "unknown": [], "stale": [str(STALE)], "dangling": [str(DANGLING)]}


@in_both_versions
def test_a_stale_link_of_ours_gets_its_key(cli: RunCli, drifted: SimulatedVendors) -> None:
    cli("drift", "--repair", "stale")
    assert (str(STALE), "PROJ-1") in drifted.links()
    assert (str(STALE), "OLD-1") not in drifted.links()
    assert len(drifted.links()) == 4


def test_somebody_elses_stale_link_keeps_its_key(cli: RunCli, drifted: SimulatedVendors) -> None:
    cli("drift", "--repair", "unknown")
    drifted.jira.issues.move("PROJ-1", "NEW")
    ended = cli("drift", "--repair", "stale", "--json")
    assert str(UNKNOWN) in tickets(ended.document)["stale"]
    assert str(UNKNOWN) not in tickets(ended.document)["repaired"]
    assert (str(UNKNOWN), "PROJ-1") in drifted.links()


def test_a_dry_run_asks_for_nothing(cli: RunCli, drifted: SimulatedVendors, account: Account) -> None:
    assert drifted
    ended = cli("drift", "--repair", "gone", "--dry-run")
    assert "Would repair 1 link." in ended.out
    assert account.waiting() == []


def test_whom_jira_does_not_know_is_told_nothing_of_dangling_links(
    cli: RunCli, drifted: SimulatedVendors, account: Account
) -> None:
    credentials = drifted.credentials()
    account.put("ApiCredentialsArn", credentials | {"jira": credentials["jira"] | {"api_token": "revoked, long ago"}})
    ended = cli("drift", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_forbidden")


def test_what_the_worker_changes_meanwhile_is_no_drift(
    cli: RunCli, drifted: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drifted
    rows = LinksV2.rows if drifted.links_api == "v2" else LinksV1.rows

    def slow(links: Any) -> Any:
        lane = account.ledger.ticket(str(GONE))
        account.ledger.commit(lane, TicketLane(ticket_id=str(GONE)))
        return rows(links)

    for version in (LinksV1, LinksV2):
        monkeypatch.setattr(version, "rows", slow)
    assert tickets(cli("drift", "--json").document)["gone"] == []
