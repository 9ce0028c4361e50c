"""The rules of an issue's lane.  Issue 10001; what it says becomes news for tickets 5001, 5002, 5003."""

from dataclasses import replace

import pytest

from linksync.core.evidence import RETRY_HORIZON, Verdict, Window
from linksync.core.issue_rules import News, confirm, live, news, notices, renamed, restate, weigh
from linksync.core.issues import Issue
from linksync.core.ledger import IssueSaid
from linksync.core.messages import Change, IssueStatement, Life, LinkNotice

AT = 10_000.0
NEVER_HEARD = IssueSaid()
SAID = IssueSaid(
    ticket_ids=frozenset({"5001", "5002"}),
    ever_named=frozenset({"5001", "5002", "5003"}),
    window=Window.of_change(AT),
    key="PROJ-1",
    key_at=AT,
)


def statement(*ids: str, after: float = 1, key: str = "PROJ-1", life: Life = Life.EDITED) -> IssueStatement:
    return IssueStatement(issue_id="10001", issue_key=key, ticket_ids=ids, at=AT + after, exact=True, life=life)


def silent(after: float = 1, *, life: Life = Life.EDITED) -> IssueStatement:
    return replace(statement(after=after, life=life), ticket_ids=None)


@pytest.mark.parametrize(
    ("case", "said", "heard", "verdict"),
    [
        ("never heard of", NEVER_HEARD, statement("5001"), Verdict.BELIEVE),
        ("never heard of, names none", NEVER_HEARD, statement(), Verdict.BELIEVE),
        ("never heard of, field not shown", NEVER_HEARD, silent(), Verdict.REREAD),
        ("the same", SAID, statement("5002", "5001"), Verdict.UNCHANGED),
        ("the same, delivered twice", SAID, statement("5001", "5002", after=0), Verdict.UNCHANGED),
        ("later", SAID, statement("5001"), Verdict.BELIEVE),
        ("older", SAID, statement("5001", after=-1), Verdict.STALE),
        ("another one of the same moment", SAID, statement("5001", after=0), Verdict.REREAD),
        ("field not shown", SAID, silent(), Verdict.REREAD),
        ("older, field not shown", SAID, silent(after=-1), Verdict.STALE),
        ("moved, with the field", SAID, statement("5001", life=Life.MOVED), Verdict.BELIEVE),
        ("moved, silent about the field: costs no reread", SAID, silent(life=Life.MOVED), Verdict.STALE),
        ("first heard of by a silent move", NEVER_HEARD, silent(life=Life.MOVED), Verdict.STALE),
        ("deleted", SAID, statement("5001", life=Life.DELETED), Verdict.STALE),
        ("deleted before", replace(SAID, deleted=True), statement("5001"), Verdict.STALE),
        ("deleted before, field not shown", replace(SAID, deleted=True), silent(), Verdict.STALE),
    ],
)
def test_what_a_statement_is_worth(case: str, said: IssueSaid, heard: IssueStatement, verdict: Verdict) -> None:
    assert weigh(said, heard, waited=0) is verdict, case


def test_a_statement_without_the_time_of_its_change() -> None:
    automation = replace(statement("5001", after=RETRY_HORIZON + 1), exact=False)
    assert automation.window == Window(AT + 1, AT + RETRY_HORIZON + 2)
    assert weigh(SAID, automation, waited=0) is Verdict.BELIEVE
    assert weigh(SAID, automation, waited=RETRY_HORIZON + 1) is Verdict.REREAD
    assert weigh(SAID, replace(automation, at=AT + 1), waited=0) is Verdict.REREAD
    assert weigh(SAID, statement("5001"), waited=86_400) is Verdict.BELIEVE  # its own time tells


# ── what is known of the issue itself ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "key", "at", "known"),
    [
        (NEVER_HEARD, "PROJ-1", AT, ("PROJ-1", AT)),
        (SAID, "NEW-5", AT + 1, ("NEW-5", AT + 1)),
        (SAID, "PROJ-1", AT + 1, ("PROJ-1", AT + 1)),
        (SAID, "OLD-7", AT, ("PROJ-1", AT)),
        (SAID, "OLD-7", AT - 1, ("PROJ-1", AT)),
    ],
)
def test_the_latest_key_is_known(said: IssueSaid, key: str, at: float, known: tuple[str, float]) -> None:
    assert renamed(said, key, at) == replace(said, key=known[0], key_at=known[1])


def test_a_silent_move_changes_the_key_alone() -> None:
    moved = replace(silent(life=Life.MOVED), issue_key="NEW-5")
    assert live(SAID, moved) == replace(SAID, key="NEW-5", key_at=AT + 1)


