"""`linksync backfill`: what is written already becomes links, each made once, and none that is there."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linksync.core.change_feed import ChangedTicket, TicketPage
from linksync.core.links import LinkState, Owner
from linksync.outbound.zendesk_exports import CursorRefused, ZendeskExports
from linksync_cli.backfill.feeder import Feeder
from local.vendors import LinksApi, SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import Ended, RunCli
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker

NAMING, HALF, LINKED, EMPTY, WRONG = range(5001, 5006)

in_both_versions = pytest.mark.parametrize("vendors", ["v2", "v1"], indirect=True)


@pytest.fixture
def vendors(request: pytest.FixtureRequest) -> Iterator[SimulatedVendors]:
    """Years of fields: tickets that name issues, some linked already, and issues that name tickets."""
    api: LinksApi = getattr(request, "param", "v2")
    with SimulatedVendors(links_api=api) as vendors:
        for _ in range(4):
            vendors.issue("PROJ")
        for ticket, keys in (
            (NAMING, "PROJ-1, proj-2"),
            (HALF, "PROJ-1 PROJ-2"),
            (LINKED, "PROJ-3"),
            (EMPTY, None),
            (WRONG, "PROJ-99 PROJ-4"),
        ):
            vendors.ticket(keys, ticket_id=ticket)
        vendors.link_by_hand(HALF, "PROJ-2")
        vendors.link_by_hand(LINKED, "PROJ-3")
        vendors.write_tickets("PROJ-4", f"{EMPTY} {LINKED} 99999")
        yield vendors


@pytest.fixture
def worker(vendors: SimulatedVendors, account: Account) -> Worker:
    aimed_at(account, vendors)
    account.put("ApiCredentialsArn", vendors.credentials())
    return Worker(account, vendors)


def work(worker: Worker, times: int = 12) -> None:
    for _ in range(times):
        worker.work()


def creates(vendors: SimulatedVendors) -> list[tuple[str, str]]:
    """Every link that was asked to be made, as ticket and issue key."""
    bodies = [json.loads(call.request_body)["link"] for call in vendors.zendesk.calls.matching("POST", "/links$")]
    return sorted((str(link["ticket_id"]), link["issue_key"]) for link in bodies)


BY_TICKETS = {
    (str(NAMING), "PROJ-1"),
    (str(NAMING), "PROJ-2"),
    (str(HALF), "PROJ-1"),
    (str(WRONG), "PROJ-4"),
}


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


@in_both_versions
def test_a_list_becomes_operators_claims(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, account: Account, tmp_path: Path
) -> None:
    file = tmp_path / "links.csv"
    file.write_text(f"ticket,issue\n{EMPTY},proj-1\n{LINKED},PROJ-3\n{EMPTY},NONE-1\n77777,PROJ-1\n\n")
    ended = cli("backfill", "--from", "csv", str(file), "--json")
    assert (ended.document["read"], ended.document["queued"], ended.document["to_link"]) == (4, 2, 1)
    assert [one["ticket_id"] for one in ended.document["not_found"]] == [str(EMPTY), "77777"]
    work(worker)
    assert creates(vendors) == [(str(EMPTY), "PROJ-1")]
    for ticket in (EMPTY, LINKED):
        (link,) = account.ledger.ticket(str(ticket)).links.values()
        assert (link.state, link.claims) == (LinkState.LINKED, {"operator"})


def test_a_ticket_that_only_zendesks_list_of_many_leaves_out_is_linked(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, tmp_path: Path
) -> None:
    """Whether that list leaves out archived tickets is not documented; old ones are what people have lists of."""
    vendors.zendesk.faults.add(path="/tickets/show_many", status=200, body=json.dumps({"tickets": []}))
    file = tmp_path / "links.csv"
    file.write_text(f"ticket,issue\n{EMPTY},PROJ-1\n{LINKED},PROJ-1\n")
    ended = cli("backfill", "--from", "csv", str(file), "--json")
    assert (ended.document["queued"], ended.document["not_found"]) == (2, [])
    work(worker)
    assert creates(vendors) == [(str(LINKED), "PROJ-1"), (str(EMPTY), "PROJ-1")]


@pytest.mark.parametrize("line", ["5001", "no,PROJ-1", "5001,"])
def test_a_list_that_is_none_is_refused_by_its_line(cli: RunCli, worker: Worker, tmp_path: Path, line: str) -> None:
    assert worker
    file = tmp_path / "links.csv"
    file.write_text(f"ticket,issue\n5001,PROJ-1\n{line}\n")
    ended = cli("backfill", "--from", "csv", str(file), "--json")
    assert (ended.status, "Line 3" in ended.document["error"]["message"]) == (2, True)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffticket,issue\r\n{0},proj-1\r\n{1},PROJ-3\r\n",
        "Ticket;Issue;Note\n{0};PROJ-1;one, two\n{1};PROJ-3;\n;;\n",
        "{0}\tPROJ-1\n{1}\tPROJ-3",
        '"Ticket","Issue"\n"{0}","PROJ-1","says ""so"", on\ntwo lines"\n"000{1}", PROJ-3 \n\n\n',
        "{0},PROJ-1\n{1},PROJ-3\n{0},PROJ-1\n{0}, proj-1\n",
        "ticket,issue\r{0},PROJ-1\r{1},PROJ-3\r",
    ],
    ids=["of a spreadsheet", "semicolons", "tabs", "quoted", "doubles", "returns alone"],
)
def test_lists_as_people_have_them(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "links.csv"
    file.write_bytes(text.format(EMPTY, LINKED).encode())
    ended = cli("backfill", "--from", "csv", str(file), "--json")
    assert (ended.status, ended.document["not_found"]) == (0, [])
    work(worker)
    assert creates(vendors) == [(str(EMPTY), "PROJ-1")]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("#5001,PROJ-1\n", 1),
        ("5001\n", 1),
        ("5001 PROJ-1\n5002 PROJ-2\n", 1),
        ('5001,"PROJ-1\n5002,PROJ-2\n', 2),
        ("ticket,issue\n" + "9" * 5_000 + ",PROJ-1\n", 2),
    ],
    ids=["marked", "one column", "blanks", "an open quote", "no number of a ticket"],
)
def test_no_row_is_taken_for_a_heading_or_for_a_part_of_another(
    cli: RunCli, tmp_path: Path, text: str, line: int
) -> None:
    file = tmp_path / "links.csv"
    file.write_text(text)
    ended = cli("backfill", "--from", "csv", str(file), "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, "file")
    assert f"Line {line} of" in ended.document["error"]["message"]


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


def test_where_the_search_is_refused_the_export_is_read(cli: RunCli, vendors: SimulatedVendors, worker: Worker) -> None:
    vendors.zendesk.exports.excluded_seconds = 0
    vendors.zendesk.faults.add(path="/search", status=422)
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.document["read"], ended.document["queued"]) == (5, 4)
    work(worker)
    assert creates(vendors) == sorted(BY_TICKETS)


def test_a_run_that_is_cut_short_goes_on_where_it_was(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "links.csv"
    monkeypatch.setattr("linksync_cli.backfill.file_rows.AT_ONCE", 10)
    file.write_text("".join(f"{EMPTY},PROJ-{number}\n" for number in (1, 2, 3, 4) for _ in range(6)))
    fed = _cut_after(monkeypatch, 2)
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
    _cut_after(monkeypatch, 2)
    assert cli("backfill", "--from", "csv", str(first), "--json").status == 130
    ended = cli("backfill", "--from", "csv", str(second), "--json")
    assert (ended.document["read"], ended.document["to_link"]) == (3, 3), "no row is left out"
    assert "begins anew" in ended.err


@pytest.mark.usefixtures("worker")
def test_a_list_may_come_out_of_a_pipe(cli: RunCli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in `--from csv <(psql …)`: it is read once, and another list has no place in it."""
    monkeypatch.setattr("linksync_cli.backfill.file_rows.AT_ONCE", 2)
    monkeypatch.setattr("linksync_cli.backfill.budget.Budget.taken_before", lambda *_: None)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def backfill(*keys: str) -> Ended:
        text = "".join(f"{EMPTY},{key}\n" for key in keys)
        writer = threading.Thread(target=pipe.write_text, args=(text,), daemon=True)
        writer.start()
        ended = cli("backfill", "--from", "csv", str(pipe), "--json")
        writer.join(timeout=5)
        return ended

    _cut_after(monkeypatch, 2)
    assert backfill(*["PROJ-1"] * 4).status == 130
    assert backfill("PROJ-2", "PROJ-3", "PROJ-4").document["to_link"] == 3


