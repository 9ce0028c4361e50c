"""How long Zendesk and Jira took to respond, as a metric of each: a line a vendor and minute, and not one a run.

A line holds a hundred calls at most (CloudWatch takes no more).  The first is written at once, those of the next minute
with the first run after it: a process that ends before loses a minute's latencies, and no other figure.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import batched

from linksync.metrics import Metric
from linksync.worker.dependencies import WriteLine

PAUSE = 60.0
"""Seconds between two lines of a vendor's."""

_MOST = 100


class Latencies:
    """Keeps the latencies of one process's calls until their line is due."""

    def __init__(self, write_line: WriteLine, now: Callable[[], float]) -> None:
        self._write_line, self._now = write_line, now
        self._kept: dict[str, list[float]] = {}
        self._written_at: dict[str, float] = {}

    def add(self, calls: Mapping[str, Sequence[float]]) -> None:
        """The milliseconds of a run's calls by vendor, `zendesk` or `jira`; writes what is due, of other runs too."""
        for vendor, times in calls.items():
            self._kept.setdefault(vendor, []).extend(times)
        for vendor, times in self._kept.items():
            since = self._now() - self._written_at.get(vendor, -math.inf)
            if times and (not 0 <= since < PAUSE or len(times) >= _MOST):
                self._write(vendor, times)

    def _write(self, vendor: str, times: list[float]) -> None:
        for some in batched(times, _MOST, strict=False):
            counts: Mapping[Metric, Sequence[float]] = {Metric.UPSTREAM_MILLISECONDS: some}
            self._write_line(logging.INFO, "calls", counts=counts, source=vendor)
        times.clear()
        self._written_at[vendor] = self._now()
