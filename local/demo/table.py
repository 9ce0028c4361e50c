"""A plain text table whose cells wrap."""

import textwrap
from collections.abc import Iterable, Sequence

type Cell = Sequence[str]


def lines(text: str, width: int) -> list[str]:
    """A text as lines of at most that width."""
    return textwrap.wrap(text, width, subsequent_indent="  ") or [""]


class Table:
    """Columns of fixed widths; a cell is a list of entries, each on lines of its own."""

    def __init__(self, columns: Sequence[tuple[str, int]]) -> None:
        self.titles = [title for title, _ in columns]
        self.widths = [width for _, width in columns]

    def rule(self) -> str:
        """A line between rows."""
        return "─┼─".join("─" * width for width in self.widths)

    def head(self) -> str:
        """The titles."""
        return f"{self._line(self.titles)}\n{self.rule()}"

    def row(self, cells: Iterable[Cell]) -> str:
        """One row, as high as its highest cell."""
        columns = [
            [line for entry in cell for line in lines(entry, width)]
            for cell, width in zip(cells, self.widths, strict=True)
        ]
        height = max(map(len, columns))
        padded = [column + [""] * (height - len(column)) for column in columns]
        return "\n".join(self._line(row) for row in zip(*padded, strict=True))

    def _line(self, texts: Iterable[str]) -> str:
        return " │ ".join(f"{text:<{width}}" for text, width in zip(texts, self.widths, strict=True)).rstrip()
