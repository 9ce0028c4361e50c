"""The dashboard and the saved queries look at what is there: metrics, resources and commands."""

import json
import re
from typing import Any

import pytest

from linksync.metrics import Metric
from tests.metric_dimensions import DIMENSIONS
from tests.template_metrics import ALARMS, AWS_METRICS, DASHBOARD_TEXT, IN_ALARMS, ON_THE_DASHBOARD, WIDGETS, Named
from tests.translated_template import TEMPLATE_FILE, of_type, resources

INDEX = "GlobalSecondaryIndexName"


@pytest.mark.parametrize("named", sorted({*ON_THE_DASHBOARD, *IN_ALARMS}, key=repr), ids=lambda named: named.name)
def test_each_metric_that_is_named_is_one_that_is_published(named: Named) -> None:
    if named.namespace == "linksync":
        assert named.dimensions == DIMENSIONS[named.name]
        return
    dimension, kind, names = AWS_METRICS[named.namespace]
    assert (named.name in names, named.dimensions - {INDEX}) == (True, {dimension})
    assert {resources()[one]["Type"] for one in named.resources} == ({kind} if kind else set())


@pytest.mark.parametrize("metric", Metric)
def test_each_metric_that_the_code_counts_is_on_the_dashboard(metric: Metric) -> None:
    assert metric in {named.name for named in ON_THE_DASHBOARD if named.namespace == "linksync"}


@pytest.mark.parametrize("widget", [one for one in WIDGETS if one["type"] == "metric"])
def test_expressions_name_only_what_their_widget_has(widget: dict[str, Any]) -> None:
    own = [metric[-1] for metric in widget["properties"]["metrics"]]
    ids = [one["id"] for one in own if "id" in one]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]\w*", one) for one in ids)
    for one in own:
        if "expression" in one and "SEARCH" not in one["expression"]:
            assert set(re.findall(r"\b[a-z]\w*", one["expression"])) <= set(ids)


def test_widgets_cover_no_other() -> None:
    taken = [
        (x, y)
        for widget in WIDGETS
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_the_dashboard_shows_every_alarm_and_refers_to_what_is_there() -> None:
    (shown,) = [widget["properties"]["alarms"] for widget in WIDGETS if widget["type"] == "alarm"]
    # By name: those that the local emulator does not take are not there for a reference.
    prefix = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
    assert sorted(shown) == sorted(prefix + alarm["AlarmName"]["Fn::Sub"] for alarm in ALARMS.values())
    pseudo = {f"AWS::{name}" for name in ("StackName", "Region", "Partition", "AccountId")}
    referred = {one.partition(".")[0] for one in re.findall(r"\$\{([^}]+)\}", DASHBOARD_TEXT)}
    assert referred - pseudo <= set(resources())


def test_what_it_costs_is_reckoned_with_the_functions_own_memory() -> None:
    (cost,) = [
        metric[0]["expression"]
        for w in WIDGETS
        for metric in w["properties"].get("metrics", ())
        if "E-6" in str(metric[0])
    ]
    memory = {name: one["MemorySize"] / 1024 for name, one in of_type("AWS::Lambda::Function").items()}
    assert memory["ZendeskWebhook"] == memory["JiraWebhook"]
    seconds = f"({memory['ZendeskWebhook']} * SUM([time1, time2]) + {memory['LinkWorker']} * time3) / 1000"
    assert f"13.3334E-6 * {seconds}" in cost


def test_what_it_costs_counts_the_writes_of_the_index_too() -> None:
    """CloudWatch counts them apart from the table's, and DynamoDB bills both."""
    (table,) = (one for one in of_type("AWS::DynamoDB::Table").values() if "GlobalSecondaryIndexes" in one)
    indexes = {one["IndexName"] for one in table["GlobalSecondaryIndexes"]}
    metrics = [one for w in WIDGETS for one in w["properties"].get("metrics", ()) if INDEX in one]
    assert {one[one.index(INDEX) + 1] for one in metrics} == indexes
    (cost,) = (one[0]["expression"] for w in WIDGETS for one in w["properties"].get("metrics", ()) if "E-6" in str(one))
    assert {one[-1]["id"] for one in metrics} <= set(re.findall(r"writes\d", cost))


def test_the_commands_that_are_named_exist() -> None:
    modules = TEMPLATE_FILE.with_name("cli").glob("linksync_cli/commands/*.py")
    commands = {module.stem.removesuffix("_links").replace("_", "-") for module in modules}
    told = DASHBOARD_TEXT + json.dumps([alarm["AlarmDescription"] for alarm in ALARMS.values()])
    named = set(re.findall(r"linksync ([a-z]+)(?= --| stops)", told))
    assert {"redrive", "list", "pause"} <= named <= commands
