"""The rules of an issue's lane.  Issue 10001; what it says becomes news for tickets 5001, 5002, 5003."""

from dataclasses import replace

import pytest

from linksync.core.issue import Issue
from linksync.core.issue_rules import (
    TicketNews,
    after_telling,
    apply_deletion,
    confirm,
    decide,
    is_missing,
    is_there,
    news_for_tickets,
    notices,
    replace_references,
    told_all,
    with_claims,
)
from linksync.core.known_key import with_key, with_key_read
from linksync.core.lanes import FieldRecord, IssueRecord
from linksync.core.messages import IssueStatement, LifecycleEvent, LinkNotice, NoticeKind
from linksync.core.ordering import LOOK_BACK, RETRY_HORIZON, Action, Window
from linksync.core.projects import ALL_PROJECTS, ProjectList
from linksync.core.wrong_references import ReferenceNotices

AT = 10_000.0
UNKNOWN = IssueRecord()
KNOWN = IssueRecord(
    stated=FieldRecord(frozenset({"5001", "5002"}), Window.of_change(AT)),
    ever_named=frozenset({"5001", "5002", "5003"}),
    key="PROJ-1",
    key_at=AT,
    key_until=AT,
)


def stating(*ids: str) -> FieldRecord:
    return FieldRecord(frozenset(ids), Window.of_change(AT))


def statement(
    *ids: str, after: float = 1, key: str = "PROJ-1", lifecycle: LifecycleEvent = LifecycleEvent.EDITED
) -> IssueStatement:
    return IssueStatement(
        issue_id="10001", issue_key=key, ticket_ids=ids, at=AT + after, exact=True, lifecycle=lifecycle
    )


def silent(after: float = 1, *, lifecycle: LifecycleEvent = LifecycleEvent.EDITED) -> IssueStatement:
    return replace(statement(after=after, lifecycle=lifecycle), ticket_ids=None)


def deletion(after: float) -> IssueStatement:
    return statement(after=after, lifecycle=LifecycleEvent.DELETED)


def automation(after: float, key: str = "PROJ-1") -> IssueStatement:
    return replace(statement("5001", "5002", after=after, key=key), exact=False)


@pytest.mark.parametrize(
    ("case", "record", "stated", "action"),
    [
        ("unknown", UNKNOWN, statement("5001"), Action.BELIEVE),
        ("unknown, names none", UNKNOWN, statement(), Action.BELIEVE),
        ("unknown, field not shown", UNKNOWN, silent(), Action.REREAD),
        ("the same", KNOWN, statement("5002", "5001"), Action.CONFIRM),
        ("the same, delivered twice", KNOWN, statement("5001", "5002", after=0), Action.CONFIRM),
        ("later", KNOWN, statement("5001"), Action.BELIEVE),
        ("older", KNOWN, statement("5001", after=-1), Action.IGNORE),
        ("another one of the same moment", KNOWN, statement("5001", after=0), Action.REREAD),
        ("field not shown", KNOWN, silent(), Action.REREAD),
        ("older, field not shown", KNOWN, silent(after=-1), Action.IGNORE),
        ("moved, with the field", KNOWN, statement("5001", lifecycle=LifecycleEvent.MOVED), Action.BELIEVE),
        (
            "moved, silent about the field: costs no reread",
            KNOWN,
            silent(lifecycle=LifecycleEvent.MOVED),
            Action.IGNORE,
        ),
        ("first known by a silent move", UNKNOWN, silent(lifecycle=LifecycleEvent.MOVED), Action.IGNORE),
        ("deleted", KNOWN, statement("5001", lifecycle=LifecycleEvent.DELETED), Action.IGNORE),
        ("deleted, but something later is recorded", KNOWN, deletion(after=-1), Action.REREAD),
        ("deleted, as a token tells", KNOWN, replace(deletion(after=1), exact=False), Action.REREAD),
        ("deleted twice", replace(KNOWN, deleted=True), deletion(after=-1), Action.IGNORE),
        ("deleted before: it may be alive", replace(KNOWN, deleted=True), statement("5001"), Action.REREAD),
        ("deleted before, field not shown", replace(KNOWN, deleted=True), silent(), Action.REREAD),
        ("older than what was recorded before the deletion", replace(KNOWN, deleted=True), silent(-1), Action.IGNORE),
        ("a new key", KNOWN, statement("5001", "5002", key="NEW-5"), Action.CONFIRM),
        ("a new key, of the same moment", KNOWN, statement("5001", "5002", key="NEW-5", after=0), Action.REREAD),
        ("a new key, told without the time of its change", KNOWN, automation(60, key="NEW-5"), Action.REREAD),
        ("so is one told long after", KNOWN, automation(9_000, key="NEW-5"), Action.REREAD),
        (
            "a key that may be older than one told without its time",
            replace(KNOWN, key="NEW-5", key_at=AT - 600, key_until=AT + 1),
            statement("5001", "5002", after=0.5),
            Action.REREAD,
        ),
        ("the same key, told without it", KNOWN, automation(60), Action.CONFIRM),
        ("an older key", KNOWN, statement("5001", "5002", key="OLD-7", after=-1), Action.IGNORE),
    ],
)
def test_how_a_statement_is_classified(case: str, record: IssueRecord, stated: IssueStatement, action: Action) -> None:
    assert decide(record, stated, waited=0).action is action, case


