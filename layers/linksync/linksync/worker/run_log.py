"""What one run on one message did: its metrics and its story, written as one line when the run is over."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from resource import RUSAGE_SELF, getrusage

from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LifecycleEvent,
    LinkNotice,
    OperatorCommand,
    Payload,
    TicketStatement,
)
from linksync.errors import PutOff, UpstreamForbidden, UpstreamThrottled, UpstreamUnavailable
from linksync.metrics import Metric
from linksync.observability import describe
from linksync.worker.dependencies import WriteLine
from linksync.worker.disposition import DeadLetter, Disposition, Done, Retry
from linksync.worker.queue_message import QueueMessage

_ERROR_METRICS: dict[type[Exception], Metric] = {
    UpstreamThrottled: Metric.UPSTREAM_THROTTLED,
    UpstreamUnavailable: Metric.UPSTREAM_FAILED,
    PutOff: Metric.PUT_OFF,
    UpstreamForbidden: Metric.UPSTREAM_FORBIDDEN,
}

_LARGEST = frozenset({Metric.SECONDS_BEHIND, Metric.SECONDS_WAITING})


@dataclass
class RunLog:
    """The metrics of a run, and what else its line tells: why, what was done to links, and how many calls it took."""

    counts: dict[Metric, float] = field(default_factory=dict)
    why: str = ""
    events: Counter[str] = field(default_factory=Counter)
    calls: dict[str, list[float]] = field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """Whether the run found nothing to do, and asked nobody for that."""
        return Metric.NOTHING_TO_DO in self.counts and not self.calls

    def count(self, metric: Metric, value: float = 1) -> None:
        """Add to a metric; those of seconds keep the largest."""
        known = self.counts.get(metric, 0)
        self.counts[metric] = max(known, value) if metric in _LARGEST else known + value

    def decided(self, why: str) -> None:
        """What was made of the message, and why: a sentence."""
        self.why = why

    def happened(self, event: str) -> None:
        """Something happened to a link: an event of its history."""
        self.events[event] += 1

    def called(self, vendor: str, milliseconds: float) -> None:
        """A call to `zendesk` or `jira` took so long."""
        self.calls.setdefault(vendor, []).append(milliseconds)

    def breaker_opened(self, vendor: str) -> None:
        """`zendesk` or `jira` is left alone from now on, for a while."""
        self.events[f"{vendor} breaker opened"] += 1
        self.count(Metric.BREAKER_OPENED)


def report(
    write_line: WriteLine,
    run: RunLog,
    message: QueueMessage,
    envelope: Envelope | None,
    end: Disposition,
    *,
    seconds: float,
) -> None:
    """Write the line of a run that took so many seconds.

    It holds ids and words of ours: no field's text and no message of anybody else's error.
    """
    level, words, particulars = _end(run, end)
    source, correlation_id = (envelope.source, envelope.correlation_id) if envelope else ("", "")
    fields = {
        "delivery": envelope.delivery if envelope else None,
        "lane": message.lane,
        "attempt": message.attempt,
        **(_stated(envelope.payload) if envelope else {}),
        **_story(run),
        "milliseconds": round(seconds * 1000),
        "peak_mib": getrusage(RUSAGE_SELF).ru_maxrss // 1024,  # Linux counts kilobytes
        **particulars,
    }
    write_line(level, words, fields=fields, counts=run.counts, source=source, correlation_id=correlation_id)


def _story(run: RunLog) -> dict[str, object]:
    calls = {vendor: len(times) for vendor, times in run.calls.items()}
    return {"why": run.why, "events": dict(run.events) or None, "calls": calls or None}


def _end(run: RunLog, end: Disposition) -> tuple[int, str, dict[str, object]]:
    match end:
        case Done():
            return logging.INFO, "message done", {}
        case Retry(seconds=seconds, error=error):
            for kind, metric in _ERROR_METRICS.items():
                if isinstance(error, kind):
                    run.count(metric)
            return logging.WARNING, "message scheduled for retry", {"seconds": seconds, "error": describe(error)}
        case DeadLetter(reason=reason, advice=advice):
            if reason == UpstreamForbidden.reason:
                run.count(Metric.UPSTREAM_FORBIDDEN)
            return logging.ERROR, "message dead-lettered", {"reason": reason, "advice": advice}


def _stated(payload: Payload) -> dict[str, object]:
    """What was stated: how many references, or what kind of notice or command it is."""
    match payload:
        case (
            TicketStatement(issue_keys=refs, lifecycle=lifecycle) | IssueStatement(ticket_ids=refs, lifecycle=lifecycle)
        ):
            happened = "" if lifecycle is LifecycleEvent.EDITED else lifecycle.value
            return {"references": "unknown" if refs is None else len(refs), "lifecycle": happened}
        case LinkNotice(kind=kind):
            return {"notice": kind.value}
        case OperatorCommand(action=action):
            return {"command": action.value}
