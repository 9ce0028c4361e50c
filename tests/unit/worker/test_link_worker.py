"""How a Lambda event is answered: what is acknowledged, put off, put before an operator, logged and counted."""

import io
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from linksync.core.messages import Envelope, LinkNotice, Payload, Quarantined, TicketStatement, encode
from linksync.errors import OurSideUnavailable, UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.observability import logger
from linksync.worker.dispatch import work
from linksync.worker.link_worker import Counts, LinkWorker
from tests.unit.worker.stack import START, Stack

TEXT = "Mrs Robinson's order"


@dataclass
class Source:
    """Remembers what was done with messages; `broken` is raised when set."""

    postponed: list[tuple[str, int]] = field(default_factory=list)
    buried: list[dict[str, str]] = field(default_factory=list)
    broken: Exception | None = None

    def postpone(self, handle: str, seconds: int) -> None:
        if self.broken:
            raise self.broken
        self.postponed.append((handle, seconds))

    def bury(self, **message: str) -> None:
        if self.broken:
            raise self.broken
        self.buried.append(message)


@dataclass
class Once:
    """Raises what a delivery's work is scripted to meet, else lets it be worked on."""

    script: dict[str, Exception] = field(default_factory=dict)
    contexts: list[object] = field(default_factory=list)

    def starts(self, context: object) -> None:
        self.contexts.append(context)

    def __call__(self, envelope: Envelope, work: Callable[[Envelope], None]) -> None:
        if trouble := self.script.get(envelope.delivery):
            raise trouble
        work(envelope)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def once() -> Once:
    return Once()


@pytest.fixture
def log() -> io.StringIO:
    """What is logged from here on."""
    stream = io.StringIO()
    handler = logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    return stream


@pytest.fixture
def handle(stack: Stack, source: Source, once: Once) -> Callable[..., dict[str, Any]]:
    worker = LinkWorker(source=source, once=once, world=stack._outside, now=stack.clock, dice=lambda: 0.5)
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
    return lambda *records: worker.handle({"Records": list(records)}, context)


def record(payload: Payload | str, number: int = 1, *, attempt: int = 1) -> dict[str, Any]:
    envelope = Envelope(
        delivery=f"d{number}",
        correlation_id=f"c{number}",
        source="zendesk_trigger",
        received_at=START,
        payload=payload,  # type: ignore[arg-type]
    )
    return {
        "messageId": f"m{number}",
        "receiptHandle": f"h{number}",
        "body": payload if isinstance(payload, str) else encode(envelope),
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


def test_work_that_is_done_is_acknowledged(handle: Handle, stack: Stack, source: Source) -> None:
    assert handle(record(names("PROJ-1"))) == failed()
    assert (stack.linked(), source) == ({"10001"}, Source())


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (UpstreamThrottled("429", retry_after=60.0), 64),
        (UpstreamThrottled("429"), 4),
        (UpstreamUnavailable("503"), 4),
        (OurSideUnavailable("another run is at it", retry_after=10.0), 11),
        (KeyError(TEXT), 4),
    ],
)
def test_work_that_failed_is_put_off(
    handle: Handle, source: Source, once: Once, trouble: Exception, seconds: int
) -> None:
    once.script["d1"] = trouble
    assert handle(record(names("PROJ-1"), attempt=2)) == failed(1)
    assert source == Source(postponed=[("h1", seconds)])


def test_work_without_time_left_goes_on_at_once(stack: Stack, source: Source, once: Once) -> None:
    worker = LinkWorker(source=source, once=once, world=stack._outside, now=stack.clock, dice=lambda: 0.5)
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 11_999)
    assert worker.handle({"Records": [record(names("PROJ-1", "PROJ-2"))]}, context) == failed(1)
    assert (source, once.contexts) == (Source(postponed=[("h1", 0)]), [context])
    assert len(stack.linked()) == 1  # the first is tried in any case, or a slow look-up would keep a lane for ever


def test_what_an_operator_must_see_is_buried_as_it_came(handle: Handle, source: Source, once: Once) -> None:
    once.script["d1"] = UpstreamRefused("mend the external id")
    message = record(names("PROJ-1"))
    assert handle(message) == failed()
    assert source.postponed == []
    assert source.buried == [
        {
            "body": message["body"],
            "lane": "ticket#5001",
            "unique": "m1-1700",  # a redriven message has another time of sending
            "reason": "refused",
            "advice": "mend the external id",
        }
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("something else", "not_a_message"),
        (Quarantined(reason="no_ticket_id", excerpt="eA==", size=1, sha256="ab"), "no_ticket_id"),
    ],
)
def test_what_is_no_work_is_buried_at_once(
    handle: Handle, stack: Stack, source: Source, body: Payload | str, reason: str
) -> None:
    cost = stack.bill(lambda: handle(record(body)))  # type: ignore[arg-type, return-value]
    assert (cost, [grave["reason"] for grave in source.buried], source.postponed) == ({}, [reason], [])


