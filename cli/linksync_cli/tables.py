"""Tables that read well at 80 columns and use more where there are more."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich import box
from rich.table import Table
from rich.text import Text

type Cell = str | Text


def table(*columns: str, rows: Iterable[Iterable[Cell]], last_wraps: bool = True) -> Table:
    """A table under these headings.  The last column takes the width that is left, and wraps."""
    made = Table(box=box.SIMPLE_HEAD, header_style="quiet", pad_edge=False, show_edge=False)
    for number, column in enumerate(columns, start=1):
        last = number == len(columns) and last_wraps
        made.add_column(column, no_wrap=not last, overflow="fold", ratio=1 if last else None)
    for row in rows:
        made.add_row(*row)
    return made


def moment(at: float) -> str:
    """A time for people: `2026-11-25 00:40 UTC`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def many(count: int, one: str, more: str = "") -> str:
    """`1 link`, `2 links`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"
