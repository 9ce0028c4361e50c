"""What people are told of references that nobody answers to: each once at most, and not without end."""

import pytest

from linksync.core.wrong_references import (
    MOST_GIVEN,
    NO_REFERENCE_NOTICES,
    ReferenceNotices,
    comment_on_issue,
    named,
    note_on_ticket,
)


def notices(due: str = "", given: str = "") -> ReferenceNotices:
    return ReferenceNotices(due=frozenset(due.split()), given=frozenset(given.split()))


def many(number: int, project: str = "OLD") -> frozenset[str]:
    return frozenset(f"{project}-{index:03}" for index in range(number))


@pytest.mark.parametrize(
    ("before", "wrong", "after"),
    [
        (notices(), "A-1 B-2", notices(due="A-1 B-2")),
        (notices(due="A-1"), "B-2", notices(due="A-1 B-2")),
        (notices(due="A-1"), "A-1", notices(due="A-1")),
        (notices(given="A-1"), "A-1 B-2", notices(due="B-2", given="A-1")),
        (notices(due="A-1", given="B-2"), "", notices(due="A-1", given="B-2")),
    ],
)
def test_what_was_never_told_is_due(before: ReferenceNotices, wrong: str, after: ReferenceNotices) -> None:
    assert before.noting(wrong.split()) == after


@pytest.mark.parametrize(
    ("due", "given", "room"),
    [
        (0, 0, MOST_GIVEN),
        (0, MOST_GIVEN - 3, 3),
        (MOST_GIVEN - 3, 0, 3),
        (10, MOST_GIVEN - 11, 1),
        (10, MOST_GIVEN - 10, 0),
        (0, MOST_GIVEN, 0),
        (0, MOST_GIVEN + 5, 0),  # told by a version that told more
        (MOST_GIVEN, 5, 0),
    ],
)
def test_people_are_told_of_so_many_in_all_the_first_by_name(due: int, given: int, room: int) -> None:
    before = ReferenceNotices(due=many(due, "DUE"), given=many(given, "GIVEN"))
    fresh = sorted(many(MOST_GIVEN + 50))
    after = before.noting(reversed(fresh))
    assert (after.due, after.given) == (before.due | set(fresh[:room]), before.given)


def test_nobody_is_told_of_what_is_mended() -> None:
    before = notices(due="A-1 B-2", given="C-3")
    assert before.only(["B-2", "D-4"]) == notices(due="B-2", given="C-3")
    assert before.only([]) == notices(given="C-3")


def test_what_is_begun_is_due_no_more() -> None:
    assert notices(due="A-1 B-2", given="C-3").begun() == notices(given="A-1 B-2 C-3")
    assert notices(given="C-3").begun() == notices(given="C-3")
    assert NO_REFERENCE_NOTICES.begun() == NO_REFERENCE_NOTICES == notices()


@pytest.mark.parametrize(
    ("number", "ends"),
    [(1, "OLD-000"), (3, "OLD-000, OLD-001, OLD-002"), (20, "OLD-018, OLD-019"), (21, "OLD-019 and 1 more")],
)
def test_the_first_few_are_named_in_order_and_the_others_counted(number: int, ends: str) -> None:
    assert named(sorted(many(number), reverse=True)).endswith(ends)
    assert named(many(500)) == f"{', '.join(sorted(many(20)))} and 480 more"


def test_what_people_read_names_the_references() -> None:
    assert "found no Jira issue for: A-1, B-2. " in note_on_ticket({"B-2", "A-1"})
    assert "found no Zendesk ticket for: 7001, 7002. " in comment_on_issue({"7002", "7001"})
