"""Rows that are all at hand, in a file: a list of somebody's own, or a plan."""

import csv
from collections.abc import Iterator, Sequence
from itertools import batched
from pathlib import Path

from linksync.core.backfill import BackfillRow, CsvRow
from linksync_cli.backfill.rows import Page
from linksync_cli.failures import WrongUsage

AT_ONCE = 100
"""Rows of a page."""


class CsvRows:
    """A file of `ticket,issue`, with or without a line of headings.  A place is how many rows went before."""

    def __init__(self, path: Path) -> None:
        self._rows = list(_read(path))

    def total(self) -> int | None:
        """How many rows the file has."""
        return len(self._rows)

    def pages(self, place: str) -> Iterator[Page]:
        """See Rows."""
        yield from file_pages(self._rows, place)


def file_pages(rows: Sequence[BackfillRow], place: str) -> Iterator[Page]:
    """The pages of rows that are all at hand."""
    begin = int(place or 0)
    for batch in batched(rows[begin:], AT_ONCE, strict=False):
        begin += len(batch)
        yield Page(batch, str(begin) if begin < len(rows) else "")


def _read(path: Path) -> Iterator[CsvRow]:
    """Raises WrongUsage for a file that is none, naming the line."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise WrongUsage("file", f"{path} cannot be read as text.", "Give a file of lines `ticket,issue`.") from None
    for number, cells in enumerate(csv.reader(text.splitlines()), start=1):
        ticket, issue = ([cell.strip() for cell in cells] + ["", ""])[:2]
        if ticket.isascii() and ticket.isdigit() and issue:
            yield CsvRow(ticket_id=str(int(ticket)), issue=issue.upper())
        elif number > 1 and any(cells):
            mend = "Write a ticket's number and an issue's key or id: 5001,PROJ-1"
            raise WrongUsage("file", f"Line {number} of {path} is no `ticket,issue`.", mend)
