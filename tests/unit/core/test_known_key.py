"""Which key an issue bears.  PROJ-1 is recorded from AT to AT + 1; statements tell NEW-5 unless the case says more."""

from typing import Any

import pytest

from linksync.core.known_key import doubt_of_key, with_key, with_key_read
from linksync.core.lanes import IssueRecord
from linksync.core.messages import IssueStatement, LifecycleEvent
from linksync.core.ordering import KEY_IN_DOUBT, KEY_IS_NEW, RETRY_HORIZON, Decision, Window
from linksync.core.projects import ALL_PROJECTS, ProjectList

AT = 10_000.0
UNKNOWN, KNOWN = IssueRecord(), IssueRecord(key="PROJ-1", key_at=AT, key_until=AT + 1)
VAGUE = IssueRecord(key="NEW-5", key_at=AT - RETRY_HORIZON, key_until=AT + 1)
LESS_VAGUE = IssueRecord(key="NEW-5", key_at=AT - RETRY_HORIZON, key_until=AT)
MOVED, EDITED = LifecycleEvent.MOVED, LifecycleEvent.EDITED
COUNTED = ProjectList(frozenset({"PROJ", "NEW"}))


def told(key: str = "NEW-5", *, at: float = AT + 5, exact: bool = True, **more: Any) -> IssueStatement:
    return IssueStatement(issue_id="10001", issue_key=key, ticket_ids=(), at=at, exact=exact, **more)


@pytest.mark.parametrize(
    ("case", "record", "statement", "decision"),
    [
        ("a later time", KNOWN, told(), None),
        ("an older time", KNOWN, told(at=AT - 1), None),
        ("the very time", KNOWN, told(at=AT), KEY_IN_DOUBT),
        ("the recorded key's last moment", KNOWN, told(at=AT + 1), KEY_IN_DOUBT),
        ("just after it", KNOWN, told(at=AT + 1.5), None),
        ("no time of its own", KNOWN, told(at=AT + 9_000, exact=False), KEY_IN_DOUBT),
        ("no time, long before", KNOWN, told(at=AT - 9_000, exact=False), None),
        ("the first word", UNKNOWN, told(), None),
        ("the first word, at whatever time", UNKNOWN, told(at=0), None),
        ("the first word, without a time of its own", UNKNOWN, told(exact=False), None),
        ("the first word is of a move", UNKNOWN, told(lifecycle=MOVED), None),
        (
            "the first word is of a move at no time of its own",
            UNKNOWN,
            told(lifecycle=MOVED, exact=False),
            KEY_IN_DOUBT,
        ),
        ("the same key", KNOWN, told("PROJ-1", exact=False), None),
        ("the same key of a move", KNOWN, told("PROJ-1", lifecycle=MOVED, exact=False), None),
        ("the same key at a vague time", VAGUE, told(exact=False), None),
        ("a move that tells when", VAGUE, told(lifecycle=MOVED), None),
        ("a move to it that does not tell when", VAGUE, told(lifecycle=MOVED, exact=False), KEY_IN_DOUBT),
        ("a move to a key whose time is known well enough", LESS_VAGUE, told(lifecycle=MOVED, exact=False), None),
    ],
)
def test_when_a_key_must_be_read(
    case: str, record: IssueRecord, statement: IssueStatement, decision: Decision | None
) -> None:
    assert doubt_of_key(record, statement, ALL_PROJECTS) is decision, case


def test_a_key_that_the_tickets_were_told_is_read_no_more() -> None:
    record = IssueRecord(key="NEW-5", key_at=VAGUE.key_at, key_until=VAGUE.key_until, told_key="NEW-5")
    assert doubt_of_key(record, told(lifecycle=MOVED, exact=False), ALL_PROJECTS) is None


@pytest.mark.parametrize("record", [UNKNOWN, KNOWN])
def test_where_only_some_projects_count_every_other_key_is_read(record: IssueRecord) -> None:
    assert doubt_of_key(record, told(), COUNTED) is KEY_IS_NEW
    assert doubt_of_key(KNOWN, told("PROJ-1"), COUNTED) is None
    assert doubt_of_key(KNOWN, told(at=AT - 1), COUNTED) is None


