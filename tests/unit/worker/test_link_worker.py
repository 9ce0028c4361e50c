"""How a Lambda event is answered: what is acknowledged, put off, put before an operator, logged and counted."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from linksync.core.message_format import encode
from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LinkNotice,
    Message,
    NoticeKind,
    OperatorAction,
    OperatorCommand,
    Payload,
    Quarantined,
    TicketStatement,
)
from linksync.errors import AwsUnavailable, UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.deadline import seconds_left
from linksync.worker.link_worker import LinkWorker
from linksync.worker.run_guard import RunGuard
from tests.examples import quarantined
from tests.unit.worker.stack import START, Stack

TEXT = "Mrs Robinson's order"


@dataclass
class Queue:
    """Remembers what was done with messages; `broken` is raised when set."""

    retried: list[tuple[str, int]] = field(default_factory=list)
    dead_letters: list[dict[str, str]] = field(default_factory=list)
    broken: Exception | None = None

    def retry_later(self, handle: str, seconds: int) -> None:
        if self.broken:
            raise self.broken
        self.retried.append((handle, seconds))

    def dead_letter(self, **message: str) -> None:
        if self.broken:
            raise self.broken
        self.dead_letters.append(message)


@dataclass
class FakeIdempotency:
    """Raises what a delivery's work is scripted to meet, else lets it be worked on."""

    script: dict[str, Exception] = field(default_factory=dict)
    contexts: list[object] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def register(self, context: object) -> None:
        self.contexts.append(context)

    def run_once[M: Message](self, message: M, work: Callable[[M], bool | None]) -> None:
        if error := self.script.get(message.delivery):
            raise error
        if message.delivery not in self.done:
            work(message)
        self.done.add(message.delivery)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def idempotency() -> FakeIdempotency:
    return FakeIdempotency()


@pytest.fixture
def worker(stack: Stack, queue: Queue, idempotency: FakeIdempotency) -> LinkWorker:
    return LinkWorker(
        queue=queue,
        guard=RunGuard(idempotency, stack.crash_count),
        dependencies=stack._dependencies,
        now=stack.clock,
        jitter=lambda: 0.5,
    )


@pytest.fixture
def handle(worker: LinkWorker) -> Callable[..., dict[str, Any]]:
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
    return lambda *records: worker.handle({"Records": list(records)}, context)


def record(payload: Payload | Quarantined | str, number: int = 1, *, attempt: int = 1) -> dict[str, Any]:
    if isinstance(payload, str):
        body = payload
    elif isinstance(payload, Quarantined):
        body = encode(payload)
    else:
        body = encode(
            Envelope(
                delivery=f"d{number}",
                correlation_id=f"c{number}",
                source="zendesk_trigger",
                received_at=START,
                payload=payload,
            )
        )
    return {
        "messageId": f"m{number}",
        "receiptHandle": f"h{number}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(attempt),
            "ApproximateFirstReceiveTimestamp": str(int(START * 1000)),
            "SentTimestamp": f"{number}700",
            "MessageGroupId": "ticket#5001",
        },
    }


def names(*keys: str) -> TicketStatement:
    return TicketStatement(ticket_id="5001", issue_keys=keys, at=START - 2.5, exact=True)


def failed(*numbers: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": f"m{number}"} for number in numbers]}


type Handle = Callable[..., dict[str, Any]]


def test_work_that_is_done_is_acknowledged(handle: Handle, stack: Stack, queue: Queue) -> None:
    assert handle(record(names("PROJ-1"))) == failed()
    assert (stack.linked(), queue) == ({"10001"}, Queue())


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (UpstreamThrottled("429", retry_after=60.0), 64),
        (UpstreamThrottled("429"), 4),
        (UpstreamUnavailable("503"), 4),
        (AwsUnavailable("another run is at it", retry_after=10.0), 11),
        (KeyError(TEXT), 4),
    ],
)
def test_work_that_failed_is_put_off(
    handle: Handle, queue: Queue, idempotency: FakeIdempotency, error: Exception, seconds: int
) -> None:
    idempotency.script["d1"] = error
    assert handle(record(names("PROJ-1"), attempt=2)) == failed(1)
    assert queue == Queue(retried=[("h1", seconds)])


