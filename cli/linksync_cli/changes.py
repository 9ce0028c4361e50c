"""What a set-up changed, found as it should be, or leaves to a person."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

    from linksync_cli.screen import Screen

NEW = "(new)"
"""Stands for the id of what a dry run would have made."""


class ChangeAction(StrEnum):
    """What became of something that a set-up looked at."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing, what became of it, and its id at the vendor (or the name of a secret)."""

    what: str
    action: ChangeAction
    id: str


@dataclass(slots=True)
class Changes:
    """The changes of one run.  `by_hand` is what no API can do; `calls` is what was or would be sent."""

    made: list[Change] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def add(self, what: str, action: ChangeAction, id_: str) -> None:
        """Add what became of one thing."""
        self.made.append(Change(what, action, id_))

    def double(self, what: str, name: str, id_: str, *, delete: Callable[[str], None] | None, vendor: str) -> None:
        """Delete a second one of something, or leave it to a person where no `delete` is given."""
        if delete:
            delete(id_)
            self.add(f"second {what}", ChangeAction.DELETED, id_)
        else:
            self.by_hand.append(
                f'"{name}" ({id_}) is a second {what}: each change is delivered twice. Look at it, then: linksync setup'
                f" {vendor} --remove-doubles"
            )

    def extend(self, other: "Changes") -> None:
        """Add the changes of another run."""
        self.made += other.made
        self.by_hand += other.by_hand
        self.calls += other.calls

    @property
    def any(self) -> bool:
        """Whether anything is not as it was."""
        return any(change.action is not ChangeAction.UNCHANGED for change in self.made)

    def document(self, *, dry_run: bool) -> dict[str, Any]:
        """As `--json` prints it."""
        document: dict[str, Any] = {"changes": [asdict(change) for change in self.made]}
        if self.by_hand:
            document["by_hand"] = self.by_hand
        return document | ({"calls": self.calls} if dry_run else {})


_SIGNS = {
    ChangeAction.CREATED: "ok",
    ChangeAction.UPDATED: "ok",
    ChangeAction.DELETED: "ok",
    ChangeAction.UNCHANGED: "skipped",
}


def rendered(changes: Changes, screen: "Screen", *, dry_run: bool) -> "Iterator[RenderableType]":
    """As lines for the terminal."""
    from rich.text import Text

    from linksync_cli.screen_tables import signed

    for change in changes.made:
        verb = f"would be {change.action}" if dry_run and change.action is not ChangeAction.UNCHANGED else change.action
        id_ = (f"  {change.id}" if change.id else "", "quiet")
        yield signed(screen.sign(_SIGNS[change.action]), Text.assemble(f"{change.what}: {verb}", id_))
    yield from _listed("\nBy hand:", changes.by_hand)
    if dry_run:
        yield from _listed("\nCalls that would be made:", changes.calls)
    elif not changes.any and not changes.by_hand:
        yield "Everything is as it should be: nothing was changed."


def _listed(heading: str, lines: Iterable[str]) -> "Iterator[RenderableType]":
    from linksync_cli.screen_tables import indented

    lines = list(lines)
    if lines:
        yield heading
        yield from map(indented, lines)