def test_a_statement_without_the_time_of_its_change() -> None:
    automation = replace(statement("5001", after=RETRY_HORIZON + 1), exact=False)
    assert automation.window == Window(AT + 1, AT + RETRY_HORIZON + 2)
    assert decide(KNOWN, automation, waited=0).action is Action.BELIEVE
    assert decide(KNOWN, automation, waited=RETRY_HORIZON + 1).action is Action.REREAD
    assert decide(KNOWN, replace(automation, at=AT + 1), waited=0).action is Action.REREAD
    assert decide(KNOWN, statement("5001"), waited=LOOK_BACK).action is Action.BELIEVE  # its own time tells
    assert decide(KNOWN, statement("5001"), waited=LOOK_BACK + 1).action is Action.REREAD


# ── what is known of the issue itself ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("record", "key", "at", "known"),
    [
        (UNKNOWN, "PROJ-1", AT, ("PROJ-1", AT)),
        (KNOWN, "NEW-5", AT + 1, ("NEW-5", AT + 1)),
        (KNOWN, "PROJ-1", AT + 1, ("PROJ-1", AT + 1)),
        (KNOWN, "OLD-7", AT, ("PROJ-1", AT)),
        (KNOWN, "OLD-7", AT - 1, ("PROJ-1", AT)),
    ],
)
def test_the_latest_key_is_known(record: IssueRecord, key: str, at: float, known: tuple[str, float]) -> None:
    assert with_key(record, key, Window.of_change(at)) == replace(
        record, key=known[0], key_at=known[1], key_until=known[1]
    )


def test_another_key_that_is_read_is_later_than_the_one_before_it() -> None:
    known = IssueRecord(key="PROJ-1", key_at=AT)
    told = IssueStatement(issue_id="10001", issue_key="NEW-1", ticket_ids=None, at=AT - 5, exact=True)
    window = Window(AT - 30, AT + 30)
    assert with_key_read(known, told, "NEW-1", window).key_at > AT
    assert with_key_read(known, replace(told, issue_key="PROJ-1"), "PROJ-1", window).key_at == AT


def test_a_deletion_takes_what_the_field_named() -> None:
    later = Window.of_change(AT + 5)
    assert apply_deletion(KNOWN, later) == replace(KNOWN, stated=FieldRecord(frozenset(), later), deleted=True)
    assert apply_deletion(KNOWN, Window.of_change(AT - 5)) == replace(KNOWN, stated=stating(), deleted=True)


def test_of_a_deleted_issue_no_number_is_looked_up_again() -> None:
    later = Window.of_change(AT + 5)
    assert apply_deletion(replace(KNOWN, not_found=frozenset({"9001"})), later) == apply_deletion(KNOWN, later)


def test_an_issue_that_is_seen_is_neither_missing_nor_deleted() -> None:
    assert is_there(replace(KNOWN, missing=True, deleted=True)) == KNOWN
    assert is_missing(KNOWN) == replace(KNOWN, missing=True)


