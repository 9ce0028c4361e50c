"""The ledger's items are worded as they always were: what one version wrote, the next one reads."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from linksync.core.checkpoints import Checkpoint, IssueCheckpoint, Look, Repair, TicketCheckpoint
from linksync.core.history import Event, HistoryLine
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import CallKind, Link, LinkState, Owner, Refusal
from linksync.core.ordering import Window
from linksync.core.wrong_references import ReferenceNotices
from linksync.store.history_items import history_item, history_of
from linksync.store.ledger_items import issue_item, issue_of, link_item, link_of, ticket_item, ticket_of
from linksync.store.look_list import look_item, look_of
from linksync.store.reconciler_state import checkpoint_item, checkpoint_of
from linksync.store.repairs import repair_item, repair_of

GOLDEN = Path(__file__).parent / "golden"
AT = 1_793_611_800.5
WINDOW = Window(AT - 600, AT + 1)
PROJ_1 = Issue("10001", "PROJ-1")
LINK = Link(
    issue=PROJ_1,
    key_at=AT,
    claims=frozenset({"issue", "ticket:PROJ-1", "merged:4999"}),
    state=LinkState.LINKED,
    owner=Owner.LINKSYNC,
    call_begun_at=AT + 2,
    link_id="77",
)
REFUSED = Link(
    issue=PROJ_1,
    key_at=AT,
    claims=frozenset({"operator"}),
    state=LinkState.PLANNED,
    owner=Owner.LINKSYNC,
    refusal=Refusal(call=CallKind.CREATE, reason="Zendesk answered 400", delivery="d7"),
)
IN_DOUBT = replace(
    REFUSED, refusal=Refusal(call=CallKind.CREATE, reason="Zendesk answered 404", delivery="d8", settled=False)
)
TICKET = TicketLane(
    ticket_id="5001",
    stated=FieldRecord(frozenset({"PROJ-1", "UTF-8"}), WINDOW, delivery="d1", source="zendesk_trigger"),
    facts=TicketFacts(
        not_found=frozenset({"UTF-8"}),
        merged_into="5002",
        missing=True,
        reference_notices=ReferenceNotices(due=frozenset({"UTF-8"}), given=frozenset({"COVID-19"})),
        tagged=True,
    ),
)
ISSUE = IssueRecord(
    stated=FieldRecord(frozenset({"5001", "9001"}), WINDOW, delivery="d2", source="jira_webhook"),
    ever_named=frozenset({"5001", "5002", "9001"}),
    key="PROJ-1",
    key_at=AT,
    key_until=AT + 1,
    missing=True,
    told_key="PROJ-1",
    told=frozenset({"5001"}),
    maybe_told=frozenset({"5003"}),
    not_found=frozenset({"9001"}),
    reference_notices=ReferenceNotices(due=frozenset({"9001"}), given=frozenset({"9002"})),
)
LINE = HistoryLine(at=AT, issue=PROJ_1, event=Event.MADE, why="a field names it", source="zendesk_event", delivery="d3")
CHECKPOINT = Checkpoint(
    round=3,
    tickets=TicketCheckpoint(
        cursor="abc",
        begun="aba",
        begun_at=AT - 1.5,
        ended="abb",
        ended_at=AT - 1.25,
        generated_at=AT - 1,
        current_at=AT,
    ),
    issues=IssueCheckpoint(
        since=AT - 3,
        newest=AT - 2,
        begun=AT - 5,
        ended=AT - 4,
        ended_at=AT - 3.75,
        page="t2",
        current_at=AT - 1,
    ),
)
REPAIR = Repair(lane="ticket#5001", difference="0f1e", times=2, queued_at=AT)
LOOK = Look(lane="issue#10001", due_at=float(int(AT)), since=AT, reread=True)


@dataclass(frozen=True)
class Case:
    """A record, its item, and how that is read."""

    record: object
    item: dict[str, Any]
    read: Callable[[dict[str, Any]], object]


CASES = {
    "link": Case(LINK, link_item("ticket#5001", LINK), link_of),
    "link-refused": Case(REFUSED, link_item("ticket#5001", REFUSED), link_of),
    "link-refused-in-doubt": Case(IN_DOUBT, link_item("ticket#5001", IN_DOUBT), link_of),
    "ticket": Case((TICKET.stated, TICKET.facts), ticket_item("ticket#5001", TICKET), ticket_of),
    "issue": Case(ISSUE, issue_item("issue#10001", ISSUE), issue_of),
    "history": Case(LINE, history_item("ticket#5001", LINE, keep_days=400), history_of),
    "checkpoint": Case(CHECKPOINT, checkpoint_item(CHECKPOINT), checkpoint_of),
    "repair": Case(REPAIR, repair_item(REPAIR), repair_of),
    "look": Case(LOOK, look_item(LOOK), look_of),
}


@pytest.mark.parametrize("case", CASES)
def test_an_item_is_worded_as_it_always_was(case: str) -> None:
    assert _as_json(CASES[case].item) == golden(case)


@pytest.mark.parametrize("case", CASES)
def test_what_the_version_before_wrote_is_read(case: str) -> None:
    assert CASES[case].read(_from_json(golden(case))) == CASES[case].record


def test_a_checkpoint_from_before_readings_looked_back_goes_on_where_it_was() -> None:
    item = _from_json(golden("checkpoint"))
    for name in ("tickets_begun", "tickets_begun_at", "tickets_ended_at", "issues_begun", "issues_ended_at"):
        del item[name]
    read = checkpoint_of(item)
    assert read is not None
    assert (read.tickets.cursor, read.tickets.begun, read.tickets.ended) == ("abc", "abc", "abb")
    assert (read.issues.since, read.issues.begun) == (AT - 3, AT - 3)


def test_every_golden_file_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


def golden(case: str) -> dict[str, Any]:
    return dict(json.loads((GOLDEN / f"{case}.json").read_text()))


def _as_json(item: dict[str, Any]) -> dict[str, Any]:
    """What DynamoDB keeps of it: neither empty sets nor None; sets in order, numbers as text behind an N."""
    return {name: _value(value) for name, value in item.items() if value not in (frozenset(), None)}


def _value(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return f"N{value}"


def _from_json(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _read(value) for name, value in item.items()}


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return frozenset(value)
    number = isinstance(value, str) and value[:1] == "N" and value[1:].replace(".", "").isdigit()
    return Decimal(value[1:]) if number else value