def test_work_without_time_left_goes_on_at_once(
    stack: Stack, worker: LinkWorker, queue: Queue, idempotency: FakeIdempotency
) -> None:
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 11_999)
    assert worker.handle({"Records": [record(names("PROJ-1", "PROJ-2"))]}, context) == failed(1)
    assert (queue, idempotency.contexts) == (Queue(retried=[("h1", 0)]), [context])
    assert len(stack.linked()) == 1  # the first is tried in any case, or a slow look-up would keep a lane for ever


def test_what_an_operator_must_see_is_dead_letters_as_it_came(
    handle: Handle, queue: Queue, idempotency: FakeIdempotency
) -> None:
    idempotency.script["d1"] = UpstreamRefused("mend the external id")
    message = record(names("PROJ-1"))
    assert handle(message) == failed()
    assert queue.retried == []
    assert queue.dead_letters == [
        {
            "body": message["body"],
            "lane": "ticket#5001",
            "unique": "m1-1700",  # a redriven message has another time of sending
            "reason": "refused",
            "advice": "mend the external id",
        }
    ]


def test_no_vendor_is_waited_for_when_a_run_must_record_what_it_did(
    handle: Handle, idempotency: FakeIdempotency, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[float] = []
    monkeypatch.setattr(idempotency, "run_once", lambda *_: left.append(seconds_left()))
    handle(record(names()))
    assert [round(seconds) for seconds in left] == [27]
    assert seconds_left() == inf


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("something else", "not_a_message"),
        (quarantined(), "not_json"),
    ],
)
def test_what_is_no_work_is_a_dead_letter_at_once(
    handle: Handle, stack: Stack, queue: Queue, body: Quarantined | str, reason: str
) -> None:
    cost = stack.bill(lambda: handle(record(body)))  # type: ignore[arg-type, return-value]
    assert (cost, [letter["reason"] for letter in queue.dead_letters], queue.retried) == ({}, [reason], [])


def test_an_unreadable_body_that_is_sent_again_is_one_dead_letter(handle: Handle, queue: Queue) -> None:
    body = quarantined()
    assert handle(record(body, 1), record(body, 2)) == failed()
    assert len(queue.dead_letters) == 1
    moved_back = record(body, 3) | {"messageAttributes": {"reason": {"stringValue": "not_json"}}}
    assert handle(moved_back) == failed()
    assert len(queue.dead_letters) == 2  # it must not vanish


@pytest.mark.parametrize("error", [UpstreamThrottled("429"), UpstreamRefused("mend the id")])
def test_a_message_that_can_be_neither_retried_nor_dead_lettered_stays(
    handle: Handle, queue: Queue, idempotency: FakeIdempotency, error: Exception
) -> None:
    idempotency.script["d1"], queue.broken = error, AwsUnavailable("the queue did not answer")
    assert handle(record(names("PROJ-1"))) == failed(1)


def test_each_record_is_answered_for_itself(
    handle: Handle, stack: Stack, queue: Queue, idempotency: FakeIdempotency
) -> None:
    idempotency.script |= {
        "d2": UpstreamThrottled("429", retry_after=1.0),
        "d3": UpstreamRefused("x"),
        "d4": KeyError(),
    }
    assert handle(*(record(names("PROJ-1"), number) for number in range(1, 6))) == failed(2, 4)
    assert [handle for handle, _ in queue.retried] == ["h2", "h4"]
    assert ([letter["unique"] for letter in queue.dead_letters], stack.linked()) == (["m3-3700"], {"10001"})


# ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────────


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_a_delivery_that_leads_back_to_its_request(handle: Handle, capsys: pytest.CaptureFixture[str]) -> None:
    handle(record(names("PROJ-1"), attempt=3))
    (line,) = lines(capsys.readouterr().out)
    told = {
        name: value for name, value in line.items() if name not in ("_aws", "timestamp", "milliseconds", "peak_mib")
    }
    assert told == {
        "level": "INFO",
        "message": "message done",
        "service": "link_worker",
        "correlation_id": "c1",
        "delivery": "d1",
        "source": "zendesk_trigger",
        "lane": "ticket#5001",
        "attempt": 3,
        "references": 1,
        "why": "it is newer than what is recorded",
        "events": {"made": 1},
        "LinksCreated": [1.0],
        "SecondsBehind": [2.5],
    }
    assert isinstance(line["milliseconds"], int)
    assert 10 < line["peak_mib"] < 10_000


