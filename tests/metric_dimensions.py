"""The dimensions that each metric is counted under: what the code emits, and what dashboard and alarms must name.

The deployed functions' own lines are held against it end to end (`tests/e2e/test_logs.py`), the template without them.
"""

from linksync.metrics import BY_SOURCE, Metric

BY_SERVICE_AND_SOURCE = frozenset({"service", "source"})
BY_SERVICE = frozenset({"service"})

DIMENSIONS: dict[str, frozenset[str]] = {
    metric.value: BY_SERVICE_AND_SOURCE if metric in BY_SOURCE else BY_SERVICE for metric in Metric
}
