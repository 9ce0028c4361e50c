"""Logs and metrics, for every function the same: JSON lines by Powertools Logger, metrics by embedded metric format.

Powertools takes service, level and namespace from the environment that the template sets.  No line and no dimension
ever holds a secret or people's text: ids, words of ours, and names of exception types only.
"""

import logging
import os
from collections.abc import Mapping
from functools import cache
from pathlib import PurePath

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from linksync.metrics import Metric

_UNITS = {Metric.SECONDS_BEHIND: MetricUnit.Seconds}


# Lambda sets the root logger to the level that it filters by.  Below WARNING the libraries log headers and bodies.
logging.getLogger().setLevel(logging.WARNING)


@cache
def logger() -> Logger:
    """The logger of this function, at the level of the environment's POWERTOOLS_LOG_LEVEL.

    Powertools by itself takes the level that Lambda filters by, and that is for all lines, metrics included.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    """
    made = Logger()
    logging.getLogger(made.name).setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))
    return made


@cache
def _metrics() -> Metrics:
    return Metrics()


def emit(counts: Mapping[Metric, float], *, source: str = "", correlation_id: str = "") -> None:
    """Writes these metrics as one line, with the dimension `service`, and `source` when given.

    `correlation_id` is no dimension: it only makes the line one of its delivery's.
    """
    if not counts:
        return
    metrics = _metrics()
    if source:
        metrics.add_dimension(name="source", value=source)
    if correlation_id:
        metrics.add_metadata(key="correlation_id", value=correlation_id)
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=_UNITS.get(name, MetricUnit.Count), value=value)
    metrics.flush_metrics()


def describe(error: BaseException) -> str:
    """An exception as its type and place, without its message: that may quote a payload or a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + place
