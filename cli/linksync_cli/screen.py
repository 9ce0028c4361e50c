"""What a person or a program sees of a command.

Results go to standard output.  Progress, notes and questions go to standard error.  With `--json` standard output gets
exactly one JSON document, and standard error neither colour nor anything that moves.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from rich.theme import Theme

THEME = Theme(
    {
        "ok": "green",
        "warning": "yellow",
        "failed": "bold red",
        "skipped": "dim",
        "name": "cyan",
        "mend": "default",
        "quiet": "dim",
        "repr.number": "default",
        "repr.url": "default",
    }
)
_SIGNS = {"ok": ("✓", "+"), "warning": ("!", "!"), "failed": ("✗", "x"), "skipped": ("–", "-")}


class Screen:
    """Both streams of one run."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.as_json = as_json
        self._stdout = out or sys.stdout
        self._noted: set[str] = set()
        self.out = Console(file=self._stdout, theme=THEME, highlight=False)
        self.err = Console(file=err or sys.stderr, theme=THEME, highlight=False, no_color=as_json or None)

    def show(self, *renderables: RenderableType) -> None:
        """A result for people; programs get it as `document`."""
        if not self.as_json:
            for one in renderables:
                self.out.print(one)

    def document(self, document: Any) -> None:  # noqa: ANN401  whatever JSON can hold
        """The one document that a program gets; people see nothing of it."""
        if self.as_json:
            self._stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
            self._stdout.flush()

    def note(self, text: RenderableType) -> None:
        """A line about the work, for whoever watches it."""
        self.err.print(text)

    def note_once(self, text: str) -> None:
        """The same, unless it was told before in this run."""
        if text not in self._noted:
            self._noted.add(text)
            self.note(text)

    def sign(self, status: str) -> Text:
        """The sign of a status: ok, warning, failed or skipped."""
        pretty, plain = _SIGNS[status]
        return Text(plain if self.out.options.ascii_only else pretty, style=status)

    @property
    def moves(self) -> bool:
        """Whether a spinner or a bar may be shown."""
        return self.err.is_terminal and not self.as_json

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Tells that something takes a moment."""
        if self.moves:
            with self.err.status(what):
                yield
        else:
            yield

    def tracked[T](self, rows: Iterable[T], *, what: str, total: int | None = None) -> Iterator[T]:
        """The rows, with a bar that shows how many, how fast, and the time left where the total is known."""
        with self.progress(what, total) as step:
            for row in rows:
                yield row
                step(1)

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator["Step"]:
        """A bar to be moved by hand; where nothing may move, a line at the end."""
        if not self.moves:
            step = Step(None)
            yield step
            self.note(f"{what}: {step.count:,}")
            return
        columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}")]
        columns += [BarColumn(bar_width=24), MofNCompleteColumn(), _Rate()] if total else [_Count(), _Rate()]
        columns += [TimeRemainingColumn(compact=True)] if total else []
        with Progress(*columns, console=self.err, transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield Step(lambda by: bar.advance(task, by))


class Step:
    """Moves a progress bar: call it with how many are done."""

    def __init__(self, advance: Any) -> None:  # noqa: ANN401
        self.count = 0
        self._advance = advance

    def __call__(self, by: int = 1) -> None:
        """So many more are done."""
        self.count += by
        if self._advance is not None:
            self._advance(by)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{(task.speed or 0) * 60:,.0f}/min", style="quiet")


class _Count(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.completed:,.0f}")
