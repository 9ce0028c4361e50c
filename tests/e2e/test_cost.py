"""What a million events may cost, counted as `make bench` counts it."""

import pytest

from tests.bench import at_rest, cost
from tests.bench.deployed import Deployed
from tests.bench.prices import UPSTREAM_SECONDS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

MOST = {"ticket gains 1": 12.00, "nothing changed": 7.50}


def test_a_million_events_cost_no_more_than_is_promised() -> None:
    deployed = Deployed.by_the_template()
    dollars = {
        kind: sum(part for _, part in cost.parts(event, deployed, "arm64", UPSTREAM_SECONDS))
        for kind, event in cost.events(deployed).items()
    }
    assert {kind: dollars[kind] for kind in MOST if dollars[kind] > MOST[kind]} == {}


def test_a_month_at_rest_costs_half_of_what_every_metric_by_source_would() -> None:
    rows = at_rest.month(Deployed.by_the_template())
    assert sum(now for *_, now in rows) <= sum(once for _, once, _ in rows) / 2
