"""What became of each delivery, from its sender to the ledger: put together from what was observed.

A story's times are seconds since the epoch.  Everything in it was told by somebody: the sender, a log line of a
deployed function (found by its correlation id), a vendor's call log, or the ledger's history.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linksync.core.history import HistoryLine
from local.http.deliveries import Delivery
from local.playground.log_tail import LogLine
from local.playground.words import NOTICES, answer_of, change_of, history_text

STRANGER = "Somebody"
"""The sender of what was forged."""

ENDS = {"message done": "done", "message scheduled for retry": "retry", "message dead-lettered": "dead"}
RECEIVED, CALLS, RECONCILED = "delivery ", "calls", "reconciler run ended"
SLACK = 0.02
"""Seconds by which clocks of two processes' lines may be out of order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedCall:
    """A call that a vendor received: what it was, in words, and whether it was answered (409 and 404 are answers)."""

    at: float
    text: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the link worker on one message.

    `waited` is seconds since the message came or was put off; `end` is `done`, `retry` or `dead`; `again_in` is seconds
    until the next try; `failure` says what kept it from being done.
    """

    at: float
    lane: str
    attempt: int
    waited: float
    milliseconds: int
    why: str
    end: str
    again_in: int = 0
    failure: str = ""
    calls: Sequence[ObservedCall] = ()
    records: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStory:
    """One delivery, or one run of the reconciler.

    `state` is `sending`, `lost`, `refused`, `ignored`, `queued`, `working`, `waiting`, `dead` or `done`.
    """

    id: str
    at: float
    sender: str
    text: str
    state: str
    answer: str = ""
    received_at: float = 0.0
    milliseconds: int = 0
    correlation_id: str = ""
    runs: Sequence[Run] = field(default=())


@dataclass(slots=True)
class Observations:
    """What was observed: lines and calls by correlation id, the ledger's history by delivery."""

    lines: dict[str, list[LogLine]] = field(default_factory=lambda: defaultdict(list))
    calls: Mapping[str, Sequence[ObservedCall]] = field(default_factory=dict)
    history: Mapping[str, Sequence[HistoryLine]] = field(default_factory=dict)

    def add(self, lines: Iterable[LogLine]) -> None:
        """Takes in lines that are new."""
        for line in lines:
            self.lines[line.text("correlation_id")].append(line)


def story_of_delivery(name: str, delivery: Delivery, observations: Observations) -> DeliveryStory:
    """What became of it.  `name` tells apart what a sender delivered more than once under one id."""
    ids = [attempt.headers.get("x-correlation-id", "") for attempt in delivery.attempts]
    received = [line for one in ids for line in observations.lines.get(one, ()) if _is_receipt(line)]
    last, correlation_id = (received[-1] if received else None), ids[-1] if ids else ""
    runs = [run for one in ids if one for run in runs_of(one, observations)]
    return DeliveryStory(
        id=name,
        at=delivery.at,
        sender=delivery.sender,
        text=("It is claimed: " if delivery.sender == STRANGER else "") + change_of(delivery.body),
        state=_state(delivery, last, runs),
        answer=answer_of(delivery),
        received_at=last.at if last else 0.0,
        milliseconds=int(last.fields.get("milliseconds", 0)) if last else 0,
        correlation_id=correlation_id,
        runs=runs,
    )


def stories_of_reconciler(observations: Observations) -> list[DeliveryStory]:
    """Its runs, each with the lanes that it told to look."""
    ends = [line for lines in observations.lines.values() for line in lines if line.text("message") == RECONCILED]
    return [_reconciler_story(line, runs_of(line.text("correlation_id"), observations)) for line in ends]


def runs_of(correlation_id: str, observations: Observations) -> list[Run]:
    """The worker's runs under one correlation id, oldest first."""
    lines = observations.lines.get(correlation_id, ())
    ready_at = max((line.at for line in lines if _is_receipt(line)), default=0.0)
    found: dict[str, list[Run]] = defaultdict(list)
    for line in (line for line in lines if line.text("message") in ENDS):
        earlier = found[line.text("delivery")]
        since = earlier[-1].at + earlier[-1].milliseconds / 1000 if earlier else ready_at
        earlier.append(_run(line, observations, since))
    return sorted((run for runs in found.values() for run in runs), key=lambda run: run.at)


def _run(line: LogLine, observations: Observations, since: float) -> Run:
    took = float(line.fields.get("milliseconds", 0))
    began = line.at - took / 1000
    during = (began - SLACK, line.at + SLACK)
    calls = [one for one in observations.calls.get(line.text("correlation_id"), ()) if _within(one.at, during)]
    history = [one for one in observations.history.get(line.text("delivery"), ()) if _within(one.at, during)]
    return Run(
        at=began,
        lane=line.text("lane"),
        attempt=int(line.fields.get("attempt", 1)),
        waited=max(0.0, began - since) if since else 0.0,
        milliseconds=int(took),
        why=_why(line),
        end=ENDS[line.text("message")],
        again_in=int(line.fields.get("seconds", 0)),
        failure=line.text("error") or " ".join(filter(None, (line.text("reason"), line.text("advice")))),
        calls=calls,
        records=[history_text(one) for one in history],
    )


def _why(line: LogLine) -> str:
    why = line.text("why") or NOTICES.get(line.text("notice"), "")
    return f"{why}: the field is read again" if "Rereads" in line.fields else why


def _reconciler_story(line: LogLine, runs: Sequence[Run]) -> DeliveryStory:
    read, told = (sum(line.fields.get(name, (0,))) for name in ("ReconcilerRead", "ReconcilerQueued"))
    return DeliveryStory(
        id=line.text("correlation_id"),
        at=line.at,
        sender="Reconciler",
        text=f"A run {line.text('ended')}: {int(read)} rows read, {int(told)} differed from the ledger",
        state=_end_of(runs) if runs else ("queued" if told else "done"),
        received_at=line.at,
        correlation_id=line.text("correlation_id"),
        runs=runs,
    )


def _state(delivery: Delivery, received: LogLine | None, runs: Sequence[Run]) -> str:
    if delivery.state == "lost":
        return "lost"
    if runs:
        return _end_of(runs)
    if received is not None and received.text("outcome") == "quarantined":
        return "dead"
    status = delivery.attempts[-1].status if delivery.attempts else None
    if status == 202:
        return "queued"
    if status == 200:
        return "ignored"
    if delivery.state == "dropped" or received is not None:
        return "refused"
    return "sending"


def _end_of(runs: Sequence[Run]) -> str:
    """How the last run of each message ended, the worst of them."""
    last = {run.lane: run.end for run in runs}
    return next((state for end, state in (("dead", "dead"), ("retry", "waiting")) if end in last.values()), "done")


def _is_receipt(line: LogLine) -> bool:
    return line.text("message").startswith(RECEIVED)


def _within(at: float, during: tuple[float, float]) -> bool:
    return during[0] <= at <= during[1]
