"""What a stack costs a month whatever it does: metrics, alarms, dashboard, secrets and reading them, pollers.

CloudWatch is paid for each metric that was published, once for each combination of dimensions (by the hour: one that is
published on one day of a month costs a thirtieth), and for each metric that an alarm looks at.
"""

import re
from dataclasses import dataclass

from linksync.metrics import BY_SOURCE, Metric
from linksync.store.secrets import REFRESHED_AFTER
from tests.bench import prices
from tests.bench.deployed import Deployed
from tests.bench.table import table

_SENDERS = {
    "zendesk_webhook": ("zendesk_trigger", "zendesk_event"),
    "jira_webhook": ("jira_webhook", "jira_automation"),
}
_SOURCES = (*(source for sources in _SENDERS.values() for source in sources), "reconciler", "backfill", "operator")
_OF_RECEIVERS = frozenset(metric for metric in Metric if metric.value.startswith("Deliveries"))
_OF_THE_RECONCILER = frozenset(metric for metric in Metric if metric.value.startswith("Rec")) | {
    *(Metric.REPAIRED_AGAIN, Metric.UPSTREAM_THROTTLED, Metric.UPSTREAM_FAILED, Metric.UPSTREAM_FORBIDDEN)
}
_POLLING = 5 * 3 * 60 * 24 * 30 * prices.SQS_FIFO_REQUEST / 1e6
"""Lambda asks an empty queue by five pollers, each for 20 s."""
_AWAKE = 4
_READING = _AWAKE * 60 * 24 * 30 * 60 / REFRESHED_AFTER * prices.SECRET_CALL / 1e6
"""So many processes that are awake all month (two receivers, two of the worker) read their secret again and again."""


@dataclass(frozen=True, slots=True)
class Published:
    """One combination that is paid for."""

    metric: Metric
    service: str
    source: str = ""


def published(by_source: frozenset[Metric]) -> set[Published]:
    """All that a stack publishes whose senders, reconciler, backfill and operator are all at work, faults included.

    `by_source` are the metrics that have the source as a dimension.
    """
    found = {Published(Metric.SECRET_UNREADABLE, service) for service in (*_SENDERS, "link_worker", "reconciler")}
    for metric in _OF_RECEIVERS:
        for service, sources in _SENDERS.items():
            found |= {Published(metric, service, source if metric in by_source else "") for source in sources}
    found |= {Published(metric, "reconciler") for metric in _OF_THE_RECONCILER}
    found |= {Published(Metric.UPSTREAM_MILLISECONDS, "link_worker", vendor) for vendor in ("zendesk", "jira")}
    told = {Metric.SECRET_UNREADABLE, Metric.UPSTREAM_MILLISECONDS} | _OF_RECEIVERS
    shared = {Metric.UPSTREAM_THROTTLED, Metric.UPSTREAM_FAILED, Metric.UPSTREAM_FORBIDDEN}
    for metric in (set(Metric) - told - _OF_THE_RECONCILER) | shared:
        found |= {Published(metric, "link_worker", source if metric in by_source else "") for source in _SOURCES}
    return found


def month(deployed: Deployed) -> list[tuple[str, float, float]]:
    """Dollars a month by part: with the source as a dimension of every metric, as it was once, and as it is."""
    once, now = published(frozenset(Metric)), published(BY_SOURCE)
    return [
        ("custom metrics", prices.METRIC * len(once), prices.METRIC * len(now)),
        ("alarms", _looked_at(deployed.alarms, once), _looked_at(deployed.alarms, now)),
        ("dashboard", prices.DASHBOARD, prices.DASHBOARD),
        ("secrets", prices.SECRET * deployed.secrets, prices.SECRET * deployed.secrets),
        ("secrets, read anew each minute", _READING, _READING),
        ("the queue's pollers", _POLLING, _POLLING),
    ]


def _looked_at(alarms: tuple[str, ...], found: set[Published]) -> float:
    """Dollars for the metrics that the alarms look at; a query at each combination of the one that it names."""
    queried = [re.findall(r"SUM\((\w+)\) FROM SCHEMA", alarm) for alarm in alarms]
    return prices.ALARM * sum(
        sum(one.metric.value in names for one in found) if names else max(1, alarm.count("MetricStat"))
        for alarm, names in zip(alarms, queried, strict=True)
    )


def report(rows: list[tuple[str, float, float]]) -> str:
    """Both by part, and together."""
    lines = [(part, f"{once:.2f}", f"{now:.2f}") for part, once, now in rows]
    totals = ("together", f"{sum(once for _, once, _ in rows):.2f}", f"{sum(now for *_, now in rows):.2f}")
    return table(("$ a month, whatever comes", "every metric by source", "as it is"), [*lines, totals])
