"""Which named tickets Zendesk is asked about, what becomes of those that it does not know, and who is told."""

from dataclasses import replace

import pytest

from linksync.core.lanes import FieldRecord, IssueRecord
from linksync.core.named_tickets import MOST_UNASKED
from linksync.core.ordering import Window
from linksync.core.wrong_references import ReferenceNotices, WrongReferenceNotice
from linksync.errors import UnfinishedWork
from linksync.metrics import Metric
from linksync.worker.check_named_tickets import asked_about, record_and_comment
from linksync.worker.dependencies import Dependencies
from linksync.worker.reference_notice import SECONDS_A_NOTICE
from linksync.worker.run_log import RunLog
from tests.unit.worker.stack import START, Stack

OFF, TAG, NOTE = WrongReferenceNotice.OFF, WrongReferenceNotice.TAG, WrongReferenceNotice.NOTE
NOTHING = IssueRecord(key="PROJ-1", key_at=START)


def naming(*tickets: str, not_found: frozenset[str] = frozenset()) -> IssueRecord:
    return replace(
        NOTHING, stated=FieldRecord(frozenset(tickets), Window.of_change(START)), not_found=not_found, told=None
    )


def deps(stack: Stack, kind: WrongReferenceNotice, seconds_left: float = 30.0) -> Dependencies:
    stack.notice = kind
    return stack._dependencies(RunLog(), lambda: seconds_left)


def numbers(many: int) -> tuple[str, ...]:
    """So many numbers of which Zendesk knows none."""
    return tuple(str(7_001 + number) for number in range(many))


@pytest.mark.parametrize(
    ("kind", "many", "again", "asked", "not_found"),
    [
        (OFF, MOST_UNASKED, False, 0, 0),
        (OFF, MOST_UNASKED + 1, False, 1, MOST_UNASKED + 1),
        (TAG, MOST_UNASKED, False, 0, 0),
        (NOTE, 1, False, 1, 0),  # so that a comment names all; each one's own lane finds that it is missing
        (NOTE, MOST_UNASKED, False, 1, 0),
        (NOTE, MOST_UNASKED + 1, False, 1, MOST_UNASKED + 1),
        (OFF, 1, True, 1, 1),
        (NOTE, 1, True, 1, 1),
    ],
)
def test_what_zendesk_does_not_know_of_many_or_of_those_that_are_looked_up_again_is_not_claimed(
    *, stack: Stack, kind: WrongReferenceNotice, many: int, again: bool, asked: int, not_found: int
) -> None:
    parts, named = deps(stack, kind), numbers(many)
    after = asked_about(parts, NOTHING, naming(*named), again=again)
    assert (stack.zendesk.calls["list"], len(after.not_found), len(after.claims)) == (
        asked,
        not_found,
        many - not_found,
    )
    assert stack.metric("TicketsNotFound") == not_found
    assert after.reference_notices.due == (frozenset(named) if kind is NOTE else frozenset())


def test_a_number_that_was_not_found_before_is_no_news(stack: Stack) -> None:
    before = replace(naming("7001", not_found=frozenset({"7001"})), told=frozenset())
    after = asked_about(deps(stack, NOTE), before, before, again=True)
    assert (after, stack.metric("TicketsNotFound"), stack.zendesk.calls["list"]) == (before, 0, 1)


DUE = replace(naming("7001"), reference_notices=ReferenceNotices(due=frozenset({"7001"})))


@pytest.mark.parametrize(
    ("kind", "facts", "comments"),
    [
        (NOTE, {}, 1),
        (OFF, {}, 0),  # they were wanted, and are no more
        (TAG, {}, 0),
        (NOTE, {"deleted": True}, 0),
        (NOTE, {"missing": True}, 0),
    ],
)
def test_a_comment_that_is_due_is_made_where_it_is_wanted_and_the_issue_is_there(
    stack: Stack, kind: WrongReferenceNotice, facts: dict[str, bool], comments: int
) -> None:
    record_and_comment(deps(stack, kind), "10001", NOTHING, replace(DUE, **facts))  # type: ignore[arg-type]
    left, given = ReferenceNotices(due=frozenset({"7001"})), ReferenceNotices(given=frozenset({"7001"}))
    assert len(stack.jira.comments) == stack.logs[-1].counts.get(Metric.NOTICES_GIVEN, 0) == comments
    assert stack.ledger.issue("10001").reference_notices == (given if comments else left)


@pytest.mark.parametrize(("seconds_left", "comments"), [(SECONDS_A_NOTICE, 1), (SECONDS_A_NOTICE - 0.1, 0)])
def test_a_comment_is_begun_where_there_is_time_for_it(stack: Stack, seconds_left: float, comments: int) -> None:
    parts = deps(stack, NOTE, seconds_left)
    if comments:
        record_and_comment(parts, "10001", NOTHING, DUE)
    else:
        with pytest.raises(UnfinishedWork):
            record_and_comment(parts, "10001", NOTHING, DUE)
    assert len(stack.jira.comments) == comments
    assert stack.ledger.issue("10001").reference_notices.due == (frozenset() if comments else {"7001"})


def test_what_is_recorded_already_is_not_written_again(stack: Stack) -> None:
    record_and_comment(deps(stack, NOTE), "10001", NOTHING, NOTHING)
    assert (stack.dynamo.calls["batch_write"], stack.jira.comments) == (0, [])
