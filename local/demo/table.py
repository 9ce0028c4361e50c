"""A table that is printed row by row, as wide as the terminal is."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROWEST, WIDEST = 80, 140
BETWEEN = 3  # a rule and the blanks on both sides of it

type Cell = Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """A title, and the share of the width that the column takes.  `leads`: a cell's first entry stands out."""

    title: str
    share: int
    leads: bool = False


class RowPrinter:
    """Prints rows under titles; a cell is a list of entries, each on lines of its own."""

    def __init__(self, console: Console, columns: Sequence[Column]) -> None:
        self._console = console
        room = max(NARROWEST, min(WIDEST, console.width)) - BETWEEN * (len(columns) - 1) - 2
        shares = sum(column.share for column in columns)
        self._columns = columns
        self._widths = [max(1, room * column.share // shares) for column in columns]

    def head(self) -> None:
        """The titles."""
        self._print([Text(column.title, style="bold") for column in self._columns])

    def row(self, cells: Sequence[Cell]) -> None:
        """One row, as high as its highest cell, and a rule below it."""
        self._print([_cell(cell, column) for cell, column in zip(cells, self._columns, strict=True)])

    def _print(self, cells: Sequence[Text]) -> None:
        table = Table(show_header=False, box=box.SIMPLE, pad_edge=False, show_edge=False)
        for width in self._widths:
            table.add_column(width=width, overflow="fold")
        table.add_row(*cells)
        self._console.print(table)
        self._console.rule(style="dim")


def _cell(cell: Cell, column: Column) -> Text:
    leading = "bold" if column.leads else ""
    return Text("\n").join(_entry(entry, "" if place else leading) for place, entry in enumerate(cell))


def _entry(text: str, style: str = "") -> Text:
    """An entry with what went well or badly to be seen at a glance."""
    entry = Text(text, style)
    entry.highlight_regex(r"\b(?:2\d\d|202 accepted)\b", "green")
    entry.highlight_regex(r"\b[45]\d\d(?: \w+)?$", "yellow")
    return entry