def test_the_line_of_a_retry_and_of_a_dead_letter_tells_why(
    handle: Handle, idempotency: FakeIdempotency, capsys: pytest.CaptureFixture[str]
) -> None:
    idempotency.script |= {"d1": UpstreamThrottled("429", retry_after=60.0), "d2": UpstreamRefused("mend the id")}
    handle(record(names("PROJ-1")), record(names("PROJ-1"), 2))
    retried, dead = lines(capsys.readouterr().out)
    assert (retried["level"], retried["message"], retried["seconds"]) == ("WARNING", "message scheduled for retry", 64)
    assert retried["error"] == "UpstreamThrottled: 429"
    assert (dead["level"], dead["message"]) == ("ERROR", "message dead-lettered")
    assert (dead["reason"], dead["advice"]) == ("refused", "mend the id")


@pytest.mark.parametrize("attempt", [1, 8])
@pytest.mark.parametrize("error", [KeyError(TEXT), ValueError(TEXT), OSError(TEXT)])
def test_no_text_of_peoples_is_logged(
    handle: Handle,
    idempotency: FakeIdempotency,
    capsys: pytest.CaptureFixture[str],
    queue: Queue,
    error: Exception,
    attempt: int,
) -> None:
    idempotency.script["d1"] = error
    handle(record(names("SECRET-1"), attempt=attempt), record(TEXT, 2))
    written = capsys.readouterr().out
    assert type(error).__name__ in written
    for told in (written, str([(letter["reason"], letter["advice"]) for letter in queue.dead_letters])):
        assert "Robinson" not in told
        assert "SECRET" not in told


