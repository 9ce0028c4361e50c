"""Whatever the vendors' lists do that nobody promises, no edit stays unseen once they behave again.

They fail, refuse cursors and tokens, show rows twice, old rows again, empty pages that are not the last, and issues of
a time to come; runs are killed anywhere, and lanes work late.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from linksync.core.change_feed import IssuePage, TicketPage
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts
from linksync.core.ordering import Window
from linksync.errors import UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.jira_search import PageRefused
from linksync.outbound.zendesk_exports import CursorRefused
from tests.unit.reconciler.parts import FakeExport, FakeSearch, Parts

HISTORIES, BLOCKS = 250, 4
SUBJECTS = 8


class Killed(BaseException):
    """The function's process is gone."""


@dataclass
class Whims:
    """What happens to a page, by chance, for as long as it is `on`."""

    random: Random
    on: bool = True
    shown: list[Any] = field(default_factory=list)

    def may_fail(self, refusal: Exception | None) -> None:
        """`refusal` is what a cursor is refused with, where there is one."""
        throttled = UpstreamThrottled("too many", retry_after=self.random.choice([None, 5.0, 600.0]))
        failures = [UpstreamUnavailable("down"), throttled, Killed(), refusal]
        failure = self.random.choice(failures) if self.on and self.random.random() < 0.15 else None
        if failure:
            raise failure

    def rows(self, rows: tuple[Any, ...]) -> tuple[Any, ...]:
        """The rows of a page, with old ones among them and some twice."""
        found = list(rows)
        if self.on and self.shown and self.random.random() < 0.3:
            found.insert(self.random.randrange(len(found) + 1), self.random.choice(self.shown))
        if self.on and rows and self.random.random() < 0.3:
            found.append(rows[0])
        self.shown += rows
        return tuple(found)


@dataclass
class HostileExport(FakeExport):
    whims: Whims = field(kw_only=True)

    def changed(self, *, cursor: str, start: float, size: int) -> TicketPage:
        self.whims.may_fail(CursorRefused("refused") if cursor else None)
        place = cursor.partition("!")[0]
        if cursor and self.whims.on and self.whims.random.random() < 0.2:
            return TicketPage(rows=(), cursor=f"{place}!{self.whims.random.random()}", last=False)
        page = super().changed(cursor=place, start=start, size=size)
        return replace(page, rows=self.whims.rows(page.rows))


@dataclass
class HostileSearch(FakeSearch):
    whims: Whims = field(kw_only=True)

    def changed(self, *, since: float, token: str) -> IssuePage:
        self.whims.may_fail(PageRefused("refused") if token else None)
        page = super().changed(since=since, token=token)
        return replace(page, rows=self.whims.rows(page.rows))


class History:
    """People edit, no sender tells, the reconciler runs now and then, and lanes work what they are told."""

    def __init__(self, seed: int) -> None:
        self.random, self.parts = Random(seed), Parts()
        self.whims = Whims(self.random)
        clock, sizes = self.parts.clock, (1, 2, 5, 500)
        self.parts.zendesk = HostileExport(clock, page_size=self.random.choice(sizes), whims=self.whims)
        self.parts.jira = HostileSearch(clock, page_size=self.random.choice(sizes), whims=Whims(self.random, on=False))
        self.tickets: dict[str, tuple[str, ...]] = {}
        self.issues: dict[str, tuple[str, ...]] = {}

    def play(self) -> None:
        """The history, and rest after it."""
        self.parts.begin()
        self.parts.jira.whims.on = True  # type: ignore[attr-defined]
        for _ in range(self.random.randrange(3, 25)):
            step = self.random.choice([self._edit_ticket, self._edit_issue, self._run])
            step()
            self.parts.later(self.random.choice([1, 30, 200, 3_600]))
        self.whims.on = self.parts.jira.whims.on = False  # type: ignore[attr-defined]
        for _ in range(12):
            self.parts.later(7_200)
            self.parts.run()
            self._work()

    def unseen(self) -> list[str]:
        """The subjects whose lanes hold something else than their fields."""
        stated, records = self.parts.ledger.stated, self.parts.ledger.records
        tickets = {one: stated[one][0].refs if one in stated else frozenset() for one in self.tickets}
        issues = {one: records[one].stated.refs if one in records else frozenset() for one in self.issues}
        return [f"ticket {one}" for one, refs in self.tickets.items() if tickets[one] != set(refs)] + [
            f"issue {one}" for one, refs in self.issues.items() if issues[one] != set(refs)
        ]

    def _edit_ticket(self) -> None:
        ticket, keys = self._edited("PROJ-")
        self.tickets[ticket] = keys
        self.parts.export.change(ticket, *keys)

    def _edit_issue(self) -> None:
        issue, tickets = self._edited("")
        self.issues[issue] = tickets
        self.parts.jira.change(issue, f"PROJ-{issue}", *tickets)
        if self.random.random() < 0.05:
            row = self.parts.jira.rows[issue]
            self.parts.jira.rows[issue] = replace(row, updated_at=row.updated_at + self.random.choice([1e4, 1e7]))

    def _edited(self, prefix: str) -> tuple[str, tuple[str, ...]]:
        refs = tuple(f"{prefix}{number}" for number in range(self.random.randrange(3)))
        return str(self.random.randrange(SUBJECTS)), refs

    def _run(self) -> None:
        with suppress(Killed):
            self.parts.run(seconds=self.random.choice([100, 900]))
        if self.random.random() < 0.7:
            self._work()

    def _work(self) -> None:
        """Each lane that is told something reads its field."""
        window = Window.of_reading(self.parts.clock.now)
        for lane in self.parts.queue.lanes():
            kind, _, subject = lane.partition("#")
            if kind == "ticket":
                self.parts.ledger.stated[subject] = self._read(self.tickets[subject], window), TicketFacts()
            else:
                stated = self._read(self.issues[subject], window)
                record = IssueRecord(stated=stated, key=f"PROJ-{subject}", key_at=window.latest)
                self.parts.ledger.records[subject] = record

    def _read(self, refs: tuple[str, ...], window: Window) -> FieldRecord:
        return FieldRecord(frozenset(refs), window)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_edit_stays_unseen(block: int) -> None:
    for seed in range(block * HISTORIES, (block + 1) * HISTORIES):
        history = History(seed)
        history.play()
        assert history.unseen() == [], f"seed {seed}"