@pytest.mark.usefixtures("worker")
def test_a_place_in_another_field_is_no_place(
    cli: RunCli, vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linksync.outbound.zendesk_exports.SEARCH_PAGE", 2)
    monkeypatch.setattr("linksync_cli.backfill.budget.Budget.taken_before", lambda *_: None)
    _cut_after(monkeypatch, 2)
    assert cli("backfill", "--from", "zendesk", "--json").status == 130
    field = vendors.zendesk.fields.add("Another")
    for ticket in (NAMING, HALF, LINKED):
        vendors.zendesk.tickets.edit(ticket, {field: "PROJ-4"})
    aimed_at(account, vendors, TicketFieldId=field)
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.document["read"], ended.document["queued"]) == (3, 3), "no ticket is left out"
    assert "begins anew" in ended.err


def _cut_after(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Ctrl-C comes right after so many pages were fed, and once.  How much each page fed is added to what is given."""
    feed = Feeder.feed
    fed: list[int] = []

    def cut(self: Feeder, told: Any, **others: Any) -> list[str]:
        fed.append(len(deliveries := feed(self, told, **others)))
        if len(fed) == times:
            raise KeyboardInterrupt
        return deliveries

    monkeypatch.setattr(Feeder, "feed", cut)
    return fed


def test_a_run_that_fails_before_it_tells_anybody_leaves_nothing_to_wait_for(
    cli: RunCli, vendors: SimulatedVendors, worker: Worker, tmp_path: Path
) -> None:
    assert worker
    vendors.link_table.manage_links = False
    ended = cli("backfill", "--from", "zendesk", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_forbidden")
    assert "goes on where it was" in ended.document["error"]["mend"]
    assert list(tmp_path.glob("linksync-backfill*")) == []


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