@pytest.mark.parametrize("trouble", [UpstreamThrottled("429"), UpstreamRefused("mend the id")])
def test_a_message_that_can_be_neither_put_off_nor_buried_stays(
    handle: Handle, source: Source, once: Once, trouble: Exception
) -> None:
    once.script["d1"], source.broken = trouble, OurSideUnavailable("the queue did not answer")
    assert handle(record(names("PROJ-1"))) == failed(1)


def test_each_record_is_answered_for_itself(handle: Handle, stack: Stack, source: Source, once: Once) -> None:
    once.script |= {"d2": UpstreamThrottled("429", retry_after=1.0), "d3": UpstreamRefused("x"), "d4": KeyError()}
    assert handle(*(record(names("PROJ-1"), number) for number in range(1, 6))) == failed(2, 4)
    assert [handle for handle, _ in source.postponed] == ["h2", "h4"]
    assert ([grave["unique"] for grave in source.buried], stack.linked()) == (["m3-3700"], {"10001"})


def test_only_statements_and_notices_are_work(stack: Stack) -> None:
    unreadable = Quarantined(reason="not_json", excerpt="", size=0, sha256="ab")
    envelope = Envelope(delivery="d", correlation_id="c", source="s", received_at=0.0, payload=unreadable)
    with pytest.raises(ValueError, match="Quarantined is nothing to work on"):
        work(stack._outside(Counts(), lambda: 30.0), envelope)


# ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────────


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_a_delivery_that_leads_back_to_its_request(handle: Handle, log: io.StringIO) -> None:
    handle(record(names("PROJ-1"), attempt=3))
    (line,) = lines(log.getvalue())
    told = {name: line[name] for name in ("message", "correlation_id", "delivery", "source", "lane", "attempt")}
    assert told == {
        "message": "delivery done",
        "correlation_id": "c1",
        "delivery": "d1",
        "source": "zendesk_trigger",
        "lane": "ticket#5001",
        "attempt": 3,
    }


@pytest.mark.parametrize("attempt", [1, 8])
@pytest.mark.parametrize("trouble", [KeyError(TEXT), ValueError(TEXT), OSError(TEXT)])
def test_no_text_of_peoples_is_logged(
    handle: Handle, once: Once, log: io.StringIO, source: Source, trouble: Exception, attempt: int
) -> None:
    once.script["d1"] = trouble
    handle(record(names("SECRET-1"), attempt=attempt), record(TEXT, 2))
    assert type(trouble).__name__ in log.getvalue()
    for told in (log.getvalue(), str([(grave["reason"], grave["advice"]) for grave in source.buried])):
        assert "Robinson" not in told
        assert "SECRET" not in told


@pytest.mark.parametrize(
    ("trouble", "metric"),
    [
        (UpstreamThrottled("429"), "UpstreamThrottled"),
        (UpstreamUnavailable("503"), "UpstreamFailed"),
        (OurSideUnavailable("x"), None),
        (KeyError(), None),
    ],
)
def test_trouble_is_counted(
    handle: Handle, once: Once, capsys: pytest.CaptureFixture[str], trouble: Exception, metric: str | None
) -> None:
    once.script["d1"] = trouble
    handle(record(names("PROJ-1")))
    assert [metric in counted for counted in metrics(capsys)] == ([True] if metric else [])


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [line for line in lines(capsys.readouterr().out) if "_aws" in line]


def test_links_are_counted_by_source(handle: Handle, stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.link_by_hand("5001", "10002")
    handle(record(names("PROJ-1", "PROJ-2", "UTF-8")))
    (counted,) = metrics(capsys)
    (declared,) = counted["_aws"]["CloudWatchMetrics"]
    assert (declared["Namespace"], declared["Dimensions"]) == ("linksync", [["source", "service"]])
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
        change="claimed",
        at=START,  # type: ignore[arg-type]
    )
    assert handle(record(notice)) == failed()
    assert stack.linked() == {"10001"}
