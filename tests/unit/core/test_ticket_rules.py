"""The rules of a ticket's lane.  Ticket 5001; issue 10001 is PROJ-1 and 10002 is OPS-2 unless a test moves them."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from linksync.core.commands import (
    Command,
    CreateLink,
    DeleteLink,
    ForgetLink,
    RekeyLink,
    TransferLink,
    WithdrawTransfer,
    begun,
    created,
    deleted,
    intended,
)
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, TicketFacts, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState, Owner, UnlinkPolicy, merged_claim, ticket_claim
from linksync.core.messages import LifecycleEvent, LinkNotice, NoticeKind, TicketStatement
from linksync.core.ordering import RETRY_HORIZON, Action, Window
from linksync.core.plans import plan
from linksync.core.projects import ProjectList
from linksync.core.ticket_notices import apply_notice
from linksync.core.ticket_rules import (
    FoundIssues,
    adopt_linked,
    apply_lifecycle,
    decide,
    is_missing,
    is_there,
    keys_to_find,
    replace_references,
)
from linksync.core.wrong_references import ReferenceNotices

OWNED, ANY, NEVER = UnlinkPolicy.OWNED, UnlinkPolicy.ANY, UnlinkPolicy.NEVER
OURS, ADOPTED = Owner.LINKSYNC, Owner.ADOPTED
PROJ_1, OPS_2, NEW_5 = Issue("10001", "PROJ-1"), Issue("10002", "OPS-2"), Issue("10001", "NEW-5")
TEXT = ticket_claim("PROJ-1")
MERGED = merged_claim("4999")
AT = 10_000.0
WINDOW = Window.of_change(AT)
NOTHING_ASKED = FoundIssues({}, AT)


def linked(issue: Issue = PROJ_1, *claims: str, owner: Owner = OURS, state: LinkState = LinkState.LINKED) -> Link:
    return Link(issue=issue, key_at=AT, claims=frozenset(claims), owner=owner, state=state)


def lane_of(*links: Link, refs: Collection[str] = (), **facts: Any) -> TicketLane:
    return TicketLane(
        ticket_id="5001",
        stated=FieldRecord(frozenset(refs), WINDOW),
        facts=TicketFacts(**facts),
        links={link.issue.id: link for link in links},
    )


def says(*keys: str, lane: TicketLane, found: Collection[Issue] = (), policy: UnlinkPolicy = OWNED) -> TicketLane:
    return replace_references(lane, keys, WINDOW, FoundIssues({issue.key: issue for issue in found}, AT), policy)


def notice(kind: NoticeKind, issue: Issue = PROJ_1, *, via: str = "", key_at: float = AT) -> LinkNotice:
    return LinkNotice(
        ticket_id="5001", issue_id=issue.id, issue_key=issue.key, key_at=key_at, kind=kind, at=AT, via=via
    )


def statement(
    *keys: str, lifecycle: LifecycleEvent = LifecycleEvent.EDITED, into: str = "", at: float = AT
) -> TicketStatement:
    return TicketStatement(ticket_id="5001", issue_keys=keys, at=at, exact=True, lifecycle=lifecycle, merged_into=into)


# ── what a statement is worth ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("case", "lane", "stated", "action"),
    [
        ("unknown", TicketLane(ticket_id="5001"), statement("PROJ-1"), Action.BELIEVE),
        ("unknown, names none", TicketLane(ticket_id="5001"), statement(), Action.BELIEVE),
        ("the same", lane_of(refs=frozenset({"PROJ-1"})), statement("PROJ-1"), Action.CONFIRM),
        (
            "the same in another order",
            lane_of(refs=frozenset({"A-1", "B-2"})),
            statement("B-2", "A-1"),
            Action.CONFIRM,
        ),
        ("older", lane_of(), statement("PROJ-1", at=AT - 1), Action.IGNORE),
        ("later", lane_of(), statement("PROJ-1", at=AT + 1), Action.BELIEVE),
        ("unknown", lane_of(), replace(statement(at=AT + 1), issue_keys=None), Action.REREAD),
        ("deleted for good: it may be alive", lane_of(deleted=True), statement("PROJ-1", at=AT + 1), Action.REREAD),
        ("older, and deleted since", lane_of(deleted=True), statement("PROJ-1", at=AT - 1), Action.IGNORE),
        (
            "a deletion told before what is recorded",
            lane_of(),
            statement(lifecycle=LifecycleEvent.DELETED, at=AT - 1),
            Action.REREAD,
        ),
        (
            "a deletion that was told already, told again late",
            lane_of(deleted=True),
            statement(lifecycle=LifecycleEvent.DELETED, at=AT - 1),
            Action.IGNORE,
        ),
        (
            "merged: its field is not asked for",
            lane_of(),
            statement(lifecycle=LifecycleEvent.MERGED, into="5002"),
            Action.IGNORE,
        ),
        ("being deleted", lane_of(), statement(lifecycle=LifecycleEvent.DELETED, at=AT + 1), Action.IGNORE),
    ],
)
def test_how_a_statement_is_classified(case: str, lane: TicketLane, stated: TicketStatement, action: Action) -> None:
    assert decide(lane, stated, waited=0).action is action, case


def test_the_window_of_a_statement() -> None:
    assert statement().window == Window(AT, AT)
    assert replace(statement(), exact=False).window == Window(AT - RETRY_HORIZON, AT + 1)


def test_confirming_moves_the_time_and_nothing_else() -> None:
    lane = lane_of(linked(PROJ_1, TEXT), refs=frozenset({"PROJ-1"}))
    later = Window.of_change(AT + 5)
    assert lane.stated.confirmed(later) == FieldRecord(lane.stated.refs, later)
    assert lane.stated.confirmed(Window.of_change(AT - 5)) == lane.stated
    assert FieldRecord().confirmed(later).window == later


# ── claims ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ticket_that_names_an_issue_claims_its_link() -> None:
    lane = says("PROJ-1", lane=TicketLane(ticket_id="5001"), found=[PROJ_1])
    assert lane == lane_of(linked(PROJ_1, TEXT, state=LinkState.PLANNED), refs=frozenset({"PROJ-1"}))
    assert plan(lane, OWNED) == (CreateLink(lane.links["10001"]),)


def test_an_issue_that_names_a_ticket_claims_its_link() -> None:
    lane = apply_notice(TicketLane(ticket_id="5001"), notice(NoticeKind.CLAIMED), OWNED)
    assert lane.links == {"10001": linked(PROJ_1, ISSUE_CLAIM, state=LinkState.PLANNED)}
    assert plan(lane, OWNED) == (CreateLink(lane.links["10001"]),)


@pytest.mark.parametrize("ticket_first", [True, False])
def test_a_link_that_both_claim_goes_when_both_let_go(ticket_first: bool) -> None:
    lane = lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM), refs=frozenset({"PROJ-1"}))
    if ticket_first:
        half = says(lane=lane)
        gone = apply_notice(half, notice(NoticeKind.RELEASED), OWNED)
    else:
        half = apply_notice(lane, notice(NoticeKind.RELEASED), OWNED)
        gone = says(lane=half)
    assert (plan(lane, OWNED), plan(half, OWNED)) == ((), ())
    assert plan(gone, OWNED) == (DeleteLink(linked()),)


def test_a_ticket_gains_some_and_loses_others() -> None:
    lane = lane_of(linked(PROJ_1, TEXT), refs=frozenset({"PROJ-1"}))
    lane = says("OPS-2", lane=lane, found=[OPS_2])
    assert plan(lane, OWNED) == (
        DeleteLink(linked()),
        CreateLink(linked(OPS_2, ticket_claim("OPS-2"), state=LinkState.PLANNED)),
    )


def test_two_texts_that_mean_one_issue_make_one_link() -> None:
    found = FoundIssues({"PROJ-1": NEW_5, "NEW-5": NEW_5}, AT)
    lane = replace_references(TicketLane(ticket_id="5001"), ("PROJ-1", "NEW-5"), WINDOW, found, OWNED)
    both = linked(NEW_5, TEXT, ticket_claim("NEW-5"), state=LinkState.PLANNED)
    assert plan(lane, OWNED) == (CreateLink(both),)
    one = replace_references(lane, ("NEW-5",), WINDOW, NOTHING_ASKED, OWNED)
    assert plan(one, OWNED) == (CreateLink(linked(NEW_5, ticket_claim("NEW-5"), state=LinkState.PLANNED)),)


def test_a_claim_remembers_the_text_that_made_it() -> None:
    lane = lane_of(linked(NEW_5, TEXT), refs=frozenset({"PROJ-1"}))  # the issue moved, the field still says PROJ-1
    assert keys_to_find(lane, ("PROJ-1", "NEW-5")) == ()
    assert plan(says("PROJ-1", lane=lane), OWNED) == ()
    renamed = says("NEW-5", lane=lane)
    assert (renamed.links["10001"].texts, plan(renamed, OWNED)) == ({"NEW-5"}, ())
    assert plan(says(lane=lane), OWNED) == (DeleteLink(linked(NEW_5)),)


@pytest.mark.parametrize("kind", [NoticeKind.RELEASED, NoticeKind.MOVED, NoticeKind.DELETED])
def test_news_of_a_link_that_is_not_there_changes_nothing(kind: NoticeKind) -> None:
    lane = lane_of(linked(OPS_2, ISSUE_CLAIM))
    assert apply_notice(lane, notice(kind), OWNED) == lane


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_news_heard_twice_changes_nothing(kind: NoticeKind) -> None:
    once = apply_notice(lane_of(linked(PROJ_1, TEXT)), notice(kind), OWNED)
    assert apply_notice(once, notice(kind), OWNED) == once


# ── partial success ──────────────────────────────────────────────────────────────────────────────────────────────


def test_one_unknown_key_among_good_ones() -> None:
    lane = says("PROJ-1", "OPS-2", "UTF-8", lane=TicketLane(ticket_id="5001"), found=[PROJ_1, OPS_2])
    assert lane.stated == FieldRecord(frozenset({"PROJ-1", "OPS-2", "UTF-8"}), WINDOW)
    assert lane.facts == TicketFacts(not_found=frozenset({"UTF-8"}))
    assert [command.link.issue for command in plan(lane, OWNED)] == [PROJ_1, OPS_2]


@pytest.mark.parametrize(
    ("case", "keys", "asked"),
    [
        ("none", (), ()),
        ("all are linked", ("PROJ-1",), ()),
        ("unresolved before: not for its own sake", ("PROJ-1", "UTF-8"), ()),
        ("a new one", ("PROJ-1", "OPS-2"), ("OPS-2",)),
        ("a new one: what was unresolved is asked in the same call", ("PROJ-1", "UTF-8", "OPS-2"), ("OPS-2", "UTF-8")),
        ("each once, in order", ("Z-9", "A-1", "Z-9"), ("A-1", "Z-9")),
    ],
)
def test_the_keys_that_jira_is_asked_about(case: str, keys: tuple[str, ...], asked: tuple[str, ...]) -> None:
    lane = lane_of(linked(PROJ_1, TEXT), refs=frozenset({"PROJ-1", "UTF-8"}), not_found=frozenset({"UTF-8"}))
    assert keys_to_find(lane, keys) == asked, case


def test_keys_that_were_not_found_are_asked_about_again_when_looked_up() -> None:
    lane = lane_of(linked(PROJ_1, TEXT), not_found=frozenset({"UTF-8", "GONE-1"}))
    assert keys_to_find(lane, ("PROJ-1", "UTF-8"), again=True) == ("UTF-8",)
    assert keys_to_find(lane, ("PROJ-1",), again=True) == ()


def test_a_key_that_was_unknown_and_is_found_later() -> None:
    lane = lane_of(refs=frozenset({"PROJ-1"}), not_found=frozenset({"PROJ-1"}))
    lane = says("PROJ-1", "OPS-2", lane=lane, found=[PROJ_1, OPS_2])
    assert lane.facts.not_found == frozenset()
    assert [command.link.issue for command in plan(lane, OWNED)] == [PROJ_1, OPS_2]


def test_a_key_that_is_no_longer_named_is_no_longer_unresolved() -> None:
    lane = says(lane=lane_of(refs=frozenset({"UTF-8"}), not_found=frozenset({"UTF-8"})))
    assert (lane.stated, lane.facts) == (FieldRecord(window=WINDOW), TicketFacts())


def test_an_unresolved_key_that_an_issue_brings_along() -> None:
    lane = lane_of(refs=frozenset({"PROJ-1"}), not_found=frozenset({"PROJ-1"}))
    lane = says("PROJ-1", lane=apply_notice(lane, notice(NoticeKind.CLAIMED), OWNED))
    assert lane == lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM, state=LinkState.PLANNED), refs=frozenset({"PROJ-1"}))


def test_people_are_told_only_of_keys_that_are_still_named_and_not_found() -> None:
    told = ReferenceNotices(due=frozenset({"PROJ-1", "UTF-8", "GONE-1"}), given=frozenset({"ISO-9"}))
    before = lane_of(refs=told.due, not_found=told.due, reference_notices=told)
    after = says("PROJ-1", "UTF-8", lane=before, found=[PROJ_1])
    assert after.facts.reference_notices == ReferenceNotices(due=frozenset({"UTF-8"}), given=frozenset({"ISO-9"}))


# ── projects that count ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("case", "known", "found", "key", "projects", "texts"),
    [
        ("it counts", None, PROJ_1, "PROJ-1", {"PROJ"}, {"PROJ-1"}),
        ("no list: all count", None, PROJ_1, "PROJ-1", (), {"PROJ-1"}),
        ("it does not count", None, OPS_2, "OPS-2", {"PROJ"}, None),
        ("it moved out of those that count", None, NEW_5, "PROJ-1", {"PROJ"}, None),
        ("it moved into those that count", None, NEW_5, "PROJ-1", {"NEW"}, {"PROJ-1"}),
        ("the list was made shorter: it goes on", linked(PROJ_1, TEXT), None, "PROJ-1", {"OPS"}, {"PROJ-1"}),
        ("it moved out, and the text stayed", linked(NEW_5, TEXT), None, "PROJ-1", {"PROJ"}, {"PROJ-1"}),
        ("named anew outside of the list", linked(PROJ_1, ISSUE_CLAIM), None, "PROJ-1", {"OPS"}, set()),
        ("named anew within the list", linked(PROJ_1, ISSUE_CLAIM), None, "PROJ-1", {"PROJ"}, {"PROJ-1"}),
        ("named anew by a key outside of the list", linked(NEW_5, TEXT), None, "NEW-5", {"PROJ"}, set()),
    ],
)
def test_a_key_claims_only_issues_of_projects_that_count(
    *,
    case: str,
    known: Link | None,
    found: Issue | None,
    key: str,
    projects: Collection[str],
    texts: Collection[str] | None,
) -> None:
    before = lane_of(*([known] if known else []))
    answer = FoundIssues({key: found} if found else {}, AT)
    after = replace_references(before, [key], WINDOW, answer, OWNED, projects=ProjectList(frozenset(projects)))
    assert {id_: set(link.texts) for id_, link in after.links.items()} == (
        {} if texts is None else {"10001": set(texts)}
    ), case
    assert after.facts.not_found == (frozenset() if texts else {key})


# ── who may be unlinked ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [LinkState.LINKED, LinkState.CREATING, LinkState.REKEYING, LinkState.DELETING])
@pytest.mark.parametrize(
    ("policy", "owner", "command"),
    [
        (OWNED, OURS, DeleteLink),
        (OWNED, ADOPTED, ForgetLink),
        (ANY, OURS, DeleteLink),
        (ANY, ADOPTED, DeleteLink),
        (NEVER, OURS, ForgetLink),
        (NEVER, ADOPTED, ForgetLink),
    ],
)
def test_a_link_that_nobody_claims(
    policy: UnlinkPolicy, owner: Owner, command: type[Command], state: LinkState
) -> None:
    link = linked(owner=owner, state=state)
    assert [(type(planned), planned.link) for planned in plan(lane_of(link), policy)] == [(command, link)]


@pytest.mark.parametrize("policy", list(UnlinkPolicy))
def test_a_link_that_was_never_made_is_forgotten(policy: UnlinkPolicy) -> None:
    link = linked(state=LinkState.PLANNED)
    assert plan(lane_of(link), policy) == (ForgetLink(link),)


@pytest.mark.parametrize("policy", list(UnlinkPolicy))
@pytest.mark.parametrize(
    ("state", "command"),
    [
        (LinkState.PLANNED, CreateLink),
        (LinkState.CREATING, CreateLink),  # a crash came between: the create is sent again
        (LinkState.DELETING, CreateLink),  # wanted again, before it was known to be gone
        (LinkState.REKEYING, RekeyLink),
        (LinkState.LINKED, None),
    ],
)
def test_a_link_that_is_claimed(policy: UnlinkPolicy, state: LinkState, command: type[Command] | None) -> None:
    assert [type(planned) for planned in plan(lane_of(linked(PROJ_1, TEXT, state=state)), policy)] == (
        [command] if command else []
    )


@pytest.mark.parametrize(
    ("case", "state", "owner", "made", "becomes"),
    [
        ("made", LinkState.PLANNED, OURS, True, OURS),
        ("it was there first", LinkState.PLANNED, OURS, False, ADOPTED),
        ("a crash came after our create", LinkState.CREATING, OURS, False, OURS),
        ("made again: the first try never got there", LinkState.CREATING, OURS, True, OURS),
        ("wanted again, our delete was not applied", LinkState.DELETING, OURS, False, OURS),
        ("wanted again, the delete of an adopted one was not applied", LinkState.DELETING, ADOPTED, False, ADOPTED),
        ("wanted again, the delete of an adopted one was applied", LinkState.DELETING, ADOPTED, True, OURS),
        ("a crash came within a re-key", LinkState.REKEYING, OURS, False, OURS),
    ],
)
def test_whose_a_link_is_after_its_create(
    case: str, state: LinkState, owner: Owner, made: bool, becomes: Owner
) -> None:
    link = linked(PROJ_1, TEXT, state=state, owner=owner)
    assert created(link, made=made) == linked(PROJ_1, TEXT, owner=becomes), case


@pytest.mark.parametrize(
    ("command", "state", "begun_at"),
    [
        (CreateLink(linked(state=LinkState.PLANNED)), LinkState.CREATING, 70.0),
        (DeleteLink(linked()), LinkState.DELETING, 70.0),
        (RekeyLink(linked(state=LinkState.REKEYING)), LinkState.MOVING, 70.0),
        (ForgetLink(linked()), LinkState.LINKED, None),
        (TransferLink(linked(), "5002", unlink=True), LinkState.LINKED, 70.0),
        (TransferLink(linked(), "5002", unlink=False), LinkState.LINKED, None),
        (
            WithdrawTransfer(linked(state=LinkState.TRANSFERRED), "5002", NoticeKind.RELEASED),
            LinkState.TRANSFERRED,
            None,
        ),
    ],
)
def test_the_intent_that_is_recorded_first(command: Command, state: LinkState, begun_at: float | None) -> None:
    assert intended(command) == replace(command.link, state=state)
    assert begun(command, at=70.0).link == replace(command.link, call_begun_at=begun_at)
    assert begun(begun(command, at=70.0), at=80.0) == begun(command, at=70.0)


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("listed", [True, False])
def test_what_is_planned_is_adopted_once_it_was_seen_to_be_there(state: LinkState, listed: bool) -> None:
    before = lane_of(linked(PROJ_1, TEXT, state=state), linked(OPS_2, state=LinkState.PLANNED))
    after = adopt_linked(before, ["10001", "10009"] if listed else [])
    adopted = replace(before.links["10001"], state=LinkState.LINKED, owner=ADOPTED)
    assert after == (before.with_link(adopted) if listed and state is LinkState.PLANNED else before)


# ── moved issues ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [NoticeKind.MOVED, NoticeKind.CLAIMED])
@pytest.mark.parametrize(
    ("case", "state", "owner", "policy", "becomes"),
    [
        ("ours", LinkState.LINKED, OURS, OWNED, LinkState.REKEYING),
        ("being made: who knows under which key", LinkState.CREATING, OURS, OWNED, LinkState.MOVING),
        ("being re-keyed already", LinkState.REKEYING, OURS, OWNED, LinkState.REKEYING),
        ("not made yet", LinkState.PLANNED, OURS, OWNED, LinkState.PLANNED),
        ("not ours to delete", LinkState.LINKED, ADOPTED, OWNED, LinkState.LINKED),
        ("not ours, but any may be deleted", LinkState.LINKED, ADOPTED, ANY, LinkState.REKEYING),
        ("none may be deleted", LinkState.LINKED, OURS, NEVER, LinkState.LINKED),
        ("carried: told again under the new key", LinkState.TRANSFERRED, OURS, OWNED, LinkState.PLANNED),
    ],
)
def test_a_moved_issue(
    *, case: str, state: LinkState, owner: Owner, policy: UnlinkPolicy, becomes: LinkState, kind: NoticeKind
) -> None:
    lane = lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM, state=state, owner=owner), refs=frozenset({"PROJ-1"}))
    moved = apply_notice(lane, notice(kind, NEW_5, key_at=AT + 1), policy)
    expected = replace(linked(NEW_5, TEXT, ISSUE_CLAIM, state=becomes, owner=owner), key_at=AT + 1)
    assert moved == replace(lane, links={"10001": expected}), case


@pytest.mark.parametrize("key_at", [AT, AT - 1])
@pytest.mark.parametrize("kind", [NoticeKind.MOVED, NoticeKind.CLAIMED])
def test_an_older_key_does_not_come_back(kind: NoticeKind, key_at: float) -> None:
    lane = lane_of(linked(NEW_5, ISSUE_CLAIM))
    assert apply_notice(lane, notice(kind, PROJ_1, key_at=key_at), OWNED) == lane


def test_a_key_confirmed_at_a_later_time_is_held_against_older_news() -> None:
    lane = apply_notice(lane_of(linked(NEW_5, ISSUE_CLAIM)), notice(NoticeKind.MOVED, NEW_5, key_at=AT + 9), OWNED)
    assert (lane.links["10001"].key_at, plan(lane, OWNED)) == (AT + 9, ())
    assert apply_notice(lane, notice(NoticeKind.MOVED, PROJ_1, key_at=AT + 8), OWNED) == lane


def test_a_move_that_jira_tells_when_asked_for_another_text() -> None:
    lane = lane_of(linked(PROJ_1, TEXT), refs=frozenset({"PROJ-1"}))
    found = FoundIssues({"OLD-7": NEW_5}, AT + 5)
    lane = replace_references(lane, ("PROJ-1", "OLD-7"), WINDOW, found, OWNED)
    rekeying = replace(linked(NEW_5, TEXT, ticket_claim("OLD-7"), state=LinkState.REKEYING), key_at=AT + 5)
    assert plan(lane, OWNED) == (RekeyLink(rekeying),)


def test_a_link_being_rekeyed_that_nobody_claims_any_more() -> None:
    lane = lane_of(linked(NEW_5, TEXT, state=LinkState.REKEYING), refs=frozenset({"PROJ-1"}))
    assert plan(says(lane=lane), OWNED) == (DeleteLink(linked(NEW_5, state=LinkState.REKEYING)),)


# ── deleted issues, deleted tickets ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("owner", "policy", "command"),
    [(OURS, OWNED, DeleteLink), (ADOPTED, OWNED, ForgetLink), (ADOPTED, ANY, DeleteLink), (OURS, NEVER, ForgetLink)],
)
def test_a_deleted_issue(owner: Owner, policy: UnlinkPolicy, command: type[Command]) -> None:
    lane = lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM, owner=owner), linked(OPS_2, TEXT), refs=frozenset({"PROJ-1"}))
    lane = apply_notice(lane, notice(NoticeKind.DELETED), policy)
    assert [(type(planned), planned.link.issue) for planned in plan(lane, policy)] == [(command, PROJ_1)]
    assert lane.facts.not_found == {"PROJ-1"}  # its key stays in the field, and is not asked for again


def test_the_key_of_a_deleted_issue_stays_in_the_field() -> None:
    lane = apply_notice(lane_of(linked(PROJ_1, TEXT), refs=frozenset({"PROJ-1"})), notice(NoticeKind.DELETED), OWNED)
    lane = lane.without_link("10001")
    assert keys_to_find(lane, ("PROJ-1",)) == ()
    assert says("PROJ-1", lane=lane) == lane


def test_a_ticket_deleted_for_good() -> None:
    before = lane_of(
        linked(PROJ_1, TEXT, ISSUE_CLAIM),
        linked(OPS_2, ISSUE_CLAIM, owner=ADOPTED),
        linked(Issue("10003", "OPS-3"), ISSUE_CLAIM, state=LinkState.PLANNED),
        refs=frozenset({"PROJ-1", "UTF-8"}),
        not_found=frozenset({"UTF-8"}),
    )
    after = apply_lifecycle(before, statement(lifecycle=LifecycleEvent.DELETED))
    assert (after.stated, after.facts) == (FieldRecord(window=WINDOW), TicketFacts(deleted=True))
    # What issues claim is kept: the ticket may turn out to be alive.
    assert [link.claims for link in after.links.values()] == [{ISSUE_CLAIM}] * 3
    assert plan(after, OWNED) == (DeleteLink(after.links["10001"]),)
    assert deleted(after.links["10001"]) == replace(after.links["10001"], state=LinkState.PLANNED)
    alive = is_there(after.with_link(replace(after.links["10001"], state=LinkState.PLANNED)))
    assert [type(command) for command in plan(alive, OWNED)] == [CreateLink, CreateLink]


def test_what_was_stated_before_a_deletion_brings_nothing_back() -> None:
    read = replace(lane_of(), stated=FieldRecord(frozenset({"PROJ-1"}), Window.of_reading(AT)))
    gone = apply_lifecycle(read, statement(lifecycle=LifecycleEvent.DELETED, at=AT + 5))
    assert decide(gone, statement("PROJ-1", at=AT + 4), waited=0).action is Action.IGNORE
    assert decide(gone, statement("PROJ-1", at=AT + 6), waited=0).action is Action.REREAD


def test_an_issue_that_names_a_ticket_deleted_for_good_creates_nothing() -> None:
    lane = apply_notice(lane_of(deleted=True), notice(NoticeKind.CLAIMED), OWNED)
    assert plan(lane, OWNED) == ()


def test_a_missing_ticket_is_given_no_link() -> None:
    lane = apply_notice(is_missing(lane_of()), notice(NoticeKind.CLAIMED), OWNED)
    assert plan(lane, OWNED) == ()
    assert [type(command) for command in plan(is_there(lane), OWNED)] == [CreateLink]


@pytest.mark.parametrize("lifecycle", [LifecycleEvent.EDITED, LifecycleEvent.MOVED])
def test_an_edit_leaves_the_ticket_alive(lifecycle: LifecycleEvent) -> None:
    assert apply_lifecycle(lane_of(), statement(lifecycle=lifecycle)) == lane_of()


# ── merged tickets ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", [lane_of(), lane_of(merged_into="5002")])
@pytest.mark.parametrize("target", ["5001", ""])
def test_a_merge_into_itself_or_into_nothing_is_none(target: str, before: TicketLane) -> None:
    assert apply_lifecycle(before, statement(lifecycle=LifecycleEvent.MERGED, into=target)) == before


@pytest.mark.parametrize(
    ("case", "link", "policy", "command"),
    [
        ("ours goes over", linked(PROJ_1, TEXT), OWNED, "transfer and unlink"),
        ("so does one being made", linked(PROJ_1, TEXT, state=LinkState.CREATING), OWNED, "transfer and unlink"),
        ("one not made yet goes over", linked(PROJ_1, ISSUE_CLAIM, state=LinkState.PLANNED), OWNED, "transfer"),
        ("an adopted one stays too", linked(PROJ_1, TEXT, owner=ADOPTED), OWNED, "transfer"),
        ("an adopted one, if any may be deleted", linked(PROJ_1, TEXT, owner=ADOPTED), ANY, "transfer and unlink"),
        ("none may be deleted", linked(PROJ_1, TEXT), NEVER, "transfer"),
        ("it is there already", linked(PROJ_1, TEXT, state=LinkState.TRANSFERRED), OWNED, ""),
        ("it came from another merge", linked(PROJ_1, MERGED), OWNED, "transfer and unlink"),
        ("carried, and let go", linked(state=LinkState.TRANSFERRED), OWNED, "withdraw released"),
        ("carried, and its issue is gone", linked(state=LinkState.ORPHANED), OWNED, "withdraw deleted"),
        ("nobody claims it", linked(), OWNED, "delete"),
        ("nobody claims it and it is not ours", linked(owner=ADOPTED), OWNED, "forget"),
        ("nobody claims it and it was never made", linked(state=LinkState.PLANNED), OWNED, "forget"),
    ],
)
def test_the_links_of_a_merged_ticket(case: str, link: Link, policy: UnlinkPolicy, command: str) -> None:
    commands: dict[str, tuple[Command, ...]] = {
        "": (),
        "transfer": (TransferLink(link, "5002", unlink=False),),
        "transfer and unlink": (TransferLink(link, "5002", unlink=True),),
        "withdraw released": (WithdrawTransfer(link, "5002", NoticeKind.RELEASED),),
        "withdraw deleted": (WithdrawTransfer(link, "5002", NoticeKind.DELETED),),
        "delete": (DeleteLink(link),),
        "forget": (ForgetLink(link),),
    }
    lane = apply_lifecycle(lane_of(link), statement(lifecycle=LifecycleEvent.MERGED, into="5002"))
    assert (lane.facts.merged_into, plan(lane, policy)) == ("5002", commands[command]), case


def test_the_target_of_a_merge() -> None:
    lane = lane_of(linked(PROJ_1, ISSUE_CLAIM))
    lane = apply_notice(lane, notice(NoticeKind.CLAIMED, PROJ_1, via="4999"), OWNED)
    lane = apply_notice(lane, notice(NoticeKind.CLAIMED, OPS_2, via="4999"), OWNED)
    assert lane.links == {
        "10001": linked(PROJ_1, ISSUE_CLAIM, MERGED),
        "10002": linked(OPS_2, MERGED, state=LinkState.PLANNED),
    }
    assert plan(lane, OWNED) == (CreateLink(lane.links["10002"]),)
    lane = apply_notice(lane, notice(NoticeKind.RELEASED, PROJ_1, via="4999"), OWNED)
    assert lane.links["10001"] == linked(PROJ_1, ISSUE_CLAIM)


def test_two_tickets_merged_into_one_let_go_in_turn() -> None:
    lane = lane_of(linked(PROJ_1, MERGED, merged_claim("4998")))
    lane = apply_notice(lane, notice(NoticeKind.RELEASED, via="4999"), OWNED)
    assert plan(lane, OWNED) == ()
    lane = apply_notice(lane, notice(NoticeKind.RELEASED, via="4998"), OWNED)
    assert plan(lane, OWNED) == (DeleteLink(linked()),)


def test_a_merge_of_a_merge_hands_everything_on() -> None:
    middle = apply_notice(lane_of(merged_into="5002"), notice(NoticeKind.CLAIMED, via="4999"), OWNED)
    planned = linked(PROJ_1, MERGED, state=LinkState.PLANNED)
    assert plan(middle, OWNED) == (TransferLink(planned, "5002", unlink=False),)
    carried = middle.with_link(replace(planned, state=LinkState.TRANSFERRED))
    gone = apply_notice(carried, notice(NoticeKind.RELEASED, via="4999"), OWNED)
    assert plan(gone, OWNED) == (WithdrawTransfer(linked(state=LinkState.TRANSFERRED), "5002", NoticeKind.RELEASED),)


def test_the_issue_of_a_carried_link_is_deleted() -> None:
    lane = lane_of(linked(PROJ_1, TEXT, state=LinkState.TRANSFERRED), merged_into="5002")
    lane = apply_notice(lane, notice(NoticeKind.DELETED), OWNED)
    assert plan(lane, OWNED) == (WithdrawTransfer(linked(state=LinkState.ORPHANED), "5002", NoticeKind.DELETED),)


def test_a_merged_ticket_deleted_for_good_leaves_what_the_target_has() -> None:
    lane = apply_lifecycle(
        lane_of(linked(PROJ_1, TEXT, state=LinkState.TRANSFERRED), merged_into="5002"),
        statement(lifecycle=LifecycleEvent.DELETED),
    )
    assert [type(command) for command in plan(lane, OWNED)] == [ForgetLink]


# ── nothing to do ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("policy", list(UnlinkPolicy))
@pytest.mark.parametrize(
    "lane",
    [
        TicketLane(ticket_id="5001"),
        lane_of(refs=frozenset({"UTF-8"}), not_found=frozenset({"UTF-8"})),
        lane_of(linked(PROJ_1, TEXT), linked(OPS_2, ISSUE_CLAIM, owner=ADOPTED), refs=frozenset({"PROJ-1"})),
        lane_of(linked(PROJ_1, TEXT, state=LinkState.TRANSFERRED), refs=frozenset({"PROJ-1"}), merged_into="5002"),
        lane_of(deleted=True),
    ],
)
def test_nothing_to_do(lane: TicketLane, policy: UnlinkPolicy) -> None:
    assert plan(lane, policy) == ()
    assert plan(replace_references(lane, lane.stated.refs, WINDOW, NOTHING_ASKED, policy), policy) == ()
