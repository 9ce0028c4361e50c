"""Tables that read well at 80 columns and use more where there are more."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich import box
from rich.padding import Padding
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


def indented(text: str | Text, by: int = 2) -> Padding:
    """A text whose every line begins so many columns to the right."""
    return Padding.indent(Text(text) if isinstance(text, str) else text, by)


def signed(sign: Text, text: str | Text) -> Table:
    """A sign and a text beside it, which wraps beside it, too."""
    line = Table.grid(padding=(0, 1, 0, 0))
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(sign, Text(text) if isinstance(text, str) else text)
    return line
