"""What a run costs depends on what changed, and not on how many tickets there are (`make bench`: reconciler)."""

import logging

import pytest

from tests.bench.reconciling import Row, Scene

MOST_CALLS_WHEN_QUIET = 4


@pytest.fixture(scope="module")
def runs() -> dict[tuple[int, int], Row]:
    """By how many tickets there are, and how many of them changed."""
    logging.disable(logging.CRITICAL)
    found = {}
    for tickets in (100, 2_000):
        scene = Scene(tickets)
        for changed in (10, 0, 40):
            found[tickets, changed] = scene.run(changed)
    logging.disable(logging.NOTSET)
    return found


def test_it_does_not_grow_with_the_tickets(runs: dict[tuple[int, int], Row]) -> None:
    few, many = runs[100, 10], runs[2_000, 10]
    assert (few.calls, few.queued, few.work_calls) == (many.calls, many.queued, many.work_calls)


def test_it_tells_the_lanes_of_what_changed_and_no_other(runs: dict[tuple[int, int], Row]) -> None:
    for (_, changed), row in runs.items():
        assert row.queued == changed
        assert row.work_calls == 3 * changed, "a reading, a look-up and a create each"


def test_a_quiet_account_costs_next_to_nothing(runs: dict[tuple[int, int], Row]) -> None:
    quiet = runs[2_000, 0]
    assert (quiet.calls <= MOST_CALLS_WHEN_QUIET, quiet.queued, quiet.work_calls) == (True, 0, 0)