def test_what_was_stated_before_a_deletion_brings_nothing_back() -> None:
    read = replace(KNOWN, stated=FieldRecord(frozenset({"5001"}), Window.of_reading(AT)))
    gone = apply_deletion(read, Window.of_change(AT + 5))
    assert decide(gone, statement("5001", after=4), waited=0).action is Action.IGNORE
    assert decide(gone, statement("5001", after=6), waited=0).action is Action.REREAD


def test_a_move_is_told_with_a_time_that_no_older_key_can_have() -> None:
    edited = automation(0, key="NEW-1")
    first = with_key(UNKNOWN, "NEW-1", edited.window)
    moved = replace(edited, lifecycle=LifecycleEvent.MOVED, ticket_ids=None)
    assert decide(first, moved, waited=0).action is Action.REREAD
    read = with_key_read(first, moved, "NEW-1", Window.of_reading(AT))
    assert read.key_at > AT - RETRY_HORIZON
    for record in (read, replace(first, told_key="NEW-1"), replace(first, key_at=AT, key_until=AT)):
        assert decide(record, moved, waited=0).action is Action.IGNORE


def test_confirming_moves_the_time_and_nothing_else() -> None:
    later = Window.of_change(AT + 5)
    assert confirm(KNOWN, later) == replace(KNOWN, stated=replace(KNOWN.stated, window=later))
    assert confirm(KNOWN, Window.of_change(AT - 5)) == KNOWN
    assert confirm(UNKNOWN, later) == IssueRecord(stated=FieldRecord(window=later))


def test_restating_remembers_all_that_it_ever_named() -> None:
    later = Window.of_change(AT + 1)
    assert replace_references(KNOWN, ("5004", "5001"), later) == replace(
        KNOWN,
        stated=FieldRecord(frozenset({"5001", "5004"}), later),
        ever_named=frozenset({"5001", "5002", "5003", "5004"}),
    )
    assert replace_references(KNOWN, (), later) == replace(KNOWN, stated=FieldRecord(frozenset(), later))


# ── the difference ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("case", "before", "after", "lifecycle", "told"),
    [
        ("nothing changed", KNOWN, KNOWN, LifecycleEvent.EDITED, TicketNews(named=KNOWN.ever_named)),
        (
            "first word",
            UNKNOWN,
            replace(KNOWN, stated=stating("5001")),
            LifecycleEvent.EDITED,
            TicketNews(claimed=frozenset({"5001"})),
        ),
        (
            "gains one and loses one",
            KNOWN,
            replace(KNOWN, stated=stating("5002", "5004")),
            LifecycleEvent.EDITED,
            TicketNews(named=KNOWN.ever_named, claimed=frozenset({"5004"}), released=frozenset({"5001"})),
        ),
        (
            "moved",
            KNOWN,
            replace(KNOWN, key="NEW-5"),
            LifecycleEvent.MOVED,
            TicketNews(named=KNOWN.ever_named, everywhere=NoticeKind.MOVED),
        ),
        (
            "moved, as an edit shows by its key",
            KNOWN,
            replace(KNOWN, key="NEW-5"),
            LifecycleEvent.EDITED,
            TicketNews(named=KNOWN.ever_named, everywhere=NoticeKind.MOVED),
        ),
        (
            "moved, but a later statement brought the key before",
            KNOWN,
            KNOWN,
            LifecycleEvent.MOVED,
            TicketNews(named=KNOWN.ever_named, everywhere=NoticeKind.MOVED),
        ),
        (
            "the first key that is told is no move",
            UNKNOWN,
            replace(UNKNOWN, key="PROJ-1"),
            LifecycleEvent.EDITED,
            TicketNews(),
        ),
        (
            "moved and edited",
            KNOWN,
            replace(KNOWN, key="NEW-5", stated=stating("5001")),
            LifecycleEvent.EDITED,
            TicketNews(named=KNOWN.ever_named, released=frozenset({"5002"}), everywhere=NoticeKind.MOVED),
        ),
        (
            "moved, and told so before: a body that is sent again tells nobody",
            replace(KNOWN, told_key="PROJ-1"),
            replace(KNOWN, told_key="PROJ-1"),
            LifecycleEvent.MOVED,
            TicketNews(named=KNOWN.ever_named),
        ),
        (
            "deleted again: nobody is told twice",
            replace(KNOWN, deleted=True, stated=stating()),
            replace(KNOWN, deleted=True, stated=stating()),
            LifecycleEvent.DELETED,
            TicketNews(named=KNOWN.ever_named),
        ),
        (
            "alive after all: all that it names are claimed, and told its key",
            replace(KNOWN, deleted=True, stated=stating(), told_key="PROJ-1"),
            replace(KNOWN, told_key="PROJ-1"),
            LifecycleEvent.EDITED,
            TicketNews(named=KNOWN.ever_named, claimed=frozenset({"5001", "5002"}), everywhere=NoticeKind.MOVED),
        ),
        (
            "a run that was cut short may have told another",
            replace(KNOWN, maybe_told=frozenset({"5003"})),
            KNOWN,
            LifecycleEvent.EDITED,
            TicketNews(named=KNOWN.ever_named, released=frozenset({"5003"})),
        ),
        (
            "deleted: no need to release",
            KNOWN,
            replace(KNOWN, deleted=True, stated=stating()),
            LifecycleEvent.DELETED,
            TicketNews(named=KNOWN.ever_named, everywhere=NoticeKind.DELETED),
        ),
    ],
)
def test_the_difference(
    case: str, before: IssueRecord, after: IssueRecord, lifecycle: LifecycleEvent, told: TicketNews
) -> None:
    assert news_for_tickets(before, after, lifecycle) == told, case