def test_deleted_is_final() -> None:
    gone = live(SAID, statement("5001", life=Life.DELETED))
    assert gone == replace(SAID, ticket_ids=frozenset(), deleted=True, key_at=AT + 1)
    assert live(gone, statement("5001", after=2)).deleted
    late = live(SAID, statement("5001", life=Life.DELETED, after=-5))  # no matter in which order it comes
    assert (late.deleted, late.ticket_ids) == (True, frozenset())


def test_confirming_moves_the_time_and_nothing_else() -> None:
    later = Window.of_change(AT + 5)
    assert confirm(SAID, later) == replace(SAID, window=later)
    assert confirm(SAID, Window.of_change(AT - 5)) == SAID
    assert confirm(NEVER_HEARD, later) == IssueSaid(window=later)


def test_restating_remembers_all_that_it_ever_named() -> None:
    later = Window.of_change(AT + 1)
    assert restate(SAID, ("5004", "5001"), later) == replace(
        SAID,
        ticket_ids=frozenset({"5001", "5004"}),
        ever_named=frozenset({"5001", "5002", "5003", "5004"}),
        window=later,
    )
    assert restate(SAID, (), later) == replace(SAID, ticket_ids=frozenset(), window=later)


# ── news ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("case", "before", "after", "life", "told"),
    [
        ("nothing changed", SAID, SAID, Life.EDITED, News(named=SAID.ever_named)),
        (
            "first word",
            NEVER_HEARD,
            replace(SAID, ticket_ids=frozenset({"5001"})),
            Life.EDITED,
            News(claimed=frozenset({"5001"})),
        ),
        (
            "gains one and loses one",
            SAID,
            replace(SAID, ticket_ids=frozenset({"5002", "5004"})),
            Life.EDITED,
            News(named=SAID.ever_named, claimed=frozenset({"5004"}), released=frozenset({"5001"})),
        ),
        (
            "moved",
            SAID,
            replace(SAID, key="NEW-5"),
            Life.MOVED,
            News(named=SAID.ever_named, everywhere=Change.MOVED),
        ),
        (
            "moved, as an edit shows by its key",
            SAID,
            replace(SAID, key="NEW-5"),
            Life.EDITED,
            News(named=SAID.ever_named, everywhere=Change.MOVED),
        ),
        (
            "moved, but a later statement brought the key before",
            SAID,
            SAID,
            Life.MOVED,
            News(named=SAID.ever_named, everywhere=Change.MOVED),
        ),
        (
            "the first key that is heard is no move",
            NEVER_HEARD,
            replace(NEVER_HEARD, key="PROJ-1"),
            Life.EDITED,
            News(),
        ),
        (
            "moved and edited",
            SAID,
            replace(SAID, key="NEW-5", ticket_ids=frozenset({"5001"})),
            Life.EDITED,
            News(named=SAID.ever_named, released=frozenset({"5002"}), everywhere=Change.MOVED),
        ),
        (
            "deleted: no need to release",
            SAID,
            replace(SAID, deleted=True, ticket_ids=frozenset()),
            Life.DELETED,
            News(named=SAID.ever_named, everywhere=Change.DELETED),
        ),
    ],
)
def test_the_news(case: str, before: IssueSaid, after: IssueSaid, life: Life, told: News) -> None:
    assert news(before, after, life) == told, case


def told_to(told: News, *linked: str) -> list[tuple[str, Change]]:
    sent = notices(told, issue=Issue("10001", "NEW-5"), key_at=AT, at=AT + 1, linked_tickets=linked)
    return [(notice.ticket_id, notice.change) for notice in sent]


def test_a_notice_carries_what_its_lane_needs() -> None:
    (notice,) = notices(
        News(claimed=frozenset({"5001"})), issue=Issue("10001", "NEW-5"), key_at=AT, at=AT + 1, linked_tickets=()
    )
    assert notice == LinkNotice(
        ticket_id="5001", issue_id="10001", issue_key="NEW-5", key_at=AT, change=Change.CLAIMED, at=AT + 1
    )


@pytest.mark.parametrize("change", [Change.MOVED, Change.DELETED])
def test_a_move_and_a_deletion_are_told_to_all_linked_and_all_ever_named(change: Change) -> None:
    told = News(named=frozenset({"5001", "5003"}), everywhere=change)
    assert told_to(told, "5001", "4999") == [("4999", change), ("5001", change), ("5003", change)]


def test_other_news_goes_to_those_whom_it_concerns() -> None:
    told = News(named=frozenset({"5001", "5002", "5003"}), claimed=frozenset({"5004"}), released=frozenset({"5001"}))
    assert told_to(told, "5002") == [("5004", Change.CLAIMED), ("5001", Change.RELEASED)]
    assert told_to(News(named=frozenset({"5001"})), "5002") == []


def test_a_ticket_hears_of_the_move_before_its_own_change() -> None:
    told = News(named=frozenset({"5001"}), released=frozenset({"5001"}), everywhere=Change.MOVED)
    assert told_to(told) == [("5001", Change.MOVED), ("5001", Change.RELEASED)]