@pytest.mark.parametrize(
    ("record", "key", "window", "after"),
    [
        (UNKNOWN, "NEW-5", Window(AT, AT + 9), ("NEW-5", AT, AT + 9)),
        (UNKNOWN, "NEW-5", Window(0, 1), ("NEW-5", 0, 1)),
        (KNOWN, "NEW-5", Window(AT + 1.5, AT + 9), ("NEW-5", AT + 1.5, AT + 9)),
        (KNOWN, "NEW-5", Window(AT + 1, AT + 9), ("PROJ-1", AT, AT + 1)),
        (KNOWN, "NEW-5", Window(AT - 9, AT - 8), ("PROJ-1", AT, AT + 1)),
        (KNOWN, "PROJ-1", Window(AT + 5, AT + 9), ("PROJ-1", AT + 5, AT + 9)),
        (KNOWN, "PROJ-1", Window(AT - 9, AT - 8), ("PROJ-1", AT, AT + 1)),
        (KNOWN, "PROJ-1", Window(AT - 9, AT + 9), ("PROJ-1", AT, AT + 9)),
    ],
)
def test_the_later_key_is_the_issue_s(
    record: IssueRecord, key: str, window: Window, after: tuple[str, float, float]
) -> None:
    known = with_key(record, key, window)
    assert (known.key, known.key_at, known.key_until) == after


@pytest.mark.parametrize(
    ("case", "statement", "read", "window", "after"),
    [
        ("both tell it", told(), "NEW-5", Window(AT + 3, AT + 63), ("NEW-5", AT + 3)),
        ("both tell it, read at a time that may be earlier", told(), "NEW-5", Window(AT - 30, AT + 30), ("NEW-5", AT)),
        ("nobody told it before", told(), "NEWER-9", Window(AT + 3, AT + 63), ("NEWER-9", AT + 3)),
        (
            "nobody told it before, at a time that may be earlier",
            told(),
            "NEWER-9",
            Window(AT - 30, AT + 30),
            ("NEWER-9", AT),
        ),
        (
            "what is shown lags behind a change whose time is told",
            told(),
            "PROJ-1",
            Window(AT - 24, AT + 36),
            ("NEW-5", AT + 5),
        ),
        ("the change was undone since", told(), "PROJ-1", Window(AT + 900, AT + 960), ("PROJ-1", AT + 900)),
        (
            "a time that is not told proves nothing",
            told(exact=False),
            "PROJ-1",
            Window(AT - 24, AT + 36),
            ("PROJ-1", AT),
        ),
        (
            "nor does one that is surely later",
            told(at=AT + 9_000, exact=False),
            "PROJ-1",
            Window(AT + 8_980, AT + 9_040),
            ("PROJ-1", AT + 8_980),
        ),
        ("all tell the recorded one", told("PROJ-1"), "PROJ-1", Window(AT + 3, AT + 63), ("PROJ-1", AT + 3)),
        ("all tell it, and it was known later", told("PROJ-1"), "PROJ-1", Window(AT - 30, AT + 30), ("PROJ-1", AT)),
    ],
)
def test_a_key_that_was_read(
    case: str, statement: IssueStatement, read: str, window: Window, after: tuple[str, float]
) -> None:
    known = with_key_read(KNOWN, statement, read, window)
    assert (known.key, known.key_at) == (after[0], pytest.approx(after[1], abs=1e-6)), case
    if read not in ("PROJ-1",):
        assert known.key_at > KNOWN.key_at  # tickets may know the recorded one by its time
        assert known.key_until == window.latest


def test_where_only_some_projects_count_the_key_that_was_read_is_believed() -> None:
    known = with_key_read(KNOWN, told(), "PROJ-1", Window(AT - 24, AT + 36), projects=COUNTED)
    assert known.key == "PROJ-1"
