"""A delivery's story is put together from what its sender, the functions, the vendors and the ledger tell."""

import json
from typing import Any

import pytest

from linksync.core.history import Event, HistoryLine
from linksync.core.issue import Issue
from local.http.deliveries import Attempt, Delivery
from local.playground.log_tail import LogLine, parsed
from local.playground.stories import Observations, ObservedCall, stories_of_reconciler, story_of_delivery
from local.playground.words import change_of

BODY = b'{"ticket_id": "5001", "issue_keys": "PROJ-1"}'
ACCEPTED = '{"status": "accepted", "delivery": "d1"}'


def delivery(
    status: int | None = 202, body: str = ACCEPTED, *, state: str = "delivered", sent: bytes = BODY
) -> Delivery:
    made = Delivery("s1", "Zendesk trigger", "http://127.0.0.1/", sent, lambda _n: {}, at=100.0, state=state)
    if status is not None:
        made.attempts.append(Attempt(100.0, status, {"x-correlation-id": "c1"}, body))
    return made


def received(at: float = 100.1, **fields: Any) -> LogLine:
    return line(at, message="delivery accepted", milliseconds=7, **fields)


def run(at: float = 100.4, message: str = "message done", **fields: Any) -> LogLine:
    told = {"delivery": "d1", "lane": "ticket#5001", "attempt": 1, "milliseconds": 100, "why": "it is newer"}
    return line(at, message=message, **told | fields)


def line(at: float, **fields: Any) -> LogLine:
    return LogLine(at, {"correlation_id": "c1", **fields})


def observations(*lines: LogLine) -> Observations:
    made = Observations(
        calls={"c1": [ObservedCall(at=100.35, text="Zendesk: link 5001 PROJ-1 → 201", ok=True)]},
        history={
            "d1": [
                HistoryLine(at=100.38, issue=Issue("1", "PROJ-1"), event=Event.MADE, why="a field names it",
                            source="zendesk_trigger", delivery="d1")
            ]
        },
    )  # fmt: skip
    made.add(lines)
    return made


def test_a_delivery_from_its_sender_to_the_ledger() -> None:
    story = story_of_delivery("s1/1", delivery(), observations(received(), run()))
    (only,) = story.runs
    assert (story.text, story.state, story.answer) == ("Ticket 5001 now says “PROJ-1”", "done", "202 accepted")
    assert (only.lane, only.why, only.waited) == ("ticket#5001", "it is newer", pytest.approx(0.2))
    assert [call.text for call in only.calls] == ["Zendesk: link 5001 PROJ-1 → 201"]
    assert only.records == ["link to PROJ-1 made: a field names it"]


@pytest.mark.parametrize(
    ("made", "lines", "state"),
    [
        (delivery(None, state="pending"), [], "sending"),
        (delivery(None, state="lost"), [], "lost"),
        (delivery(401, '{"error": {"code": "NotAuthentic", "message": "m"}}', state="dropped"), [], "refused"),
        (delivery(200, '{"status": "ignored", "reason": "other_field"}'), [], "ignored"),
        (delivery(), [received()], "queued"),
        (delivery(202, '{"status": "quarantined", "reason": "not_json"}'), [received(outcome="quarantined")], "dead"),
        (delivery(), [received(), run(message="message scheduled for retry", seconds=3, error="E: m")], "waiting"),
        (delivery(), [received(), run(message="message dead-lettered", reason="forbidden", advice="a")], "dead"),
        (delivery(), [received(), run(message="message scheduled for retry"), run(102.0, attempt=2)], "done"),
    ],
)
def test_what_became_of_it_in_a_word(made: Delivery, lines: list[LogLine], state: str) -> None:
    assert story_of_delivery("s1/1", made, observations(*lines)).state == state


def test_a_retry_waited_since_the_run_before_and_says_what_kept_it() -> None:
    lines = [received(), run(message="message scheduled for retry", seconds=1, error="UpstreamUnavailable: 503")]
    first, second = story_of_delivery("s1/1", delivery(), observations(*lines, run(102.0, attempt=2))).runs
    assert (first.end, first.again_in, first.failure) == ("retry", 1, "UpstreamUnavailable: 503")
    assert (second.attempt, second.waited) == (2, pytest.approx(1.5))
    assert second.calls == []


def test_a_field_that_is_read_again_says_so() -> None:
    story = story_of_delivery("s1/1", delivery(), observations(received(), run(Rereads=[1])))
    assert story.runs[0].why == "it is newer: the field is read again"


def test_a_run_of_the_reconciler_tells_which_lanes_looked() -> None:
    end = line(100.0, message="reconciler run ended", ended="finished", ReconcilerRead=[5], ReconcilerQueued=[1])
    (story,) = stories_of_reconciler(observations(end, run()))
    assert story.text == "A run finished: 5 rows read, 1 differed from the ledger"
    assert (story.state, [one.lane for one in story.runs]) == ("done", ["ticket#5001"])


@pytest.mark.parametrize(
    "message", ["START RequestId: 1", "{", "[]", '{"message": "no time"}', '{"timestamp": "noon"}']
)
def test_lines_that_are_none_of_ours_are_left_out(message: str) -> None:
    assert parsed(message) is None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"ticket_id": "5001", "issue_keys": ""}, "Ticket 5001 now says nothing"),
        ({"issue_key": "PROJ-1", "ticket_ids": "5001"}, "PROJ-1 now says “5001”"),
        ({"type": "zen:event-type:ticket.soft_deleted", "subject": "zen:ticket:5001"}, "Ticket 5001: soft deleted"),
        ({"webhookEvent": "jira:issue_deleted", "issue": {"key": "PROJ-1"}}, "PROJ-1: deleted"),
        (["anything"], "A body that cannot be read"),
        (None, "A body that cannot be read"),
    ],
)
def test_what_a_delivery_says_in_a_sentence(body: object, text: str) -> None:
    assert change_of(json.dumps(body).encode()) == text
