"""Links in a table on disk: sorted, found by ticket and issue, and small in memory however many there are."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from linksync.core.drift import KnownLink
from linksync.core.issue import Issue
from linksync.core.links import LinkState, Owner
from linksync.core.listed_links import LinkRow
from linksync_cli.links_on_disk import KnownLinks, ListedLinks

ROOT = Path(__file__).parents[3]
MOST_MORE = 16  # MiB; as objects these rows take some 60
MEASURED = """
import resource
from contextlib import closing
from linksync.core.drift import difference, paired, without_doubles
from linksync.core.listed_links import LinkRow
from linksync_cli.links_on_disk import KnownLinks, ListedLinks

def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

before = used()
with closing(KnownLinks()) as known, closing(ListedLinks()) as listed:
    listed.add(LinkRow(ticket_id=str(n * 7919 % 100_000), issue_id=str(n), issue_key=f"P-{n}") for n in range(100_000))
    assert sum(row is not None for row, _ in paired(without_doubles(listed), known)) == 100_000
print((used() - before) // 1024)
"""


def row(ticket: str, issue: str, key: str | None = "PROJ-1", link_id: str = "") -> LinkRow:
    return LinkRow(ticket_id=ticket, issue_id=issue, issue_key=key, link_id=link_id)


def test_rows_come_sorted_and_as_they_were() -> None:
    rows = [row("9", "1"), row("10", "2", None, "7"), row("10", "1")]
    with closing(ListedLinks()) as table:
        table.add(rows)
        assert list(table) == [rows[2], rows[1], rows[0]]
        assert table.of_ticket("10") == [rows[2], rows[1]]
        assert table.of_issue("1") == [rows[2], rows[0]]
        assert table.of_ticket("11") == []


def test_links_of_the_ledger_come_as_they_were() -> None:
    links = [
        KnownLink(ticket_id="5", issue=Issue("1", "A-1"), state=LinkState.SEEN, owner=Owner.ADOPTED, wanted=False),
        KnownLink(ticket_id="5", issue=Issue("2", "A-2"), state=LinkState.LINKED, owner=Owner.LINKSYNC, wanted=True),
    ]
    with closing(KnownLinks()) as table:
        table.add(reversed(links))
        assert list(table) == links


def test_a_hundred_thousand_rows_take_little_memory() -> None:
    environment = {"PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'layers/linksync'}", "PATH": os.environ["PATH"]}
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-c", MEASURED], env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < MOST_MORE
