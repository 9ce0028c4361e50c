"""Runs a command of the command line in this process, and keeps what a terminal would show."""

import inspect
import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, redirect_stdout
from io import StringIO
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from rich.text import Text

from linksync_cli import screen
from linksync_cli.app import main

_ULID = re.compile(r"\b01[0-9A-Z]{24}\b")
_TODAY = re.compile(time.strftime("%Y-%m-%d [0-9]{2}:[0-9]{2}:[0-9]{2}", time.gmtime()))
THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": SVG_EXPORT_THEME}
_FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Recorded:
    """What a command showed in a terminal of this width.  `shown` are texts to be put in place of others."""

    def __init__(self, arguments: list[str], *, width: int, shown: dict[str, str]) -> None:
        self.command = " ".join(["linksync", *arguments])
        self._shown = shown
        self._console = Console(
            width=width,
            record=True,
            force_terminal=True,
            color_system="truecolor",
            highlight=False,
            file=StringIO(),
            theme=screen.THEME,
        )
        with _in_place_of_a_terminal(self._console, width), redirect_stdout(StringIO()) as out:
            self.status = main(arguments)
        if out.getvalue():  # help, which Typer prints by itself
            self._console.print(Text.from_ansi(out.getvalue().rstrip()))

    def lines(self) -> list[str]:
        """The screen, line by line, as it was on this machine."""
        return [line.rstrip() for line in self._console.export_text(clear=False).splitlines()]

    def text(self) -> str:
        """The screen, with the command above it."""
        return self._clean(f"$ {self.command}\n" + "\n".join(self.lines()).rstrip() + "\n")

    def svg(self, theme: str) -> str:
        """A picture of it.  It loads nothing from elsewhere."""
        picture = self._console.export_svg(
            title=self.command, theme=THEMES[theme], clear=False, unique_id="linksync", code_format=svg_format()
        )
        return self._clean(picture)

    def _clean(self, text: str) -> str:
        """What differs from one run to the next is always the same, and as long: ids, and the time of now."""
        for found, wanted in self._shown.items():
            text = text.replace(found, wanted)
        ids = {id_: f"01JD8QK3V6W9XN{number:012d}" for number, id_ in enumerate(dict.fromkeys(_ULID.findall(text)), 1)}
        for found, wanted in ids.items():
            text = text.replace(found, wanted)
        return _TODAY.sub("2026-11-25 09:30:00", text) if not text.startswith("<svg") else text


def svg_format() -> str:
    """Rich's picture without the fonts that it would load from another host."""
    whole = str(inspect.signature(Console.export_svg).parameters["code_format"].default)
    start, end = whole.index("    @font-face"), whole.rindex("    @font-face")
    end = whole.index("}}", end) + 3
    return (whole[:start] + whole[end:]).replace("Fira Code, monospace", _FONTS)


@contextmanager
def _in_place_of_a_terminal(console: Console, width: int) -> Iterator[None]:
    """Both streams on one console, as in a terminal; what moves there is gone in the end, and left out."""

    @contextmanager
    def progress(*_told: Any, **_more: Any) -> Iterator[screen.Step]:
        yield screen.Step(None)

    with ExitStack() as stack:
        stack.enter_context(patch.object(screen, "Console", lambda **_given: console))
        stack.enter_context(patch.object(screen.Screen, "working", lambda *_told: nullcontext()))
        stack.enter_context(patch.object(screen.Screen, "progress", progress))
        stack.enter_context(patch.dict("os.environ", {"COLUMNS": str(width), "TERMINAL_WIDTH": str(width)}))
        stack.enter_context(patch.object(sys, "argv", ["linksync"]))
        yield
