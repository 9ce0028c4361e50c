"""A backfill from somebody's own list: a file of `ticket,issue`, as people have them."""

import json
import os
import threading
from pathlib import Path

import pytest

from linksync.core.links import LinkState
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.backfill.scene import (
    EMPTY,
    LINKED,
    creates,
    cut_after,
    in_both_versions,
    work,
)
from tests.unit.cli.conftest import Ended, RunCli
from tests.unit.cli.worker import Worker


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

    cut_after(monkeypatch, 2)
    assert backfill(*["PROJ-1"] * 4).status == 130
    assert backfill("PROJ-2", "PROJ-3", "PROJ-4").document["to_link"] == 3