@pytest.mark.parametrize(
    ("everywhere", "told_key"),
    [(NoticeKind.MOVED, "NEW-5"), (NoticeKind.DELETED, "PROJ-1"), (None, "PROJ-1")],
)
def test_after_telling_it_is_known_who_was_told_what(everywhere: NoticeKind | None, told_key: str) -> None:
    """All of them were told, so nobody is left whom a run that was cut short may have told."""
    record = replace(KNOWN, key="NEW-5", told_key="PROJ-1", maybe_told=frozenset({"5003"}))
    news = TicketNews(claimed=frozenset({"5001"}), everywhere=everywhere)
    assert after_telling(record, news) == replace(record, told_key=told_key, maybe_told=frozenset())


def told_to(told: TicketNews, *linked: str) -> list[tuple[str, NoticeKind]]:
    sent = notices(told, issue=Issue("10001", "NEW-5"), key_at=AT, at=AT + 1, linked_tickets=linked)
    return [(notice.ticket_id, notice.kind) for notice in sent]


def test_a_notice_carries_what_its_lane_needs() -> None:
    (notice,) = notices(
        TicketNews(claimed=frozenset({"5001"})), issue=Issue("10001", "NEW-5"), key_at=AT, at=AT + 1, linked_tickets=()
    )
    assert notice == LinkNotice(
        ticket_id="5001", issue_id="10001", issue_key="NEW-5", key_at=AT, kind=NoticeKind.CLAIMED, at=AT + 1
    )


@pytest.mark.parametrize("kind", [NoticeKind.MOVED, NoticeKind.DELETED])
def test_a_move_and_a_deletion_are_told_to_all_linked_and_all_ever_named(kind: NoticeKind) -> None:
    told = TicketNews(named=frozenset({"5001", "5003"}), everywhere=kind)
    assert told_to(told, "5001", "4999") == [("4999", kind), ("5001", kind), ("5003", kind)]


def test_other_news_goes_to_those_whom_it_concerns() -> None:
    told = TicketNews(
        named=frozenset({"5001", "5002", "5003"}), claimed=frozenset({"5004"}), released=frozenset({"5001"})
    )
    assert told_to(told, "5002") == [("5004", NoticeKind.CLAIMED), ("5001", NoticeKind.RELEASED)]
    assert told_to(TicketNews(named=frozenset({"5001"})), "5002") == []


def test_a_ticket_hears_of_the_move_before_its_own_change() -> None:
    told = TicketNews(named=frozenset({"5001"}), released=frozenset({"5001"}), everywhere=NoticeKind.MOVED)
    assert told_to(told) == [("5001", NoticeKind.MOVED), ("5001", NoticeKind.RELEASED)]


# ── ProjectKeys ──────────────────────────────────────────────────────────────────────────────────────────────────

SHOP = ProjectList(frozenset({"PROJ"}))
OUTSIDE = replace(KNOWN, key="PAY-3", told=frozenset())


