"""One line holds what happened and its metrics, whatever LogLevel is."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from linksync.errors import AwsUnavailable
from linksync.metrics import Metric
from linksync.observability import correlated, correlation_id, describe, emit_line, report_start
from tests.examples import logging_as
from tests.metric_dimensions import DIMENSIONS

type Written = Callable[[], list[dict[str, Any]]]

COUNTED = {Metric.LINKS_CREATED: 2}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from logging_as("test_observability", monkeypatch)


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Written:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_tells_its_story_and_counts(written: Written) -> None:
    emit_line(
        logging.INFO,
        "delivery accepted",
        fields={"ticket_id": "4711", "references": 0, "reason": "", "issue_id": None},
        counts=COUNTED,
        source="zendesk_trigger",
        correlation_id="c-1",
    )
    (line,) = written()
    directive = {
        "Namespace": "linksync",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": "LinksCreated", "Unit": "Count"}],
    }
    assert line.pop("_aws")["CloudWatchMetrics"] == [directive]
    assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() == timedelta(0)
    assert line == {
        "level": "INFO",
        "message": "delivery accepted",
        "service": "test_observability",
        "correlation_id": "c-1",
        "source": "zendesk_trigger",
        "ticket_id": "4711",
        "references": 0,
        "LinksCreated": [2],
    }


@pytest.mark.parametrize("metric", Metric)
def test_the_source_is_a_dimension_of_those_metrics_that_go_by_it(written: Written, metric: Metric) -> None:
    emit_line(logging.INFO, "counted", counts={metric: 1}, source="jira_webhook")
    (line,) = written()
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert frozenset(directive["Dimensions"][0]) == DIMENSIONS[metric]
    assert line["source"] == "jira_webhook"


def test_a_line_may_hold_metrics_of_both_kinds(written: Written) -> None:
    counts = {Metric.DELIVERIES_ACCEPTED: 1, Metric.NOTHING_TO_DO: 2, Metric.SECONDS_BEHIND: 1.23456}
    emit_line(logging.INFO, "counted", counts=counts, source="jira_webhook")
    (line,) = written()
    declared = {
        metric["Name"]: frozenset(directive["Dimensions"][0])
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }
    assert declared == {metric: DIMENSIONS[metric] for metric in counts}
    assert (line["DeliveriesAccepted"], line["NothingToDo"], line["SecondsBehind"]) == ([1], [2], [1.235])


def test_the_first_line_of_a_process_tells_how_long_it_took_to_start(written: Written) -> None:
    report_start()
    emit_line(logging.INFO, "first")
    emit_line(logging.INFO, "second")
    first, second = written()
    assert 0 < first["cold_start_milliseconds"] < 3_600_000
    assert "cold_start_milliseconds" not in second


def test_a_line_without_counts_is_no_metrics_line(written: Written) -> None:
    emit_line(logging.ERROR, "nothing to count", fields={"why": "x"})
    (line,) = written()
    assert (line["level"], line["why"], "_aws" in line) == ("ERROR", "x", False)


def test_without_a_source_the_service_is_the_only_dimension(written: Written) -> None:
    emit_line(logging.INFO, "counted", counts={Metric.NOTHING_TO_DO: 1})
    assert written()[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        (Metric.SECONDS_BEHIND, "Seconds"),
        (Metric.UPSTREAM_MILLISECONDS, "Milliseconds"),
        (Metric.SECRET_UNREADABLE, "Count"),
    ],
)
def test_units(written: Written, metric: Metric, unit: str) -> None:
    emit_line(logging.INFO, "calls", counts={metric: [12, 34.5]}, source="jira")
    (line,) = written()
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": metric.value, "Unit": unit}]
    assert line[metric.value] == [12, 34.5]


def test_nothing_counted_is_no_line_of_metrics(written: Written) -> None:
    emit_line(logging.INFO, "nothing", counts={}, source="zendesk_trigger")
    emit_line(logging.DEBUG, "nothing", counts={}, source="zendesk_trigger")
    assert ["_aws" in line for line in written()] == [False]


@pytest.mark.parametrize("log_level", LEVELS)
@pytest.mark.parametrize("level", LEVELS)
def test_metrics_survive_every_log_level(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], log_level: str, level: str
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", log_level)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"{log_level}-{level}")
    emit_line(getattr(logging, level), "counted", fields={"ticket_id": "1"}, counts=COUNTED, correlation_id="c-1")
    emit_line(getattr(logging, level), "not counted")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shown = LEVELS.index(level) >= LEVELS.index(log_level)
    assert [line["message"] for line in lines] == ["counted", "not counted"][: 1 + shown]
    counted = lines[0]
    assert counted.items() >= {"LinksCreated": [2], "correlation_id": "c-1", "message": "counted"}.items()
    assert ("ticket_id" in counted) == shown
    # Lambda drops what is below INFO, unless LogLevel is DEBUG.
    assert counted["level"] == (level if level != "DEBUG" else "INFO")


def test_every_line_of_a_delivery_carries_its_id_and_no_other_does(written: Written) -> None:
    with correlated("outer"):
        emit_line(logging.INFO, "outer")
        with correlated("inner"):
            emit_line(logging.INFO, "counted", counts=COUNTED)
            assert correlation_id() == "inner"
        emit_line(logging.INFO, "outer again", correlation_id="given")
    emit_line(logging.INFO, "counted", counts=COUNTED)
    assert [line.get("correlation_id") for line in written()] == ["outer", "inner", "given", None]
    assert correlation_id() == ""


def test_an_id_does_not_outlive_a_delivery_that_fails(written: Written) -> None:
    with pytest.raises(ValueError, match="bug"), correlated("c-1"):
        raise ValueError("bug")
    emit_line(logging.INFO, "counted", counts=COUNTED)
    assert "correlation_id" not in written()[0]


@pytest.mark.parametrize(
    ("trace", "told"),
    [
        ("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", True),
        ("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0", False),
        ("Root=1-5759e988-bd862e3fe1be46a994272793", False),
        ("Sampled=1", False),
        ("nonsense;=;", False),
    ],
)
def test_the_id_of_a_trace_is_told_where_there_is_a_trace(
    monkeypatch: pytest.MonkeyPatch, written: Written, trace: str, *, told: bool
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    emit_line(logging.INFO, "traced")
    expected = "1-5759e988-bd862e3fe1be46a994272793" if told else None
    assert written()[0].get("trace_id") == expected


def test_an_error_of_ours_is_told_in_its_own_words_and_another_by_type_and_place() -> None:
    assert describe(AwsUnavailable("sqs answered nothing; it will be tried again")) == (
        "AwsUnavailable: sqs answered nothing; it will be tried again"
    )
    with pytest.raises(ValueError, match="words") as bug:
        raise ValueError("with a customer's words")
    assert describe(bug.value).startswith("ValueError at test_observability.py:")
    assert describe(ValueError("never raised")) == "ValueError"
