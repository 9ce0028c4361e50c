"""When the people of a ticket are told, what is recorded before that, and when the tag goes."""

from dataclasses import replace

import pytest

from linksync.core.lanes import TicketFacts, TicketLane
from linksync.core.wrong_references import ReferenceNotices, WrongReferenceNotice
from linksync.errors import NoticeRefused, UnfinishedWork
from linksync.metrics import Metric
from linksync.worker.dependencies import Dependencies
from linksync.worker.reference_notice import SECONDS_A_NOTICE, begun, give
from linksync.worker.run_log import RunLog
from tests.unit.worker.stack import Stack

OFF, TAG, NOTE = WrongReferenceNotice.OFF, WrongReferenceNotice.TAG, WrongReferenceNotice.NOTE
DUE, GIVEN = ReferenceNotices(due=frozenset({"NOPE-1"})), ReferenceNotices(given=frozenset({"NOPE-1"}))
NONE = ReferenceNotices()
GONE = ({"missing": True}, {"deleted": True}, {"merged_into": "5002"})


def a_lane(notices: ReferenceNotices, *not_found: str, tagged: bool = False, **facts: object) -> TicketLane:
    known = TicketFacts(reference_notices=notices, not_found=frozenset(not_found), tagged=tagged)
    return TicketLane(ticket_id="5001", facts=replace(known, **facts))  # type: ignore[arg-type]


def deps(stack: Stack, kind: WrongReferenceNotice, seconds_left: float = 30.0) -> Dependencies:
    stack.notice = kind
    return stack._dependencies(RunLog(), lambda: seconds_left)


def calls(stack: Stack) -> tuple[int, int, int]:
    return stack.zendesk.calls["note"], stack.zendesk.calls["tag"], stack.zendesk.calls["untag"]


@pytest.mark.parametrize(
    ("kind", "notices", "tagged", "seconds_left", "recorded", "tagged_then"),
    [
        (NOTE, DUE, False, SECONDS_A_NOTICE, GIVEN, False),
        (NOTE, DUE, True, SECONDS_A_NOTICE, GIVEN, True),  # from when tags were wanted
        (TAG, DUE, False, SECONDS_A_NOTICE, GIVEN, True),
        (TAG, DUE, True, SECONDS_A_NOTICE, GIVEN, True),
        (TAG, DUE, False, SECONDS_A_NOTICE - 0.1, DUE, False),  # no time for the call
        (OFF, DUE, False, SECONDS_A_NOTICE, DUE, False),
        (TAG, NONE, False, SECONDS_A_NOTICE, NONE, False),
        (TAG, GIVEN, False, SECONDS_A_NOTICE, GIVEN, False),
    ],
)
def test_that_a_notice_begins_is_recorded_before_its_call(  # noqa: PLR0917  a table
    stack: Stack,
    kind: WrongReferenceNotice,
    notices: ReferenceNotices,
    tagged: bool,
    seconds_left: float,
    recorded: ReferenceNotices,
    tagged_then: bool,
) -> None:
    after = begun(deps(stack, kind, seconds_left), a_lane(notices, "NOPE-1", tagged=tagged))
    assert after == a_lane(recorded, "NOPE-1", tagged=tagged_then)


@pytest.mark.parametrize("kind", [NOTE, TAG])
@pytest.mark.parametrize("gone", GONE)
def test_nobody_is_told_on_a_ticket_that_is_gone(
    stack: Stack, kind: WrongReferenceNotice, gone: dict[str, object]
) -> None:
    due, tagged = a_lane(DUE, "NOPE-1", **gone), a_lane(GIVEN, tagged=True, **gone)
    assert begun(deps(stack, kind), due) == due
    give(deps(stack, kind), due, due)
    give(deps(stack, kind), tagged, tagged)
    assert calls(stack) == (0, 0, 0)


@pytest.mark.parametrize(("kind", "made"), [(NOTE, (1, 0, 0)), (TAG, (0, 1, 0)), (OFF, (0, 0, 0))], ids=str)
def test_what_was_due_is_told_once_that_is_recorded(
    stack: Stack, kind: WrongReferenceNotice, made: tuple[int, int, int]
) -> None:
    give(deps(stack, kind), a_lane(DUE, "NOPE-1"), a_lane(GIVEN, "NOPE-1", tagged=kind is TAG))
    assert calls(stack) == made


def test_what_there_was_no_time_to_tell_is_told_by_the_next_run(stack: Stack) -> None:
    with pytest.raises(UnfinishedWork):
        give(deps(stack, NOTE), a_lane(DUE, "NOPE-1"), a_lane(DUE, "NOPE-1"))
    assert calls(stack) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "tagged", "not_found", "off"),
    [
        (TAG, True, (), True),
        (NOTE, True, (), True),
        (TAG, True, ("NOPE-1",), False),
        (TAG, True, ("NOPE-1", "OLD-9"), False),
        (TAG, True, ("OLD-9",), True),  # of that one nobody was told
        (TAG, False, (), False),
        (OFF, True, (), False),
    ],
)
def test_the_tag_goes_when_nothing_that_was_told_is_wrong_any_more(
    *, stack: Stack, kind: WrongReferenceNotice, tagged: bool, not_found: tuple[str, ...], off: bool
) -> None:
    stack.zendesk.tags.add("5001")
    lane = a_lane(GIVEN, *not_found, tagged=tagged)
    stack.ledger.commit(TicketLane(ticket_id="5001"), lane)
    give(deps(stack, kind), lane, lane)
    assert (calls(stack), stack.lane().facts.tagged) == ((0, 0, 1 if off else 0), tagged and not off)


def test_a_tag_that_may_not_be_taken_off_is_counted_and_forgotten(stack: Stack) -> None:
    stack.script.before = [NoticeRefused("the ticket is closed")]
    give(deps(stack, TAG), a_lane(GIVEN, tagged=True), a_lane(GIVEN, tagged=True))
    assert (stack.logs[-1].counts, stack.lane().facts.tagged) == ({Metric.NOTICES_REFUSED: 1}, False)
