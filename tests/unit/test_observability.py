"""Metrics are log lines too: each says whose delivery it counts."""

import json
from typing import Any

import pytest

from linksync.observability import emit


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_metrics_line_carries_its_delivery_s_correlation_id_and_none_of_the_one_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    emit({"LinksCreated": 2}, source="zendesk_trigger", correlation_id="c-1")
    emit({"NothingToDo": 1}, source="jira_webhook")
    first, second = lines(capsys)
    assert (first["correlation_id"], first["source"], first["LinksCreated"]) == ("c-1", "zendesk_trigger", [2.0])
    assert "correlation_id" not in second
    assert first["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "linksync"
    assert set(first["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) == {"service", "source"}


def test_nothing_counted_writes_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    emit({}, source="zendesk_trigger")
    assert lines(capsys) == []
