"""A backfill uses its budget and never more of it, killed or not (`make bench`: backfill, with 20,000 links)."""

import logging
from collections.abc import Iterator

import pytest

from tests.bench.backfill import measured

LINKS, BUDGET = 1_400, 350


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_nearly_all_of_the_budget_is_used_and_no_minute_sees_more() -> None:
    row = measured(LINKS, killed=False)
    assert (row.budget, row.links, row.twice) == (BUDGET, LINKS, 0), "half of the plan's 700"
    assert row.most <= BUDGET
    assert row.used >= 0.95


def test_a_kill_half_way_makes_no_link_twice_and_no_minute_too_full() -> None:
    row = measured(LINKS // 2, per_minute=100)
    assert (row.links, row.twice) == (LINKS // 2, 0)
    assert row.most <= 100
