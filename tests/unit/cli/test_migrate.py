"""`linksync migrate`: links copied from one version of the Links API to the other, proved, and nothing lost."""

import json
from collections.abc import Iterator

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.links import Link, LinkState, ticket_claim
from linksync_cli.migrating import Migrating
from local.vendors import SimulatedVendors
from local.zendesk.links import LinkTable
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker

TICKETS = (5001, 5002, 5003)


@pytest.fixture
def vendors(account: Account) -> Iterator[SimulatedVendors]:
    """An account that works with version 1: three tickets that are linked there, one of them in version 2 too."""
    with SimulatedVendors(links_api="v1") as vendors:
        one, two = vendors.issue("PROJ"), vendors.issue("PROJ")
        for ticket in TICKETS:
            vendors.ticket(ticket_id=ticket)
            vendors.link_by_hand(ticket, one.key)
        vendors.link_by_hand(TICKETS[0], two.key)
        vendors.zendesk.links.add(TICKETS[2], one.id, one.key)
        aimed_at(account, vendors)
        account.put("ApiCredentialsArn", vendors.credentials())
        yield vendors


def v1(vendors: SimulatedVendors) -> LinkTable:
    return vendors.zendesk.links_v1


def v2(vendors: SimulatedVendors) -> LinkTable:
    return vendors.zendesk.links


def test_what_is_missing_is_copied_and_proved(cli: RunCli, vendors: SimulatedVendors) -> None:
    before = v1(vendors).pairs()
    ended = cli("migrate", "v1-to-v2", "--yes", "--json")
    expected = {"live": "source", "copied": 3, "already_there": 1, "deleted": 0, "differences": []}
    assert (ended.status, ended.document) == (0, expected | {"live": "both"})
    assert v2(vendors).pairs() == v1(vendors).pairs() == before
    again = cli("migrate", "v1-to-v2", "--yes", "--json")
    assert (again.document["copied"], again.document["already_there"]) == (0, 4)


def test_a_dry_run_writes_nothing(cli: RunCli, vendors: SimulatedVendors) -> None:
    ended = cli("migrate", "v1-to-v2", "--dry-run", "--json")
    assert (ended.status, ended.document["copied"], ended.document["already_there"]) == (0, 3, 1)
    assert len(v2(vendors).pairs()) == 1


def test_nobody_who_cannot_answer_is_taken_for_a_yes(cli: RunCli, vendors: SimulatedVendors) -> None:
    ended = cli("migrate", "v1-to-v2", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, "unanswered")
    assert len(v2(vendors).pairs()) == 1


def test_rows_of_a_former_site_and_without_a_key(cli: RunCli, vendors: SimulatedVendors) -> None:
    v1(vendors).add(TICKETS[1], "99999", "FORMER-1")
    issue = vendors.issue("PROJ")
    v1(vendors).add(TICKETS[1], issue.id, None)
    v1(vendors).insert(TICKETS[1], issue.id, None)
    ended = cli("migrate", "v1-to-v2", "--yes", "--json")
    assert ended.status == 1
    (difference,) = ended.document["differences"]
    assert (difference["issue_id"], difference["why"]) == ("99999", "its issue cannot be read in Jira")
    assert (str(TICKETS[1]), issue.key) in v2(vendors).pairs()


def test_a_row_of_a_former_site_is_no_link_with_the_issue_that_has_its_id_here(
    cli: RunCli, vendors: SimulatedVendors
) -> None:
    """Ids begin at the same number in every site.  An issue that moved is told by its former key."""
    ours, moved = vendors.issue("PROJ"), vendors.issue("PROJ")
    v1(vendors).add(TICKETS[1], ours.id, "FORMER-7")
    v1(vendors).add(TICKETS[2], ours.id, "PROJ-1")
    v1(vendors).add(TICKETS[1], moved.id, moved.key)
    vendors.jira.issues.move(moved.key, "OTHER")
    ended = cli("migrate", "v1-to-v2", "--yes", "--json")
    linked = v2(vendors).pairs()
    assert not {(str(ticket), ours.key) for ticket in TICKETS} & linked
    assert (str(TICKETS[1]), vendors.jira.issues.get(moved.id).key) in linked
    whys = {(one["issue_key"], "former site" in one["why"]) for one in ended.document["differences"]}
    assert {("FORMER-7", True), ("PROJ-1", True)} <= whys
    assert (moved.key, True) not in whys


def test_a_version_that_is_not_in_use_is_not_copied(cli: RunCli, vendors: SimulatedVendors) -> None:
    """It answers 200 with what it held long ago."""
    vendors.links_api = "v2"
    newest = vendors.ticket(ticket_id=6000)
    vendors.link_by_hand(newest, "PROJ-1")
    ended = cli("migrate", "v1-to-v2", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "not_live")
    named = cli("migrate", "v1-to-v2", "--yes", "--canary", str(TICKETS[0]), "--json")
    assert (named.status, named.document["copied"]) == (0, 3)


