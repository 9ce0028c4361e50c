"""The demonstration's table reads well on every terminal."""

import io

import pytest
from rich.console import Console

from local.demo.demonstration import NARROW, WIDE
from local.demo.table import Column, RowPrinter

CELLS = [
    "7",
    "… and one comes back",
    "https://acme.atlassian.net/browse/" + "A" * 60,
    "Zendesk: link 5001 PROJ-1 → 201",
]


@pytest.mark.parametrize(("width", "used"), [(80, 80), (100, 100), (140, 140), (200, 140)])
@pytest.mark.parametrize("columns", [NARROW, WIDE])
def test_a_row_is_as_wide_as_the_terminal_and_no_wider(columns: list[Column], width: int, used: int) -> None:
    shown = io.StringIO()
    printer = RowPrinter(Console(file=shown, width=width), columns)
    printer.head()
    printer.row([[cell] for cell in [*CELLS, ""][: len(columns)]])
    lines = [line.rstrip() for line in shown.getvalue().splitlines() if not line.startswith("─")]
    assert used * 0.7 < max(map(len, lines)) <= used
    letters = "".join("".join(line.split()) for line in lines)
    assert letters.count("A") >= 60, "what is too long for a line goes on in the next one"
