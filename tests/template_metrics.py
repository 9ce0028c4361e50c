"""The metrics that the template's dashboard and alarms name, each with the dimensions that it is looked for under."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.translated_template import mentions, of_type

ALARMS = of_type("AWS::CloudWatch::Alarm")
(_DASHBOARD,) = of_type("AWS::CloudWatch::Dashboard").values()
DASHBOARD_TEXT: str = _DASHBOARD["DashboardBody"]["Fn::Sub"]
WIDGETS: list[dict[str, Any]] = json.loads(DASHBOARD_TEXT)["widgets"]
_SEARCH = re.compile(r"SEARCH\('\{(?P<namespace>[^,}]+),(?P<dimensions>[^}]+)\} MetricName=\"(?P<name>\w+)\"")
_QUERY = re.compile(r'SELECT SUM\((?P<name>\w+)\) FROM SCHEMA\("(?P<namespace>\w+)", (?P<dimensions>[\w, ]+)\)')
# What AWS publishes by itself, with the dimension that one of our resources is told by, and that resource's type.
AWS_METRICS = {
    "AWS/Lambda": ("FunctionName", "AWS::Lambda::Function", {"Errors", "Throttles", "Duration", "Invocations"}),
    "AWS/ApiGateway": ("ApiName", "", {"Count", "4XXError", "5XXError", "Latency"}),
    "AWS/DynamoDB": (
        "TableName",
        "AWS::DynamoDB::Table",
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
    ),
    "AWS/Logs": ("LogGroupName", "AWS::Logs::LogGroup", {"IncomingBytes"}),
    "AWS/SQS": (
        "QueueName",
        "AWS::SQS::Queue",
        {
            *("ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"),
            *("ApproximateAgeOfOldestMessage", "NumberOfMessagesSent", "NumberOfMessagesReceived"),
            *("NumberOfMessagesDeleted", "NumberOfEmptyReceives"),
        },
    ),
}


@dataclass(frozen=True)
class Named:
    """A metric that a widget or an alarm names: its dimensions, or for AWS's own the resource that it is told by."""

    namespace: str
    name: str
    dimensions: frozenset[str]
    resources: frozenset[str] = frozenset()


def _found(expression: str) -> Iterator[Named]:
    for pattern in (_SEARCH, _QUERY):
        for match in pattern.finditer(expression):
            dimensions = frozenset(one.strip() for one in match["dimensions"].split(","))
            yield Named(match["namespace"], match["name"], dimensions)


def _of_widget(widget: Mapping[str, Any]) -> Iterator[Named]:
    for first, *rest in widget["properties"].get("metrics", ()):
        if isinstance(first, dict):
            yield from _found(first["expression"])
        else:
            name, dimension, value = rest[:3]
            yield Named(first, name, frozenset({dimension}), frozenset(mentions({"Fn::Sub": value})))


def _of_alarm(alarm: Mapping[str, Any]) -> Iterator[Named]:
    stats = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", ()) if "MetricStat" in one]
    for metric in stats or ([alarm] if "MetricName" in alarm else []):
        dimensions = frozenset(one["Name"] for one in metric["Dimensions"])
        told_by = frozenset().union(*(mentions(one["Value"]) for one in metric["Dimensions"]))
        yield Named(metric["Namespace"], metric["MetricName"], dimensions, told_by)
    for one in alarm.get("Metrics", ()):
        yield from _found(one.get("Expression", ""))


ON_THE_DASHBOARD = [named for widget in WIDGETS for named in _of_widget(widget)]
IN_ALARMS = [named for alarm in ALARMS.values() for named in _of_alarm(alarm)]
