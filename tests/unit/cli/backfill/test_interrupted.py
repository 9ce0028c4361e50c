"""A backfill that is killed anywhere, and lists that fail or show rows twice: each missing link is made once.

The command's own parts and the real worker on the simulated vendors and AWS, by a clock that waits move.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from linksync.core.change_feed import ChangedTicket, TicketPage
from linksync.errors import UpstreamUnavailable
from linksync.outbound.zendesk_exports import CursorRefused, ZendeskExports
from linksync.store.event_queue import EventQueue
from linksync_cli.backfill.place import PlaceFile
from linksync_cli.backfill.rows import ZendeskRows
from linksync_cli.failures import Failure
from local.vendors import TICKET_FIELD
from tests.bench.backfill import KEYS_A_TICKET, Killed, Scene, backfilling_of

LINKS, HISTORIES, MOST_RUNS = 40, 25, 400
BUDGET = 350


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Interruptions:
    """Kills before and after what a run does for good, and a search of three tickets a page that does as it likes."""

    def __init__(self, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self._random, self._shown = random, list[ChangedTicket]()
        monkeypatch.setattr("linksync.outbound.zendesk_exports.SEARCH_PAGE", 3)
        monkeypatch.setattr(EventQueue, "send_batch", self._killing(EventQueue.send_batch))
        monkeypatch.setattr(PlaceFile, "write", self._killing(PlaceFile.write))
        monkeypatch.setattr(ZendeskExports, "with_field", self._searching(ZendeskExports.with_field))

    def _killing(self, done: Callable[..., Any]) -> Callable[..., Any]:
        def method(*given: Any, **named: Any) -> Any:
            chance = self._random.random()
            if chance < 0.04:
                raise Killed
            answer = done(*given, **named)
            if chance > 0.96:
                raise Killed
            return answer

        return method

    def _searching(self, search: Callable[..., TicketPage]) -> Callable[..., TicketPage]:
        def method(exports: ZendeskExports, *, cursor: str = "") -> TicketPage:
            failures = [UpstreamUnavailable("down"), Killed(), CursorRefused("expired") if cursor else None]
            failure = self._random.choice(failures) if self._random.random() < 0.15 else None
            if failure:
                raise failure
            page = search(exports, cursor=cursor)
            rows = list(page.rows)
            if self._shown and self._random.random() < 0.3:
                rows.insert(self._random.randrange(len(rows) + 1), self._random.choice(self._shown))
            self._shown += page.rows
            return replace(page, rows=tuple(rows))

        return method


def run_to_its_end(scene: Scene, home: Path, random: Random, between: Callable[[], object]) -> None:
    for _ in range(MOST_RUNS):
        backfilling, parts = backfilling_of(scene, home, BUDGET)
        with suppress(Killed, Failure):
            backfilling.fed(ZendeskRows(parts.vendors.exports))
            return
        scene.sleep(random.choice([0, 1, 100, 4_000]))
        between()
    raise AssertionError("it never comes to its end")


def named(scene: Scene) -> set[tuple[str, str]]:
    """What the fields name."""
    tickets = scene.installation.zendesk.account.tickets.all()
    return {(str(one.id), key) for one in tickets for key in str(one.fields.get(TICKET_FIELD) or "").split()}


def linked(scene: Scene) -> set[tuple[str, str]]:
    keys = {issue.id: issue.key for issue in scene.installation.jira.jira.issues.all()}
    return {(ticket, keys[issue]) for ticket, issue in scene.installation.zendesk.pairs()}


@pytest.mark.parametrize("v1", [False, True], ids=["v2", "v1"])
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_each_missing_link_is_made_once(seed: int, v1: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    random, scene = Random(seed), Scene(LINKS, v1=v1)
    Interruptions(random, monkeypatch)
    run_to_its_end(scene, tmp_path, random, lambda: None)
    while scene.depth():
        scene.sleep(1.0)
    assert linked(scene) == named(scene)
    assert sum(method == "POST" for _, method in scene.calls) == LINKS


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_an_edit_meanwhile_counts_at_the_latest_with_the_reconciler(
    seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    random, scene = Random(seed), Scene(LINKS)
    scene.installation.reconcile()
    Interruptions(random, monkeypatch)

    def edit() -> None:
        ticket = 10_000 + random.randrange(LINKS // KEYS_A_TICKET)
        tickets = scene.installation.zendesk.account.tickets
        tickets.edit(ticket, {TICKET_FIELD: f"PROJ-{random.randrange(1, 50)}"})
        scene.installation.senders.network.clear()  # no sender tells

    run_to_its_end(scene, tmp_path, random, edit)
    for _ in range(3):
        while scene.depth():
            scene.sleep(1.0)
        scene.clock.now += 900
        scene.installation.reconcile()
    while scene.depth():
        scene.sleep(1.0)
    assert linked(scene) == named(scene)
