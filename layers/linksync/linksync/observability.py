"""One line a delivery and function: what happened, and its metrics, in one JSON object.

CloudWatch reads metrics out of any log line that holds an `_aws` object, whatever else is in it (embedded metric
format).  So a line of Powertools' Logger becomes a line of metrics by the members that Powertools' Metrics lays out.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

Powertools takes service, level and namespace from the environment that the template sets.  No line and no dimension
ever holds a secret or people's text: ids, words of ours, our own messages, and names of other exceptions' types only.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import PurePath
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from linksync.errors import LinksyncError
from linksync.metrics import BY_SOURCE, Metric
from linksync.process_start import seconds_since_start

type Counts = Mapping[Metric, float | Sequence[float]]
"""Values by metric; several values of one metric are kept apart, so that percentiles can be had."""

_UNITS_OF_TIME = (MetricUnit.Milliseconds, MetricUnit.Seconds)
_CORRELATION_ID = ContextVar("correlation_id", default="")
_unreported_starts: list[int] = []

# Lambda sets the root logger to the level that it filters by.  Below WARNING the libraries log headers and bodies.
logging.getLogger().setLevel(logging.WARNING)


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Everything that happens inside belongs to the delivery of this id: log lines carry it, and calls upstream."""
    token = _CORRELATION_ID.set(correlation_id)
    try:
        yield
    finally:
        _CORRELATION_ID.reset(token)


def report_start() -> None:
    """Have the next line tell how many milliseconds the function took to be ready for its first event."""
    if (seconds := seconds_since_start()) is not None:
        _unreported_starts[:] = [round(1000 * seconds)]


def correlation_id() -> str:
    """The id of the delivery that is being worked on; empty when there is none."""
    return _CORRELATION_ID.get()


def emit_line(
    level: int,
    message: str,
    *,
    fields: Mapping[str, object] | None = None,
    counts: Counts | None = None,
    source: str = "",
    correlation_id: str = "",
) -> None:
    """Writes one line, with its metrics when there are `counts`.

    `level` is one of `logging`'s, `message` the same few words for all lines of a kind, `fields` the particulars of
    this one; those that are empty or None are left out.  The metrics' dimensions are `service`, and `source` for those
    that go by it.  `correlation_id` is that of `correlated` unless given.  A line below LogLevel is written for its
    counts alone: without its fields, and at INFO at least, since Lambda drops what is below.
    """
    shown = level >= _threshold()
    if counts:
        level = max(level, logging.INFO)
    elif not shown:
        return
    delivery = correlation_id or _CORRELATION_ID.get()
    members = {"correlation_id": delivery, "source": source, **(fields or {} if shown else {}), **_sampled_trace()}
    members["cold_start_milliseconds"] = _unreported_starts.pop() if _unreported_starts else None
    members = {name: value for name, value in members.items() if value is not None and value != ""}
    members |= {"levelno": level, "levelname": logging.getLevelName(level), "msg": message}
    record = logging.makeLogRecord(members | _metrics(counts or {}, source))
    print(logger().registered_formatter.format(record))  # as Powertools writes metrics


@cache
def logger() -> Logger:
    """The logger of this function, at the level of the environment's POWERTOOLS_LOG_LEVEL.

    Powertools by itself takes the level that Lambda filters by, and that is for all lines, metrics included.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    """
    made = Logger(use_rfc3339=True, utc=True, location=None, xray_trace_id=None)
    logging.getLogger(made.name).setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))
    return made


def describe(error: BaseException) -> str:
    """An error for a line: our own by their message, any other by type and place.

    Ours hold no secret and no customer's text (see `errors`).  The message of any other may quote both.
    """
    if isinstance(error, LinksyncError):
        return f"{type(error).__name__}: {error}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + place


def _threshold() -> int:
    return logging.getLogger(logger().name).level


def _metrics(counts: Counts, source: str) -> dict[str, object]:
    """The members that make CloudWatch count; none when there is nothing to count."""
    by_source = {metric: value for metric, value in counts.items() if source and metric in BY_SOURCE}
    by_service = {metric: value for metric, value in counts.items() if metric not in by_source}
    found = [_directive(by_source, {"source": source}), _directive(by_service, {})]
    directives = [directive for one in found if one for directive in one["_aws"]["CloudWatchMetrics"]]
    members = {name: value for one in found for name, value in one.items()}
    return members | {"_aws": members["_aws"] | {"CloudWatchMetrics": directives}} if members else {}


def _directive(counts: Counts, dimensions: dict[str, str]) -> dict[str, Any]:
    """The members for metrics of the same dimensions, as Powertools lays them out."""
    if not counts:
        return {}
    serializer = _serializer()
    metric_set = {metric.value: _metric(metric, value) for metric, value in counts.items()}
    under = dimensions | {"service": serializer.service}
    return {**serializer.serialize_metric_set(metrics=metric_set, dimensions=under, metadata={})}


def _metric(metric: Metric, value: float | Sequence[float]) -> dict[str, object]:
    values = [value] if isinstance(value, (int, float)) else list(value)
    unit = next((unit for unit in _UNITS_OF_TIME if unit.value in metric.value), MetricUnit.Count)
    return {"Unit": unit.value, "Value": [round(value, 3) for value in values]}


@cache
def _serializer() -> Metrics:
    return Metrics()


def _sampled_trace() -> dict[str, str]:
    """X-Ray's id of a run that it samples; of others it keeps no trace that an id could lead to."""
    trace = dict(part.split("=", 1) for part in os.environ.get("_X_AMZN_TRACE_ID", "").split(";") if "=" in part)
    return {"trace_id": trace["Root"]} if trace.get("Sampled") == "1" and "Root" in trace else {}
