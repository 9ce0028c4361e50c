"""What a run's line tells: how long it took, its calls, what was stated, and what became of it."""

from types import SimpleNamespace
from typing import Any

import pytest

from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LifecycleEvent,
    LinkNotice,
    NoticeKind,
    OperatorAction,
    OperatorCommand,
    Payload,
    TicketStatement,
)
from linksync.errors import PutOff, UpstreamForbidden
from linksync.metrics import Metric
from linksync.worker import run_log
from linksync.worker.disposition import DeadLetter, Disposition, Done, Retry
from linksync.worker.queue_message import QueueMessage
from linksync.worker.run_log import RunLog, report

MESSAGE = QueueMessage(
    message_id="m1", handle="h1", attempt=3, first_received_at=1.0, sent_at="1", lane="ticket#5001", body="{}"
)
TICKET = TicketStatement(ticket_id="5001", issue_keys=("PROJ-1", "PROJ-2"), at=1.5, exact=True)
ISSUE = IssueStatement(issue_id="10001", issue_key="PROJ-1", ticket_ids=("5001",), at=1.5, exact=True)


def told(
    run: RunLog, payload: Payload | None = TICKET, end: Disposition | None = None, *, seconds: float = 0.25
) -> dict[str, Any]:
    """The fields of the line."""
    lines: list[dict[str, Any]] = []

    def write(level: int, message: str, **more: Any) -> None:
        lines.append({"level": level, "message": message, **more})

    envelope = payload and Envelope(
        delivery="d1", correlation_id="c1", source="zendesk_event", received_at=1.5, payload=payload
    )
    report(write, run, MESSAGE, envelope, end or Done(), seconds=seconds)
    (line,) = lines
    return line


@pytest.mark.parametrize(
    ("payload", "stated"),
    [
        (TICKET, {"references": 2, "lifecycle": ""}),
        (ISSUE, {"references": 1, "lifecycle": ""}),
        (
            TicketStatement(
                ticket_id="5001", issue_keys=None, at=1.5, exact=True, lifecycle=LifecycleEvent.MERGED, merged_into="1"
            ),
            {"references": "unknown", "lifecycle": "merged"},
        ),
        (
            LinkNotice(ticket_id="5001", issue_id="1", issue_key="A-1", key_at=1.0, kind=NoticeKind.RELEASED, at=1.0),
            {"notice": "released"},
        ),
        (
            OperatorCommand(ticket_id="5001", issue_id="1", issue_key="A-1", action=OperatorAction.REKEY, at=1.0),
            {"command": "rekey"},
        ),
        (None, {}),
    ],
)
def test_what_was_stated_is_told_by_number_and_kind(payload: Payload | None, stated: dict[str, object]) -> None:
    line = told(RunLog(), payload)
    also = {"delivery", "lane", "attempt", "why", "events", "calls", "milliseconds", "peak_mib"}
    assert {name: value for name, value in line["fields"].items() if name not in also} == stated
    assert set(line["fields"]) >= also
    assert (line["source"], line["correlation_id"]) == (("zendesk_event", "c1") if payload else ("", ""))


def test_calls_and_events_are_told_by_their_number() -> None:
    run = RunLog()
    for vendor, milliseconds in (("zendesk", 12.5), ("zendesk", 7.0), ("jira", 30.0)):
        run.called(vendor, milliseconds)
    run.happened("made")
    run.happened("made")
    fields = told(run)["fields"]
    assert (fields["calls"], fields["events"]) == ({"zendesk": 2, "jira": 1}, {"made": 2})
    assert run.calls == {"zendesk": [12.5, 7.0], "jira": [30.0]}


def test_a_run_without_any_tells_none() -> None:
    fields = told(RunLog())["fields"]
    assert (fields["calls"], fields["events"], fields["why"]) == (None, None, "")


def test_a_breaker_that_opens_is_an_event_and_counted() -> None:
    run = RunLog()
    run.breaker_opened("jira")
    assert (run.events, run.counts) == ({"jira breaker opened": 1}, {Metric.BREAKER_OPENED: 1})


def test_how_long_a_run_took_and_how_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "getrusage", lambda _: SimpleNamespace(ru_maxrss=200 * 1024))
    fields = told(RunLog(), seconds=1.2345)["fields"]
    assert (fields["milliseconds"], fields["peak_mib"]) == (1234, 200)


@pytest.mark.parametrize(
    ("counted", "called", "idle"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_a_run_that_asked_nobody_and_found_nothing_to_do_is_idle(*, counted: bool, called: bool, idle: bool) -> None:
    run = RunLog()
    if counted:
        run.count(Metric.NOTHING_TO_DO)
    if called:
        run.called("zendesk", 1.0)
    assert run.idle is idle


def test_metrics_add_up_and_those_of_seconds_keep_the_largest() -> None:
    run = RunLog()
    for value in (2.0, 5.0, 3.0):
        for metric in (Metric.KEYS_NOT_FOUND, Metric.SECONDS_BEHIND, Metric.SECONDS_WAITING):
            run.count(metric, value)
    assert run.counts == {Metric.KEYS_NOT_FOUND: 10.0, Metric.SECONDS_BEHIND: 5.0, Metric.SECONDS_WAITING: 5.0}


@pytest.mark.parametrize(
    ("end", "metric"),
    [
        (Retry(5, PutOff("not asked")), Metric.PUT_OFF),
        (Retry(5, UpstreamForbidden("grant the role")), Metric.UPSTREAM_FORBIDDEN),
        (DeadLetter("forbidden", "grant the role"), Metric.UPSTREAM_FORBIDDEN),
    ],
)
def test_trouble_is_counted(end: Disposition, metric: Metric) -> None:
    run = RunLog()
    told(run, end=end)
    assert run.counts == {metric: 1}