@pytest.mark.parametrize(
    ("case", "record", "stated", "action"),
    [
        ("a key that the ledger does not know is looked up", UNKNOWN, statement("5001"), Action.REREAD),
        ("so is one that a move brings", KNOWN, statement("5001", key="PAY-3"), Action.REREAD),
        ("one that is known is believed", KNOWN, statement("5001"), Action.BELIEVE),
        ("an older one is not looked up", KNOWN, statement("5001", key="OLD-7", after=-1), Action.IGNORE),
    ],
)
def test_a_claimed_key_is_not_believed(case: str, record: IssueRecord, stated: IssueStatement, action: Action) -> None:
    assert decide(record, stated, waited=0, projects=SHOP).action is action, case


@pytest.mark.parametrize(
    ("case", "before", "after", "claims"),
    [
        ("in the list", KNOWN, KNOWN, {"5001", "5002"}),
        ("first known outside of it", UNKNOWN, replace(KNOWN, key="PAY-3"), set()),
        ("moved out of it", KNOWN, replace(KNOWN, key="PAY-3"), set()),
        ("moved into it", OUTSIDE, replace(OUTSIDE, key="PROJ-9"), {"5001", "5002"}),
        ("moved about outside of it", OUTSIDE, replace(OUTSIDE, key="OPS-9"), set()),
        (
            "left out by a change of the parameter",
            replace(KNOWN, key="PAY-3"),
            replace(KNOWN, key="PAY-3"),
            {"5001", "5002"},
        ),
        (
            "left out by a change of the parameter, and edited",
            replace(KNOWN, key="PAY-3"),
            replace(KNOWN, key="PAY-3", stated=stating("5002", "5004")),
            {"5002"},
        ),
    ],
)
def test_what_an_issue_claims(case: str, before: IssueRecord, after: IssueRecord, claims: set[str]) -> None:
    assert with_claims(before, after, SHOP).claims == claims, case
    assert with_claims(before, after, ALL_PROJECTS).claims == after.stated.refs, case


def test_only_a_claim_tells_that_the_link_was_seen() -> None:
    """A release of a link that is listed must not be taken for one that adopts it."""
    news = TicketNews(claimed=frozenset({"5001"}), released=frozenset({"5002"}))
    sent = notices(news, issue=Issue("10001", "PROJ-1"), key_at=AT, at=AT, linked_tickets=(), seen={"5001", "5002"})
    assert [(notice.ticket_id, notice.kind, notice.seen) for notice in sent] == [
        ("5001", NoticeKind.CLAIMED, True),
        ("5002", NoticeKind.RELEASED, False),
    ]


def test_an_issue_keeps_the_notices_of_what_it_still_names() -> None:
    notices_of = ReferenceNotices(due=frozenset({"9001", "9003"}), given=frozenset({"9002"}))
    after = replace_references(
        replace(KNOWN, reference_notices=notices_of), ["5001", "9001", "9002"], Window.of_change(AT + 1)
    )
    assert after.reference_notices == ReferenceNotices(due=frozenset({"9001"}), given=frozenset({"9002"}))


def test_what_a_deleted_issue_claims_does_not_depend_on_its_project() -> None:
    """Its project is that of its last key, and its tickets are told of the deletion by what it named."""
    gone = replace(KNOWN, stated=replace(KNOWN.stated, refs=frozenset({"5001", "9001"})), not_found=frozenset({"9001"}))
    after = with_claims(UNKNOWN, replace(gone, deleted=True), ProjectList(frozenset({"OPS"})))
    assert after.claims == {"5001"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (KNOWN, replace(KNOWN, deleted=True), True),
        (replace(KNOWN, deleted=True), replace(KNOWN, deleted=True), False),
        (replace(KNOWN, deleted=True), KNOWN, False),
        (KNOWN, replace(KNOWN, told_key="NEW-5"), True),
        (replace(KNOWN, told_key="NEW-5"), replace(KNOWN, told_key="NEW-5"), False),
        (replace(KNOWN, told_key="NEW-5"), replace(KNOWN, told_key=""), False),
    ],
)
def test_whether_all_tickets_were_told(before: IssueRecord, after: IssueRecord, told: bool) -> None:
    assert told_all(before, after) is told
