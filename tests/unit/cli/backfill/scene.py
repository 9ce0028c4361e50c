"""What tests of the backfill look at: the tickets, what was asked to be made, and a run that is cut short."""

import json
from typing import Any

import pytest

from linksync_cli.backfill.feeder import Feeder
from local.vendors import SimulatedVendors
from tests.unit.cli.worker import Worker

NAMING, HALF, LINKED, EMPTY, WRONG = range(5001, 5006)

BY_TICKETS = {
    (str(NAMING), "PROJ-1"),
    (str(NAMING), "PROJ-2"),
    (str(HALF), "PROJ-1"),
    (str(WRONG), "PROJ-4"),
}

in_both_versions = pytest.mark.parametrize("vendors", ["v2", "v1"], indirect=True)


def work(worker: Worker, times: int = 12) -> None:
    for _ in range(times):
        worker.work()


def creates(vendors: SimulatedVendors) -> list[tuple[str, str]]:
    """Every link that was asked to be made, as ticket and issue key."""
    bodies = [json.loads(call.request_body)["link"] for call in vendors.zendesk.calls.matching("POST", "/links$")]
    return sorted((str(link["ticket_id"]), link["issue_key"]) for link in bodies)


def cut_after(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Ctrl-C comes right after so many pages were fed, and once.  How much each page fed is added to what is given."""
    feed = Feeder.feed
    fed: list[int] = []

    def cut(self: Feeder, told: Any, **others: Any) -> list[str]:
        fed.append(len(deliveries := feed(self, told, **others)))
        if len(fed) == times:
            raise KeyboardInterrupt
        return deliveries

    monkeypatch.setattr(Feeder, "feed", cut)
    return fed
