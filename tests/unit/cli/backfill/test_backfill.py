"""`linksync backfill`: what is written already becomes links, each made once, and none that is there."""

import time

import pytest

from linksync.core.change_feed import ChangedTicket, TicketPage
from linksync.core.links import LinkState, Owner
from linksync.outbound.zendesk_exports import CursorRefused, ZendeskExports
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.backfill.scene import (
    BY_TICKETS,
    EMPTY,
    LINKED,
    NAMING,
    WRONG,
    creates,
    in_both_versions,
    work,
)
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker


@in_both_versions
def test_tickets_that_name_issues_are_linked_with_one_create_a_missing_link(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, account: Account
) -> None:
    before = vendors.links()
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert ended.status == 1, "something is not found"
    assert ended.document == {
        "read": 4,
        "queued": 4,
        "to_link": 4,
        "already_linked": 2,
        "not_found": [{"ticket_id": str(WRONG), "issue": "PROJ-99"}],
        "finished": True,
    }
    work(worker)
    assert vendors.links() == before | BY_TICKETS
    assert creates(vendors) == sorted(BY_TICKETS)
    (adopted,) = account.ledger.ticket(str(LINKED)).links.values()
    assert (adopted.state, adopted.owner, adopted.texts) == (LinkState.LINKED, Owner.ADOPTED, {"PROJ-3"})
    assert [call.path for call in vendors.zendesk.calls.matching("GET", r"/tickets/\d")] == [], "nothing is read again"


def test_a_second_backfill_tells_nobody_anything(cli: RunCli, vendors: SimulatedVendors, worker: Worker) -> None:
    cli("backfill", "--from", "zendesk")
    work(worker)
    made = creates(vendors)
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.document["queued"], ended.document["already_linked"]) == (0, 6)
    work(worker)
    assert creates(vendors) == made


@in_both_versions
def test_issues_that_name_tickets_are_linked(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, account: Account
) -> None:
    vendors.link_by_hand(LINKED, "PROJ-4")
    ended = cli("backfill", "--from", "jira", "--json")
    assert ended.document["not_found"] == [{"ticket_id": "99999", "issue": "PROJ-4"}]
    assert (ended.document["queued"], ended.document["to_link"], ended.document["already_linked"]) == (1, 1, 1)
    work(worker)
    assert (str(EMPTY), "PROJ-4") in vendors.links()
    assert (str(LINKED), "PROJ-4") not in creates(vendors)
    owners = {link.issue.key: link.owner for link in account.ledger.ticket(str(LINKED)).links.values()}
    assert owners == {"PROJ-4": Owner.ADOPTED}


@pytest.mark.parametrize("status", [404, 422, 503])
def test_who_cannot_count_can_be_read_all_the_same(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, status: int
) -> None:
    assert worker
    vendors.zendesk.faults.add(path="/search/count", status=status, retry_after=0.01)
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.document["read"], ended.document["finished"]) == (4, True)


def test_where_the_search_is_refused_the_export_is_read(cli: RunCli, vendors: SimulatedVendors, worker: Worker) -> None:
    vendors.zendesk.exports.excluded_seconds = 0
    vendors.zendesk.faults.add(path="/search", status=422)
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.document["read"], ended.document["queued"]) == (5, 4)
    work(worker)
    assert creates(vendors) == sorted(BY_TICKETS)


def test_a_search_whose_cursor_expires_is_read_anew_and_nothing_told_twice(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linksync.outbound.zendesk_exports.SEARCH_PAGE", 1)
    with_field, asked = ZendeskExports.with_field, []

    def expiring(self: ZendeskExports, *, cursor: str = "") -> TicketPage:
        asked.append(cursor)
        if len(asked) == 3:
            raise CursorRefused("expired")
        return with_field(self, cursor=cursor)

    monkeypatch.setattr(ZendeskExports, "with_field", expiring)
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.document["read"], ended.document["queued"]) == (4, 4)
    assert [bool(cursor) for cursor in asked] == [False, True, True, False, True, True, True]
    work(worker)
    assert creates(vendors) == sorted(BY_TICKETS)


@pytest.mark.parametrize("pages", [["old new"], ["new old"], ["old", "new"], ["new", "old"]])
def test_a_ticket_that_the_list_shows_twice_is_told_as_it_was_last(
    cli: RunCli, worker: Worker, account: Account, monkeypatch: pytest.MonkeyPatch, pages: list[str]
) -> None:
    now = time.time()
    rows = {
        "old": ChangedTicket(ticket_id=str(NAMING), refs=("PROJ-1",), updated_at=now - 900),
        "new": ChangedTicket(ticket_id=str(NAMING), refs=("PROJ-2",), updated_at=now - 800),
    }
    shown = iter(pages)

    def with_field(_self: ZendeskExports, *, cursor: str = "") -> TicketPage:
        named = next(shown).split()
        number = int(cursor or 0) + 1
        return TicketPage(rows=tuple(rows[one] for one in named), cursor=str(number), last=number == len(pages))

    monkeypatch.setattr(ZendeskExports, "with_field", with_field)
    cli("backfill", "--from", "zendesk")
    work(worker)
    assert account.ledger.ticket(str(NAMING)).stated.refs == {"PROJ-2"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--from", "csv"], "file"),
        (["--from", "jira", "some.csv"], "file"),
        (["--from", "csv", "absent.csv"], "file"),
        (["--from", "zendesk", "--plan", "absent.jsonl"], "plan"),
        (["--from", "zendesk", "--plan", "/absent/plan.jsonl", "--dry-run"], "plan"),
    ],
)
def test_wrong_usage_is_told(cli: RunCli, worker: Worker, arguments: list[str], code: str) -> None:
    assert worker
    ended = cli("backfill", *arguments, "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, code)


def test_a_direction_that_is_off_has_nothing_to_backfill(
    cli: RunCli, worker: Worker, account: Account, vendors: SimulatedVendors
) -> None:
    assert worker
    aimed_at(account, vendors, TicketFieldId="")
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, "field")


def test_people_read_what_was_found(cli: RunCli, worker: Worker) -> None:
    assert worker
    ended = cli("backfill", "--from", "zendesk", "--dry-run")
    assert "Read 4 rows: 4 links would be made, 2 there already." in ended.out
    assert "Not found: 1 reference." in ended.out
    assert all(len(line) <= 80 for line in ended.out.splitlines())
