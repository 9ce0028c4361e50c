"""Rows that are all at hand, in a file: a list of somebody's own, or a plan."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import batched
from pathlib import Path

from linksync.core.backfill import BackfillRow, CsvRow
from linksync_cli.backfill.origin import digest
from linksync_cli.backfill.rows import Page
from linksync_cli.failures import WrongUsage

AT_ONCE = 100
"""Rows of a page."""
_DELIMITERS = ",;\t"  # spreadsheets of half the world write semicolons
_LONGEST_ID = 19
_DIGIT = re.compile("[0-9]")


class CsvRows:
    """A file of `ticket,issue`, with or without a line of headings; semicolons or tabs do as well.

    A place is how many rows went before.
    """

    def __init__(self, path: Path) -> None:
        text = _text(path)
        self.content = digest(text.encode())
        self._rows = list(_rows(text, path))

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


def _text(path: Path) -> str:
    """All of it, read once: it may be a pipe."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        raise WrongUsage("file", f"{path} cannot be read as text.", "Give a file of lines `ticket,issue`.") from None


def _rows(text: str, path: Path) -> Iterator[CsvRow]:
    """Raises WrongUsage for a text that is no list, naming the line."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, delimiter=_delimiter(lines), strict=True)
    try:
        for number, cells in enumerate(reader):
            ticket, issue = ([cell.strip() for cell in cells] + ["", ""])[:2]
            if ticket.isascii() and ticket.isdigit() and len(ticket) <= _LONGEST_ID and issue:
                yield CsvRow(ticket_id=str(int(ticket)), issue=issue.upper())
            elif any(map(str.strip, cells)) and (number or _DIGIT.search(ticket)):
                raise _no_row(path, reader.line_num)
    except csv.Error:
        raise _no_row(path, reader.line_num) from None


def _delimiter(lines: Sequence[str]) -> str:
    """What stands between the columns: the first of these in the first line that holds one."""
    return next((sign for line in lines for sign in line if sign in _DELIMITERS), _DELIMITERS[0])


def _no_row(path: Path, line: int) -> WrongUsage:
    mend = "Write a ticket's number and an issue's key or id: 5001,PROJ-1"
    return WrongUsage("file", f"Line {line} of {path} is no `ticket,issue`.", mend)