def test_a_version_that_cannot_be_read_is_unknown_and_not_empty(cli: RunCli, vendors: SimulatedVendors) -> None:
    v1(vendors).manage_links = False
    ended = cli("migrate", "v1-to-v2", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_forbidden")


def test_a_create_that_was_applied_and_cut_off_is_no_second_link(
    cli: RunCli, vendors: SimulatedVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(Migrating, "wait", waited.append)
    vendors.zendesk.faults.add(method="POST", path="/links$", reset=True, applied=True, times=1)
    ended = cli("migrate", "v1-to-v2", "--yes", "--json")
    assert (ended.document["copied"], ended.document["differences"]) == (3, [])
    assert len(v2(vendors).all()) == 4
    assert waited == [1.0]


def test_a_link_that_is_refused_is_told_and_the_others_go_on(cli: RunCli, vendors: SimulatedVendors) -> None:
    body = json.dumps({"errors": [{"code": "BadRequest", "title": "No"}]})
    vendors.zendesk.faults.add(method="POST", path="/links$", status=400, body=body, times=1)
    ended = cli("migrate", "v1-to-v2", "--yes", "--json")
    assert (ended.status, ended.document["copied"]) == (1, 2)
    (difference,) = ended.document["differences"]
    assert "400" in difference["why"]


def test_the_source_of_a_stack_that_works_with_it_is_not_deleted(cli: RunCli, vendors: SimulatedVendors) -> None:
    ended = cli("migrate", "v1-to-v2", "--delete-source", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, "in_use")
    assert len(v1(vendors).pairs()) == 4


def test_later_what_the_target_has_is_taken_away_from_the_source(
    cli: RunCli, vendors: SimulatedVendors, account: Account
) -> None:
    cli("migrate", "v1-to-v2", "--yes")
    aimed_at(account, vendors, LinksApiVersion="v2")
    v2(vendors).remove(TICKETS[0], v2(vendors).all()[0].issue_id)  # an agent unlinks it there
    kept = v2(vendors).pairs()
    ended = cli("migrate", "v1-to-v2", "--delete-source", "--yes", "--json")
    assert (ended.status, ended.document["copied"], ended.document["deleted"]) == (1, 0, 3)
    assert len(v1(vendors).pairs()) == 1
    assert v2(vendors).pairs() == kept, "what was unlinked does not come back"


def test_a_tag_that_outlived_its_link_tells_nothing(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    """The newest ticket was unlinked again: the one before it shows that agents' links go to the source still."""
    aimed_at(account, vendors, LinksApiVersion="v2")
    for ticket in (6000, 6001):
        vendors.ticket(ticket_id=ticket)
        vendors.link_by_hand(ticket, "PROJ-1")
    vendors.unlink_by_hand(6001, "PROJ-1")
    ended = cli("migrate", "v1-to-v2", "--delete-source", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "live")


def test_where_nothing_tells_which_version_is_in_use_nothing_is_deleted(
    cli: RunCli, vendors: SimulatedVendors, account: Account
) -> None:
    cli("migrate", "v1-to-v2", "--yes")
    aimed_at(account, vendors, LinksApiVersion="v2")
    for ticket in TICKETS:
        vendors.zendesk.tickets.edit(ticket, tags=[])
    ended = cli("migrate", "v1-to-v2", "--delete-source", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "live_unknown")
    assert len(v1(vendors).pairs()) == 4
    named = cli("migrate", "v1-to-v2", "--delete-source", "--yes", "--canary", str(TICKETS[0]), "--json")
    assert (named.status, named.document["deleted"]) == (0, 4)


def test_a_source_to_which_agents_still_link_is_not_deleted(
    cli: RunCli, vendors: SimulatedVendors, account: Account
) -> None:
    aimed_at(account, vendors, LinksApiVersion="v2")
    vendors.link_by_hand(vendors.ticket(ticket_id=6000), "PROJ-1")
    ended = cli("migrate", "v1-to-v2", "--delete-source", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "live")


def test_the_way_back_forgets_the_ids_of_former_rows(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    issue = vendors.jira.issues.get("PROJ-1")
    claims = frozenset({ticket_claim("PROJ-1")})
    ours = Link(issue=Issue(issue.id, issue.key), claims=claims, state=LinkState.LINKED, link_id="77")
    account.record(TicketLane(ticket_id=str(TICKETS[2]), links={issue.id: ours}))
    v1(vendors).remove(TICKETS[2], issue.id)
    aimed_at(account, vendors, LinksApiVersion="v2")
    ended = cli("migrate", "v2-to-v1", "--yes", "--canary", str(TICKETS[2]), "--json")
    assert (ended.status, ended.document["copied"]) == (0, 1)
    Worker(account, vendors).work()
    (link,) = account.ledger.ticket(str(TICKETS[2])).links.values()
    assert (link.link_id, link.owner) == ("", ours.owner), "ownership is kept"


def test_people_see_what_was_done(cli: RunCli, vendors: SimulatedVendors) -> None:
    assert vendors
    ended = cli("migrate", "v1-to-v2", "--yes")
    assert "3 links copied to v2, 1 there already." in ended.out
    assert all(len(line) <= 80 for line in ended.out.splitlines())
