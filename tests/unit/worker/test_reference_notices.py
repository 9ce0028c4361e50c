"""People are told of issue keys that were not found: once a value, whatever happens, and nothing fails over it."""

from collections.abc import Callable

import pytest

from linksync.core.messages import LifecycleEvent, TicketStatement
from linksync.core.wrong_references import MOST_GIVEN, ReferenceNotices, WrongReferenceNotice, note_on_ticket
from linksync.errors import (
    AwsUnavailable,
    NoticeRefused,
    UpstreamForbidden,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from tests.simulation.clock import RunKilled
from tests.unit.worker.stack import Stack

REFUSED = NoticeRefused("the ticket is closed")


@pytest.fixture(params=["note", "tag"])
def either(request: pytest.FixtureRequest, stack: Stack) -> Stack:
    stack.notice = WrongReferenceNotice(request.param)
    return stack


@pytest.fixture
def noting(stack: Stack) -> Stack:
    stack.notice = WrongReferenceNotice.NOTE
    return stack


@pytest.fixture
def tagging(stack: Stack) -> Stack:
    stack.notice = WrongReferenceNotice.TAG
    return stack


def notes(stack: Stack) -> list[str]:
    return [text for _, text in stack.zendesk.notes]


def told(stack: Stack) -> int:
    """How many calls for a notice reached Zendesk."""
    return stack.zendesk.calls["note"] + stack.zendesk.calls["tag"]


# ── a note ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_told_by_default(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "NOPE-1"))
    assert (told(stack), stack.metric("KeysNotFound"), stack.lane().facts.reference_notices) == (
        0,
        1,
        ReferenceNotices(),
    )


def test_one_note_names_all_that_was_not_found_and_the_links_are_made(noting: Stack) -> None:
    noting.deliver(noting.edit_ticket("5001", "NOPE-1", "PROJ-1", "NOPE-2"))
    assert noting.linked() == {"10001"}
    assert notes(noting) == [note_on_ticket({"NOPE-1", "NOPE-2"})]
    assert "NOPE-1, NOPE-2" in notes(noting)[0]
    assert (noting.metric("NoticesGiven"), noting.metric("NoticesRefused"), noting.queue.dead) == (1, 0, [])


def test_a_value_is_told_once_however_often_it_is_written(noting: Stack) -> None:
    for _ in range(3):
        noting.deliver(noting.edit_ticket("5001", "NOPE-1"), noting.edit_ticket("5001"))
    noting.deliver(noting.edit_ticket("5001", "NOPE-1", "NOPE-2"))
    assert notes(noting) == [note_on_ticket({"NOPE-1"}), note_on_ticket({"NOPE-2"})]


def test_each_ticket_has_its_own_people(noting: Stack) -> None:
    noting.deliver(noting.edit_ticket("5001", "NOPE-1"), noting.edit_ticket("5002", "NOPE-1"))
    assert [ticket for ticket, _ in noting.zendesk.notes] == ["5001", "5002"]


def test_what_our_own_note_sets_off_finds_nothing_to_do(either: Stack) -> None:
    either.deliver(either.edit_ticket("5001", "NOPE-1"))
    trigger = TicketStatement(ticket_id="5001", issue_keys=("NOPE-1",), at=either.tick(), exact=False)
    bill = either.bill(lambda: either.deliver(trigger))
    assert {call for call in bill if call.startswith(("zendesk", "jira"))} == set()
    assert either.metric("NothingToDo") == 2


def test_what_was_wrong_before_notices_were_wanted_is_not_told(stack: Stack) -> None:
    stack.deliver(stack.edit_ticket("5001", "NOPE-1"))
    stack.notice = WrongReferenceNotice.NOTE
    stack.deliver(stack.edit_ticket("5001", "NOPE-1", "NOPE-2"))
    assert notes(stack) == [note_on_ticket({"NOPE-2"})]


def test_an_issue_that_is_deleted_is_nobodys_slip(noting: Stack) -> None:
    noting.deliver(noting.edit_ticket("5001", "PROJ-1"))
    noting.deliver(noting.edit_issue("10001", lifecycle=LifecycleEvent.DELETED))
    del noting.jira.keys["10001"]
    noting.deliver(noting.edit_ticket("5001", "PROJ-1", "PROJ-2"))
    assert (notes(noting), noting.lane().facts.not_found) == ([], {"PROJ-1"})


@pytest.mark.parametrize("lifecycle", [LifecycleEvent.MERGED, LifecycleEvent.DELETED])
def test_a_ticket_that_is_gone_gets_no_note(noting: Stack, lifecycle: LifecycleEvent) -> None:
    gone = TicketStatement(
        ticket_id="5001", issue_keys=None, at=noting.tick(), exact=True, lifecycle=lifecycle, merged_into="5002"
    )
    noting.deliver(gone, noting.edit_ticket("5001", "NOPE-1"))
    assert told(noting) == (1 if lifecycle is LifecycleEvent.DELETED else 0)  # a ticket that speaks is there after all


def test_a_lane_remembers_so_many_and_then_tells_no_more() -> None:
    record = ReferenceNotices().noting(f"NOPE-{n}" for n in range(MOST_GIVEN + 50))
    assert len(record.due) == MOST_GIVEN
    assert record.begun().noting({"NEW-1"}).due == frozenset()


def test_a_note_about_many_names_the_first_few() -> None:
    assert note_on_ticket(f"NOPE-{n}" for n in range(500)).count("NOPE-") == 20
    assert "and 480 more" in note_on_ticket(f"NOPE-{n}" for n in range(500))


# ── a tag ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tag_stays_until_the_last_wrong_key_is_mended(tagging: Stack) -> None:
    tagging.deliver(tagging.edit_ticket("5001", "NOPE-1", "NOPE-2"))
    tagging.deliver(tagging.edit_ticket("5001", "NOPE-1", "PROJ-1"))
    assert tagging.zendesk.tags == {"5001"}
    tagging.deliver(tagging.edit_ticket("5001", "PROJ-1"))
    assert (tagging.zendesk.tags, tagging.lane().facts.tagged) == (set(), False)
    assert (tagging.zendesk.calls["tag"], tagging.zendesk.calls["untag"]) == (1, 1)


def test_a_key_that_appears_later_takes_the_tag_off(tagging: Stack) -> None:
    tagging.deliver(tagging.edit_ticket("5001", "NOPE-1"))
    tagging.new_issue("20001", "NOPE-1")
    again = TicketStatement(ticket_id="5001", issue_keys=None, at=tagging.tick(), exact=False, look_up=True)
    tagging.deliver(again)
    assert (tagging.linked(), tagging.zendesk.tags) == ({"20001"}, set())


def test_a_tag_that_could_not_be_taken_off_is_taken_off_later(tagging: Stack) -> None:
    tagging.deliver(tagging.edit_ticket("5001", "NOPE-1"))
    tagging.post(tagging.edit_ticket("5001"))
    tagging.script.before = [UpstreamUnavailable("reset")]
    tagging.run_until_idle()
    assert (tagging.zendesk.tags, tagging.lane().facts.tagged, tagging.queue.dead) == (set(), False, [])


# ── what may go wrong ────────────────────────────────────────────────────────────────────────────────────────────


def failing(stack: Stack, error: BaseException, *, after: bool = False) -> None:
    """The next call that gives a notice meets this: the look-up of the key is let pass."""
    setattr(stack.script, "after" if after else "before", [None, error])


def test_a_notice_that_is_refused_fails_nothing_and_is_counted(either: Stack) -> None:
    either.post(either.edit_ticket("5001", "NOPE-1"))
    failing(either, REFUSED)
    either.run_until_idle()
    assert (either.metric("NoticesRefused"), either.queue.dead, either.queue.done) == (1, [], 1)
    either.deliver(either.edit_ticket("5001", "NOPE-1"))
    assert told(either) == 1


@pytest.mark.parametrize(
    "error", [UpstreamThrottled("429", retry_after=20), UpstreamUnavailable("503", maybe_applied=False)]
)
def test_a_notice_that_surely_was_not_given_is_given_later(either: Stack, error: Exception) -> None:
    either.post(either.edit_ticket("5001", "NOPE-1"))
    failing(either, error)
    begun = either.clock.now
    either.run_until_idle()
    assert (told(either), len(either.zendesk.notes) + len(either.zendesk.tags)) == (2, 1)
    assert either.queue.dead == []
    if isinstance(error, UpstreamThrottled):
        assert either.clock.now - begun >= 20


@pytest.mark.parametrize("after", [False, True])
def test_a_notice_of_which_nothing_is_known_is_not_repeated(noting: Stack, after: bool) -> None:
    noting.post(noting.edit_ticket("5001", "NOPE-1"))
    failing(noting, UpstreamUnavailable("reset"), after=after)
    noting.run_until_idle()
    noting.deliver(noting.edit_ticket("5001"), noting.edit_ticket("5001", "NOPE-1"))
    assert (told(noting), len(noting.zendesk.notes)) == (1, 1 if after else 0)
    assert noting.metric("NoticesRefused") == 1


def test_what_an_operator_must_mend_is_told_once_it_is_mended(noting: Stack) -> None:
    """The links are done; the note waits for the credentials like everything else."""
    noting.post(noting.edit_ticket("5001", "NOPE-1", "PROJ-1"))
    noting.script.before = [None, None, UpstreamForbidden("credentials")]
    noting.run_until_idle()
    assert (noting.linked(), notes(noting)) == ({"10001"}, [note_on_ticket({"NOPE-1"})])


@pytest.mark.parametrize("kill", [RunKilled, lambda: AwsUnavailable("no answer")], ids=["kill", "no answer"])
@pytest.mark.parametrize("step", range(14))
def test_a_kill_between_any_two_calls_tells_nobody_twice(
    either: Stack, step: int, kill: Callable[[], BaseException]
) -> None:
    either.script.own = [None] * step + [kill()]
    either.deliver(either.edit_ticket("5001", "NOPE-1", "PROJ-1"))
    either.deliver(either.edit_ticket("5001", "PROJ-1"), either.edit_ticket("5001", "NOPE-1", "PROJ-1"))
    assert either.linked() == {"10001"}
    assert told(either) <= 1
    assert either.queue.dead == []


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("step", range(4))
def test_a_kill_at_any_call_upstream_tells_nobody_twice(either: Stack, step: int, place: str) -> None:
    setattr(either.script, place, [None] * step + [RunKilled()])
    either.deliver(either.edit_ticket("5001", "NOPE-1", "PROJ-1"))
    either.deliver(either.edit_ticket("5001", "PROJ-1"), either.edit_ticket("5001", "NOPE-1", "PROJ-1"))
    assert either.linked() == {"10001"}
    assert (len(either.zendesk.notes), told(either)) <= (1, 1)


def test_a_run_without_time_leaves_the_notice_to_the_next(noting: Stack) -> None:
    slow = iter([25.0])
    noting.zendesk.meanwhile = lambda: setattr(noting.clock, "now", noting.clock.now + next(slow, 0.0))
    noting.deliver(noting.edit_ticket("5001", "NOPE-1", "PROJ-1"))
    assert (notes(noting), noting.runs) == ([note_on_ticket({"NOPE-1"})], 2)


def test_a_hundred_wrong_keys_are_a_hundred_notes_and_no_dead_letter(noting: Stack) -> None:
    for _ in range(2):
        for number in range(100):
            noting.deliver(noting.edit_ticket("5001", f"NOPE-{number + 1}", "PROJ-1"))
    assert notes(noting) == [note_on_ticket({f"NOPE-{number + 1}"}) for number in range(100)]
    assert (noting.queue.dead, noting.linked()) == ([], {"10001"})
