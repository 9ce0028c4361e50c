"""What a backfill leaves in files: a plan to be worked off later, and the place where a run stopped."""

import json
from pathlib import Path

import pytest

from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.backfill.scene import (
    BY_TICKETS,
    EMPTY,
    HALF,
    LINKED,
    NAMING,
    WRONG,
    creates,
    cut_after,
    work,
)
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker


def test_a_plan_is_made_and_worked_off_later(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, account: Account, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.jsonl"
    ended = cli("backfill", "--from", "zendesk", "--plan", str(plan), "--dry-run", "--json")
    assert (ended.document["queued"], ended.document["to_link"]) == (0, 4)
    assert account.waiting() == []
    head, *rows, last = [json.loads(line) for line in plan.read_text().splitlines()]
    assert (head["from"], last) == ("zendesk", {"rows": 4})
    by_ticket = {row["ticket_id"]: (row["link"], row["linked"], row["not_found"]) for row in rows}
    assert by_ticket == {
        str(NAMING): (["PROJ-1", "PROJ-2"], [], []),
        str(HALF): (["PROJ-1"], ["PROJ-2"], []),
        str(LINKED): ([], ["PROJ-3"], []),
        str(WRONG): (["PROJ-4"], [], ["PROJ-99"]),
    }
    searches = vendors.zendesk.calls.count("GET", "/search/export")
    assert cli("backfill", "--from", "zendesk", "--plan", str(plan), "--json").document["queued"] == 4
    assert vendors.zendesk.calls.count("GET", "/search/export") == searches
    work(worker)
    assert creates(vendors) == sorted(BY_TICKETS)


def test_a_plan_is_of_one_account_and_field(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, account: Account, tmp_path: Path
) -> None:
    """Ticket 5001 of another account is another ticket."""
    assert worker
    plan = tmp_path / "plan.jsonl"
    cli("backfill", "--from", "zendesk", "--plan", str(plan), "--dry-run")
    elsewhere = "http://127.0.0.1:9"
    for other in ({"ZendeskBaseUrl": elsewhere}, {"JiraBaseUrl": elsewhere}, {"TicketFieldId": "7"}):
        aimed_at(account, vendors, **other)
        ended = cli("backfill", "--from", "zendesk", "--plan", str(plan), "--json")
        assert (ended.status, ended.document["error"]["code"]) == (2, "plan"), other
    head, *rows = plan.read_text().splitlines(keepends=True)
    bare = {name: told for name, told in json.loads(head).items() if name in ("linksync", "from")}
    plan.write_text(json.dumps(bare) + "\n" + "".join(rows))
    aimed_at(account, vendors)
    ended = cli("backfill", "--from", "zendesk", "--plan", str(plan), "--json")
    assert (ended.status, "unknown account" in ended.document["error"]["message"]) == (2, True), "of an earlier version"
    assert account.waiting() == []


@pytest.mark.parametrize("spoilt", ["", "{}", '{"linksync": "backfill plan", "from": "zendesk"}\n{"rows": 3}\n'])
def test_a_plan_that_is_not_whole_is_refused(cli: RunCli, worker: Worker, tmp_path: Path, spoilt: str) -> None:
    assert worker
    plan = tmp_path / "plan.jsonl"
    plan.write_text(spoilt)
    ended = cli("backfill", "--from", "zendesk", "--plan", str(plan), "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, "plan")


def test_what_was_edited_since_the_list_was_read_is_read_again(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, account: Account, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.jsonl"
    cli("backfill", "--from", "zendesk", "--plan", str(plan), "--dry-run")
    vendors.write_keys(NAMING, "PROJ-3")
    cli("backfill", "--from", "zendesk")  # the ledger now holds the newer value
    work(worker)
    ended = cli("backfill", "--from", "zendesk", "--plan", str(plan), "--json")
    assert ended.document["queued"] == 1
    (message,) = account.waiting()
    assert (message["payload"]["ticket_id"], message["payload"]["issue_keys"]) == (str(NAMING), None)


def test_a_run_that_is_cut_short_goes_on_where_it_was(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "links.csv"
    monkeypatch.setattr("linksync_cli.backfill.file_rows.AT_ONCE", 10)
    file.write_text("".join(f"{EMPTY},PROJ-{number}\n" for number in (1, 2, 3, 4) for _ in range(6)))
    fed = cut_after(monkeypatch, 2)
    assert cli("backfill", "--from", "csv", str(file), "--json").status == 130
    monkeypatch.setattr("linksync_cli.backfill.budget.Budget.taken_before", lambda *_: None)
    ended = cli("backfill", "--from", "csv", str(file), "--json")
    assert "Going on after 10 rows" in ended.err
    assert (ended.document["read"], fed) == (24, [10, 10, 10, 4])
    work(worker, 20)
    assert creates(vendors) == [(str(EMPTY), f"PROJ-{number}") for number in (1, 2, 3, 4)]
    assert cli("backfill", "--from", "csv", str(file), "--dry-run", "--json").document["read"] == 24


@pytest.mark.usefixtures("worker")
def test_a_place_in_another_list_is_no_place(cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("linksync_cli.backfill.file_rows.AT_ONCE", 2)
    monkeypatch.setattr("linksync_cli.backfill.budget.Budget.taken_before", lambda *_: None)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(f"{EMPTY},PROJ-1\n" * 4)
    second.write_text("".join(f"{EMPTY},PROJ-{number}\n" for number in (2, 3, 4)))
    cut_after(monkeypatch, 2)
    assert cli("backfill", "--from", "csv", str(first), "--json").status == 130
    ended = cli("backfill", "--from", "csv", str(second), "--json")
    assert (ended.document["read"], ended.document["to_link"]) == (3, 3), "no row is left out"
    assert "begins anew" in ended.err


@pytest.mark.usefixtures("worker")
def test_a_place_in_another_field_is_no_place(
    cli: RunCli, vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linksync.outbound.zendesk_exports.SEARCH_PAGE", 2)
    monkeypatch.setattr("linksync_cli.backfill.budget.Budget.taken_before", lambda *_: None)
    cut_after(monkeypatch, 2)
    assert cli("backfill", "--from", "zendesk", "--json").status == 130
    field = vendors.zendesk.fields.add("Another")
    for ticket in (NAMING, HALF, LINKED):
        vendors.zendesk.tickets.edit(ticket, {field: "PROJ-4"})
    aimed_at(account, vendors, TicketFieldId=field)
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.document["read"], ended.document["queued"]) == (3, 3), "no ticket is left out"
    assert "begins anew" in ended.err


def test_a_run_that_fails_before_it_tells_anybody_leaves_nothing_to_wait_for(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, tmp_path: Path
) -> None:
    assert worker
    vendors.link_table.manage_links = False
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_forbidden")
    assert "goes on where it was" in ended.document["error"]["mend"]
    assert list(tmp_path.glob("linksync-backfill*")) == []
