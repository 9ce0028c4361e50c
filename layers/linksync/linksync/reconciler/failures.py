"""What a failed page means for its stream: a pause and another try, or the end of it for this run.

Nothing is lost by an end: the next run begins at the last page that was read.
"""

import logging
from collections import Counter
from enum import Enum, auto
from typing import Protocol

from linksync.errors import (
    LinksyncError,
    UnfinishedWork,
    UpstreamForbidden,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from linksync.metrics import Metric
from linksync.observability import describe, emit_line
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.leased_checkpoint import LeasedCheckpoint
from linksync.store.reconciler_state import LeaseLost

MOST_TRIES = 5
LONGEST_PAUSE = 60.0
"""Seconds; whoever demands a longer one is left alone until the next run."""

_METRICS: dict[type[LinksyncError], Metric] = {
    UpstreamThrottled: Metric.UPSTREAM_THROTTLED,
    UpstreamUnavailable: Metric.UPSTREAM_FAILED,
    UpstreamForbidden: Metric.UPSTREAM_FORBIDDEN,
}


class PageEnd(Enum):
    """How a page ended."""

    MORE = auto()  # there is more to read, or the same is to be tried again
    DONE = auto()  # all is read
    STOPPED = auto()  # no more in this run


class Stream(Protocol):
    """Something to be read page by page."""

    @property
    def name(self) -> str:
        """What it is called in the log."""

    def step(self, progress: LeasedCheckpoint) -> bool:
        """One page.  Whether that was the last for now."""


class Failures:
    """The failures of one run."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._in_a_row: Counter[str] = Counter()

    def attempt(self, stream: Stream, progress: LeasedCheckpoint) -> PageEnd:
        """A page of the stream.  Raises LeaseLost, and what is no error of ours."""
        try:
            done = stream.step(progress)
        except LeaseLost:
            raise
        except LinksyncError as error:
            return self._failed(stream, error)
        self._in_a_row[stream.name] = 0
        return PageEnd.DONE if done else PageEnd.MORE

    def _failed(self, stream: Stream, error: LinksyncError) -> PageEnd:
        self._in_a_row[stream.name] += 1
        for kind, metric in _METRICS.items():
            if isinstance(error, kind):
                self._deps.metrics.count(metric)
        pause = self._pause(stream, error)
        line = {"stream": stream.name, "error": describe(error), "seconds": pause}
        if pause is None:
            emit_line(logging.WARNING, "reading stopped", fields=line)
            return PageEnd.STOPPED
        emit_line(logging.INFO, "reading paused", fields=line)
        return self._paused(pause)

    def _pause(self, stream: Stream, error: LinksyncError) -> float | None:
        """Seconds until the next try; None for none."""
        tries = self._in_a_row[stream.name]
        if not isinstance(error, UpstreamThrottled | UpstreamUnavailable) or tries > MOST_TRIES:
            return None
        pause = max(2.0**tries, error.retry_after or 0.0)
        return pause if pause <= LONGEST_PAUSE else None

    def _paused(self, seconds: float) -> PageEnd:
        try:
            self._deps.pause(seconds)
        except UnfinishedWork:
            return PageEnd.STOPPED
        return PageEnd.MORE