@pytest.mark.parametrize(
    ("error", "metric"),
    [
        (UpstreamThrottled("429"), "UpstreamThrottled"),
        (UpstreamUnavailable("503"), "UpstreamFailed"),
        (AwsUnavailable("x"), None),
        (KeyError(), None),
    ],
)
def test_trouble_is_counted(
    handle: Handle,
    idempotency: FakeIdempotency,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    metric: str | None,
) -> None:
    idempotency.script["d1"] = error
    handle(record(names("PROJ-1")))
    (counted,) = metrics(capsys)
    told = {one["Name"] for one in counted["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert told == {"SecondsWaiting"} | ({metric} if metric else set())


def test_a_retry_tells_for_how_long_its_message_has_waited(
    handle: Handle, idempotency: FakeIdempotency, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    idempotency.script["d1"] = UpstreamUnavailable("503")
    message = record(names("PROJ-1"), attempt=200)
    message["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(1000 * (stack.clock.now - 36_000)))
    handle(message)
    (counted,) = metrics(capsys)
    assert counted["SecondsWaiting"] == [pytest.approx(36_000, abs=1)]


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [line for line in lines(capsys.readouterr().out) if "_aws" in line]


def test_links_are_counted_by_service_and_the_line_tells_the_source(
    handle: Handle, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.link_by_hand("5001", "10002")
    handle(record(names("PROJ-1", "PROJ-2", "UTF-8")))
    (counted,) = metrics(capsys)
    (declared,) = counted["_aws"]["CloudWatchMetrics"]
    assert (declared["Namespace"], declared["Dimensions"]) == ("linksync", [["service"]])
    values = {metric["Name"]: counted[metric["Name"]] for metric in declared["Metrics"]}
    assert values == {
        "LinksCreated": [1.0],
        "LinksAlreadyPresent": [1.0],
        "KeysNotFound": [1.0],
        "SecondsBehind": [2.5],
    }
    assert (counted["source"], counted["service"]) == ("zendesk_trigger", "link_worker")


def test_a_notice_is_worked_on_too(handle: Handle, stack: Stack) -> None:
    notice = LinkNotice(
        ticket_id="5001",
        issue_id="10001",
        issue_key="PROJ-1",
        key_at=START,
        kind=NoticeKind.CLAIMED,
        at=START,  # type: ignore[arg-type]
    )
    assert handle(record(notice)) == failed()
    assert stack.linked() == {"10001"}


@pytest.mark.parametrize(("waited", "told"), [(0.25, 0.25), (0.0, 0.0), (-5.0, 0.0)])
def test_no_message_has_waited_for_less_than_nothing(
    *,
    handle: Handle,
    idempotency: FakeIdempotency,
    stack: Stack,
    capsys: pytest.CaptureFixture[str],
    waited: float,
    told: float,
) -> None:
    """SQS goes by a clock of its own."""
    idempotency.script["d1"] = UpstreamUnavailable("503")
    message = record(names("PROJ-1"))
    message["attributes"]["ApproximateFirstReceiveTimestamp"] = str(int(1000 * (stack.clock.now - waited)))
    handle(message)
    (counted,) = metrics(capsys)
    assert counted["SecondsWaiting"] == [told]


def test_calls_are_told_by_number_in_the_run_s_line_and_by_their_latencies_in_one_of_their_own(
    handle: Handle, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    def takes_a_while() -> None:
        stack.clock.now += 0.75
        stack.logs[-1].called("zendesk", 750.0)

    stack.zendesk.meanwhile = takes_a_while
    handle(record(names("PROJ-1")))
    run, calls = lines(capsys.readouterr().out)
    assert (run["calls"], run["milliseconds"]) == ({"zendesk": 1}, 750)
    assert (calls["message"], calls["source"], calls["UpstreamMilliseconds"]) == ("calls", "zendesk", [750.0])


def news(kind: NoticeKind) -> LinkNotice:
    return LinkNotice(ticket_id="5001", issue_id="10001", issue_key="PROJ-1", key_at=START, kind=kind, at=START)


def unlink() -> OperatorCommand:
    return OperatorCommand(
        ticket_id="5001", issue_id="10001", issue_key="PROJ-1", action=OperatorAction.UNLINK, at=START
    )


@pytest.mark.parametrize(
    ("payload", "remembered"),
    [
        (names(), False),  # an empty field, as always
        (names("PROJ-1"), True),
        (IssueStatement(issue_id="10001", issue_key="PROJ-1", ticket_ids=(), at=START, exact=True), False),
        (IssueStatement(issue_id="10001", issue_key="PROJ-1", ticket_ids=("5001",), at=START, exact=True), True),
        (news(NoticeKind.RELEASED), True),  # it may mean something else by the time that it comes again
        (unlink(), True),
    ],
)
def test_a_statement_that_changed_nothing_need_not_be_remembered(
    stack: Stack, payload: Payload, remembered: bool
) -> None:
    stack.deliver(payload)
    assert ("d1" in stack.idempotency.done) is remembered


def test_one_for_which_a_vendor_was_asked_is(stack: Stack) -> None:
    stack.zendesk.meanwhile = lambda: stack.logs[-1].called("zendesk", 1.0)
    stack.clock.now += 100  # no copy of Zendesk's lags so far
    stack.deliver(TicketStatement(ticket_id="5001", issue_keys=None, at=START, exact=False))
    assert (stack.metric("NothingToDo"), list(stack.idempotency.done)) == (1, ["d1"])


def test_an_unreadable_body_is_told_as_a_dead_letter_once(handle: Handle, capsys: pytest.CaptureFixture[str]) -> None:
    handle(record(quarantined(), 1), record(quarantined(), 2))
    told = [(line["level"], line["message"], line.get("reason")) for line in lines(capsys.readouterr().out)]
    assert told == [("ERROR", "message dead-lettered", "not_json"), ("INFO", "message done", None)]


def test_an_unreadable_body_that_could_not_be_put_before_an_operator_comes_again(
    handle: Handle, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_answer(**_: str) -> None:
        raise AwsUnavailable("the queue did not answer")

    with monkeypatch.context() as patch:
        patch.setattr(queue, "dead_letter", no_answer)
        assert handle(record(quarantined())) == failed(1)
    assert ([handle for handle, _ in queue.retried], queue.dead_letters) == (["h1"], [])
    assert handle(record(quarantined(), attempt=2)) == failed()
    assert [letter["reason"] for letter in queue.dead_letters] == ["not_json"]


def test_a_message_that_stays_is_told_with_what_stood_in_the_way(
    handle: Handle, queue: Queue, idempotency: FakeIdempotency, capsys: pytest.CaptureFixture[str]
) -> None:
    idempotency.script["d1"], queue.broken = UpstreamThrottled("429"), AwsUnavailable("the queue did not answer")
    handle(record(names("PROJ-1")))
    warning, _ = lines(capsys.readouterr().out)
    assert (warning["level"], warning["error"]) == ("WARNING", "the queue did not answer")
    assert warning["message"] == "message stays for the queue's own time-out"
