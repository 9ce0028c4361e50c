"""Which tickets of an issue are asked about, and what is remembered of those that were told."""

from dataclasses import replace

import pytest

from linksync.core.lanes import FieldRecord, IssueRecord
from linksync.core.named_tickets import MOST_UNASKED, before_telling, tickets_to_ask_about, with_known


def numbers(first: int, count: int) -> frozenset[str]:
    return frozenset(str(number) for number in range(first, first + count))


def record(*refs: str, not_found: str = "", ever_named: str = "", maybe_told: str = "") -> IssueRecord:
    return IssueRecord(
        stated=FieldRecord(frozenset(refs)),
        not_found=frozenset(not_found.split()),
        ever_named=frozenset(ever_named.split()),
        maybe_told=frozenset(maybe_told.split()),
    )


# ── who is asked about ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("new", "asked"), [(0, 0), (1, 0), (MOST_UNASKED, 0), (MOST_UNASKED + 1, MOST_UNASKED + 1)])
def test_a_few_new_tickets_are_told_unasked(new: int, asked: int) -> None:
    before, after = record("1"), record("1", *numbers(5_001, new), not_found="9")
    assert tickets_to_ask_about(before, after) == tuple(sorted(numbers(5_001, asked)))


def test_how_many_are_told_unasked_is_the_caller_s_to_say() -> None:
    assert tickets_to_ask_about(record(), record("7", "5"), unasked=0) == ("5", "7")
    assert tickets_to_ask_about(record(), record("7", "5"), unasked=1) == ("5", "7")
    assert tickets_to_ask_about(record(), record("7", "5"), unasked=2) == ()


def test_claims_that_are_gone_are_not_asked_about() -> None:
    assert tickets_to_ask_about(record(*numbers(1, 50)), record("1")) == ()


def test_when_looked_up_again_those_not_found_are_asked_about_too() -> None:
    before, after = record("1"), record("1", "8", not_found="9 7")
    assert tickets_to_ask_about(before, after, again=True) == ("7", "8", "9")
    assert tickets_to_ask_about(before, after) == ()
    assert tickets_to_ask_about(before, before, again=True) == ()


# ── what was answered ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_zendesk_does_not_know_was_never_named() -> None:
    before = record("1", "2", "3", not_found="3 4", ever_named="1 2 3 9")
    after = with_known(before, ("1", "2", "3"), frozenset({"1", "3"}))
    assert after == record("1", "2", "3", not_found="2 4", ever_named="1 3 9")


# ── what is remembered before the notices are sent ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("case", "stated", "maybe_told"),
    [
        ("those newly claimed", "", "3 8"),
        ("those stated, of an earlier run that recorded nothing", "3 4", "3 4 8"),
        ("not those claimed before", "1 3", "3 8"),
    ],
)
def test_who_may_have_been_told_is_remembered(case: str, stated: str, maybe_told: str) -> None:
    before = record("1", "2", maybe_told="8")
    after = before_telling(before, record("1", "3"), frozenset(stated.split()))
    assert after == replace(before, maybe_told=frozenset(maybe_told.split())), case


@pytest.mark.parametrize(("count", "remembered"), [(MOST_UNASKED, True), (MOST_UNASKED + 1, False)])
def test_so_many_are_stated_that_no_run_told_them_unasked(count: int, remembered: bool) -> None:
    stated = numbers(5_001, count) | {"1"}
    after = before_telling(record("1"), record("1", "3"), stated)
    assert after.maybe_told == {"3"} | (numbers(5_001, count) if remembered else set())


def test_who_is_claimed_and_was_perhaps_told_before_is_told_no_more() -> None:
    assert before_telling(record("1", maybe_told="1"), record("1"), frozenset()).maybe_told == {"1"}
