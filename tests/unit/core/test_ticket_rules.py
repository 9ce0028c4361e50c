"""The rules of a ticket's lane.  Ticket 5001; issue 10001 is PROJ-1 and 10002 is OPS-2 unless a test moves them."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from linksync.core.commands import (
    CarryLink,
    Command,
    CreateLink,
    DeleteLink,
    DropCarried,
    ForgetLink,
    RekeyLink,
    begun,
    created,
    intended,
)
from linksync.core.evidence import RETRY_HORIZON, Verdict, Window
from linksync.core.issues import Issue
from linksync.core.ledger import (
    ISSUE_CLAIM,
    Link,
    Owner,
    State,
    TicketLane,
    TicketSaid,
    UnlinkPolicy,
    merged_claim,
    ticket_claim,
)
from linksync.core.messages import Change, Life, LinkNotice, TicketStatement
from linksync.core.ticket_rules import (
    Found,
    confirm,
    heed,
    keys_to_find,
    live,
    plan,
    restate,
    weigh,
)

OWNED, ANY, NEVER = UnlinkPolicy.OWNED, UnlinkPolicy.ANY, UnlinkPolicy.NEVER
OURS, ADOPTED = Owner.LINKSYNC, Owner.ADOPTED
PROJ_1, OPS_2, NEW_5 = Issue("10001", "PROJ-1"), Issue("10002", "OPS-2"), Issue("10001", "NEW-5")
TEXT = ticket_claim("PROJ-1")
MERGED = merged_claim("4999")
AT = 10_000.0
WINDOW = Window.of_change(AT)
NOTHING_ASKED = Found({}, AT)


def linked(issue: Issue = PROJ_1, *claims: str, owner: Owner = OURS, state: State = State.LINKED) -> Link:
    return Link(issue=issue, key_at=AT, claims=frozenset(claims), owner=owner, state=state)


def lane_of(*links: Link, **said: object) -> TicketLane:
    told = replace(TicketSaid(window=WINDOW), **said)  # type: ignore[arg-type]
    return TicketLane(ticket_id="5001", said=told, links={link.issue.id: link for link in links})


def says(*keys: str, lane: TicketLane, found: Collection[Issue] = (), policy: UnlinkPolicy = OWNED) -> TicketLane:
    return restate(lane, keys, WINDOW, Found({issue.key: issue for issue in found}, AT), policy)


def notice(change: Change, issue: Issue = PROJ_1, *, via: str = "", key_at: float = AT) -> LinkNotice:
    return LinkNotice(
        ticket_id="5001", issue_id=issue.id, issue_key=issue.key, key_at=key_at, change=change, at=AT, via=via
    )


def statement(*keys: str, life: Life = Life.EDITED, into: str = "", at: float = AT) -> TicketStatement:
    return TicketStatement(ticket_id="5001", issue_keys=keys, at=at, exact=True, life=life, merged_into=into)


# ── what a statement is worth ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("case", "lane", "heard", "verdict"),
    [
        ("never heard of", TicketLane(ticket_id="5001"), statement("PROJ-1"), Verdict.BELIEVE),
        ("never heard of, names none", TicketLane(ticket_id="5001"), statement(), Verdict.BELIEVE),
        ("the same", lane_of(keys=frozenset({"PROJ-1"})), statement("PROJ-1"), Verdict.UNCHANGED),
        (
            "the same in another order",
            lane_of(keys=frozenset({"A-1", "B-2"})),
            statement("B-2", "A-1"),
            Verdict.UNCHANGED,
        ),
        ("older", lane_of(), statement("PROJ-1", at=AT - 1), Verdict.STALE),
        ("later", lane_of(), statement("PROJ-1", at=AT + 1), Verdict.BELIEVE),
        ("unknown", lane_of(), replace(statement(at=AT + 1), issue_keys=None), Verdict.REREAD),
        ("deleted for good, so nothing counts", lane_of(deleted=True), statement("PROJ-1", at=AT + 1), Verdict.STALE),
        ("merged: its field is not asked for", lane_of(), statement(life=Life.MERGED, into="5002"), Verdict.STALE),
        ("being deleted", lane_of(), statement(life=Life.DELETED, at=AT + 1), Verdict.STALE),
    ],
)
def test_what_a_statement_is_worth(case: str, lane: TicketLane, heard: TicketStatement, verdict: Verdict) -> None:
    assert weigh(lane, heard, waited=0) is verdict, case


def test_the_window_of_a_statement() -> None:
    assert statement().window == Window(AT, AT)
    assert replace(statement(), exact=False).window == Window(AT - RETRY_HORIZON, AT + 1)


def test_confirming_moves_the_time_and_nothing_else() -> None:
    lane = lane_of(linked(PROJ_1, TEXT), keys=frozenset({"PROJ-1"}))
    later = Window.of_change(AT + 5)
    assert confirm(lane, later) == replace(lane, said=replace(lane.said, window=later))
    assert confirm(lane, Window.of_change(AT - 5)) == lane
    assert confirm(TicketLane(ticket_id="5001"), later).said.window == later


# ── claims ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ticket_that_names_an_issue_claims_its_link() -> None:
    lane = says("PROJ-1", lane=TicketLane(ticket_id="5001"), found=[PROJ_1])
    assert lane == lane_of(linked(PROJ_1, TEXT, state=State.PLANNED), keys=frozenset({"PROJ-1"}))
    assert plan(lane, OWNED) == (CreateLink(lane.links["10001"]),)


def test_an_issue_that_names_a_ticket_claims_its_link() -> None:
    lane = heed(TicketLane(ticket_id="5001"), notice(Change.CLAIMED), OWNED)
    assert lane.links == {"10001": linked(PROJ_1, ISSUE_CLAIM, state=State.PLANNED)}
    assert plan(lane, OWNED) == (CreateLink(lane.links["10001"]),)


@pytest.mark.parametrize("ticket_first", [True, False])
def test_a_link_that_both_claim_goes_when_both_let_go(ticket_first: bool) -> None:
    lane = lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM), keys=frozenset({"PROJ-1"}))
    if ticket_first:
        half = says(lane=lane)
        gone = heed(half, notice(Change.RELEASED), OWNED)
    else:
        half = heed(lane, notice(Change.RELEASED), OWNED)
        gone = says(lane=half)
    assert (plan(lane, OWNED), plan(half, OWNED)) == ((), ())
    assert plan(gone, OWNED) == (DeleteLink(linked()),)


def test_a_ticket_gains_some_and_loses_others() -> None:
    lane = lane_of(linked(PROJ_1, TEXT), keys=frozenset({"PROJ-1"}))
    lane = says("OPS-2", lane=lane, found=[OPS_2])
    assert plan(lane, OWNED) == (
        DeleteLink(linked()),
        CreateLink(linked(OPS_2, ticket_claim("OPS-2"), state=State.PLANNED)),
    )


def test_two_texts_that_mean_one_issue_make_one_link() -> None:
    found = Found({"PROJ-1": NEW_5, "NEW-5": NEW_5}, AT)
    lane = restate(TicketLane(ticket_id="5001"), ("PROJ-1", "NEW-5"), WINDOW, found, OWNED)
    both = linked(NEW_5, TEXT, ticket_claim("NEW-5"), state=State.PLANNED)
    assert plan(lane, OWNED) == (CreateLink(both),)
    one = restate(lane, ("NEW-5",), WINDOW, NOTHING_ASKED, OWNED)
    assert plan(one, OWNED) == (CreateLink(linked(NEW_5, ticket_claim("NEW-5"), state=State.PLANNED)),)


def test_a_claim_remembers_the_text_that_made_it() -> None:
    lane = lane_of(linked(NEW_5, TEXT), keys=frozenset({"PROJ-1"}))  # the issue moved, the field still says PROJ-1
    assert keys_to_find(lane, ("PROJ-1", "NEW-5")) == ()
    assert plan(says("PROJ-1", lane=lane), OWNED) == ()
    renamed = says("NEW-5", lane=lane)
    assert (renamed.links["10001"].texts, plan(renamed, OWNED)) == ({"NEW-5"}, ())
    assert plan(says(lane=lane), OWNED) == (DeleteLink(linked(NEW_5)),)


@pytest.mark.parametrize("change", [Change.RELEASED, Change.MOVED, Change.DELETED])
def test_news_of_a_link_that_is_not_there_changes_nothing(change: Change) -> None:
    lane = lane_of(linked(OPS_2, ISSUE_CLAIM))
    assert heed(lane, notice(change), OWNED) == lane


@pytest.mark.parametrize("change", list(Change))
def test_news_heard_twice_changes_nothing(change: Change) -> None:
    once = heed(lane_of(linked(PROJ_1, TEXT)), notice(change), OWNED)
    assert heed(once, notice(change), OWNED) == once


# ── partial success ──────────────────────────────────────────────────────────────────────────────────────────────


def test_one_unknown_key_among_good_ones() -> None:
    lane = says("PROJ-1", "OPS-2", "UTF-8", lane=TicketLane(ticket_id="5001"), found=[PROJ_1, OPS_2])
    assert lane.said == TicketSaid(
        keys=frozenset({"PROJ-1", "OPS-2", "UTF-8"}), window=WINDOW, unresolved=frozenset({"UTF-8"})
    )
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
    lane = lane_of(linked(PROJ_1, TEXT), keys=frozenset({"PROJ-1", "UTF-8"}), unresolved=frozenset({"UTF-8"}))
    assert keys_to_find(lane, keys) == asked, case


def test_a_key_that_was_unknown_and_is_found_later() -> None:
    lane = lane_of(keys=frozenset({"PROJ-1"}), unresolved=frozenset({"PROJ-1"}))
    lane = says("PROJ-1", "OPS-2", lane=lane, found=[PROJ_1, OPS_2])
    assert lane.said.unresolved == frozenset()
    assert [command.link.issue for command in plan(lane, OWNED)] == [PROJ_1, OPS_2]


def test_a_key_that_is_no_longer_named_is_no_longer_unresolved() -> None:
    lane = says(lane=lane_of(keys=frozenset({"UTF-8"}), unresolved=frozenset({"UTF-8"})))
    assert lane.said == TicketSaid(window=WINDOW)


def test_an_unresolved_key_that_an_issue_brings_along() -> None:
    lane = lane_of(keys=frozenset({"PROJ-1"}), unresolved=frozenset({"PROJ-1"}))
    lane = says("PROJ-1", lane=heed(lane, notice(Change.CLAIMED), OWNED))
    assert lane == lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM, state=State.PLANNED), keys=frozenset({"PROJ-1"}))


# ── who may be unlinked ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [State.LINKED, State.CREATING, State.REKEYING, State.DELETING])
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
def test_a_link_that_nobody_claims(policy: UnlinkPolicy, owner: Owner, command: type[Command], state: State) -> None:
    link = linked(owner=owner, state=state)
    assert [(type(planned), planned.link) for planned in plan(lane_of(link), policy)] == [(command, link)]


@pytest.mark.parametrize("policy", list(UnlinkPolicy))
def test_a_link_that_was_never_made_is_forgotten(policy: UnlinkPolicy) -> None:
    link = linked(state=State.PLANNED)
    assert plan(lane_of(link), policy) == (ForgetLink(link),)


@pytest.mark.parametrize("policy", list(UnlinkPolicy))
@pytest.mark.parametrize(
    ("state", "command"),
    [
        (State.PLANNED, CreateLink),
        (State.CREATING, CreateLink),  # a crash came between: the create is sent again
        (State.DELETING, CreateLink),  # wanted again, before it was known to be gone
        (State.REKEYING, RekeyLink),
        (State.LINKED, None),
    ],
)
def test_a_link_that_is_claimed(policy: UnlinkPolicy, state: State, command: type[Command] | None) -> None:
    assert [type(planned) for planned in plan(lane_of(linked(PROJ_1, TEXT, state=state)), policy)] == (
        [command] if command else []
    )


@pytest.mark.parametrize(
    ("case", "state", "owner", "made", "becomes"),
    [
        ("made", State.PLANNED, OURS, True, OURS),
        ("it was there first", State.PLANNED, OURS, False, ADOPTED),
        ("a crash came after our create", State.CREATING, OURS, False, OURS),
        ("made again: the first try never got there", State.CREATING, OURS, True, OURS),
        ("wanted again, our delete was not applied", State.DELETING, OURS, False, OURS),
        ("wanted again, the delete of an adopted one was not applied", State.DELETING, ADOPTED, False, ADOPTED),
        ("wanted again, the delete of an adopted one was applied", State.DELETING, ADOPTED, True, OURS),
        ("a crash came within a re-key", State.REKEYING, OURS, False, OURS),
    ],
)
def test_whose_a_link_is_after_its_create(case: str, state: State, owner: Owner, made: bool, becomes: Owner) -> None:
    link = linked(PROJ_1, TEXT, state=state, owner=owner)
    assert created(link, made=made) == linked(PROJ_1, TEXT, owner=becomes), case


@pytest.mark.parametrize(
    ("command", "state", "begun_at"),
    [
        (CreateLink(linked(state=State.PLANNED)), State.CREATING, 70.0),
        (DeleteLink(linked()), State.DELETING, 70.0),
        (RekeyLink(linked(state=State.REKEYING)), State.REKEYING, 70.0),
        (ForgetLink(linked()), State.LINKED, None),
        (CarryLink(linked(), "5002", unlink=True), State.LINKED, 70.0),
        (CarryLink(linked(), "5002", unlink=False), State.LINKED, None),
        (DropCarried(linked(state=State.CARRIED), "5002", Change.RELEASED), State.CARRIED, None),
    ],
)
def test_the_intent_that_is_recorded_first(command: Command, state: State, begun_at: float | None) -> None:
    assert intended(command) == replace(command.link, state=state)
    assert begun(command, at=70.0).link == replace(command.link, call_begun_at=begun_at)
    assert begun(begun(command, at=70.0), at=80.0) == begun(command, at=70.0)


# ── moved issues ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("change", [Change.MOVED, Change.CLAIMED])
@pytest.mark.parametrize(
    ("case", "state", "owner", "policy", "becomes"),
    [
        ("ours", State.LINKED, OURS, OWNED, State.REKEYING),
        ("being made: who knows under which key", State.CREATING, OURS, OWNED, State.REKEYING),
        ("being re-keyed already", State.REKEYING, OURS, OWNED, State.REKEYING),
        ("not made yet", State.PLANNED, OURS, OWNED, State.PLANNED),
        ("not ours to delete", State.LINKED, ADOPTED, OWNED, State.LINKED),
        ("not ours, but any may be deleted", State.LINKED, ADOPTED, ANY, State.REKEYING),
        ("none may be deleted", State.LINKED, OURS, NEVER, State.LINKED),
        ("carried: told again under the new key", State.CARRIED, OURS, OWNED, State.PLANNED),
    ],
)
def test_a_moved_issue(
    *, case: str, state: State, owner: Owner, policy: UnlinkPolicy, becomes: State, change: Change
) -> None:
    lane = lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM, state=state, owner=owner), keys=frozenset({"PROJ-1"}))
    moved = heed(lane, notice(change, NEW_5, key_at=AT + 1), policy)
    expected = replace(linked(NEW_5, TEXT, ISSUE_CLAIM, state=becomes, owner=owner), key_at=AT + 1)
    assert moved == replace(lane, links={"10001": expected}), case


@pytest.mark.parametrize("key_at", [AT, AT - 1])
@pytest.mark.parametrize("change", [Change.MOVED, Change.CLAIMED])
def test_an_older_key_does_not_come_back(change: Change, key_at: float) -> None:
    lane = lane_of(linked(NEW_5, ISSUE_CLAIM))
    assert heed(lane, notice(change, PROJ_1, key_at=key_at), OWNED) == lane


def test_a_key_confirmed_at_a_later_time_is_held_against_older_news() -> None:
    lane = heed(lane_of(linked(NEW_5, ISSUE_CLAIM)), notice(Change.MOVED, NEW_5, key_at=AT + 9), OWNED)
    assert (lane.links["10001"].key_at, plan(lane, OWNED)) == (AT + 9, ())
    assert heed(lane, notice(Change.MOVED, PROJ_1, key_at=AT + 8), OWNED) == lane


def test_a_move_that_jira_tells_when_asked_for_another_text() -> None:
    lane = lane_of(linked(PROJ_1, TEXT), keys=frozenset({"PROJ-1"}))
    found = Found({"OLD-7": NEW_5}, AT + 5)
    lane = restate(lane, ("PROJ-1", "OLD-7"), WINDOW, found, OWNED)
    rekeying = replace(linked(NEW_5, TEXT, ticket_claim("OLD-7"), state=State.REKEYING), key_at=AT + 5)
    assert plan(lane, OWNED) == (RekeyLink(rekeying),)


def test_a_link_being_rekeyed_that_nobody_claims_any_more() -> None:
    lane = lane_of(linked(NEW_5, TEXT, state=State.REKEYING), keys=frozenset({"PROJ-1"}))
    assert plan(says(lane=lane), OWNED) == (DeleteLink(linked(NEW_5, state=State.REKEYING)),)


# ── deleted issues, deleted tickets ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("owner", "policy", "command"),
    [(OURS, OWNED, DeleteLink), (ADOPTED, OWNED, ForgetLink), (ADOPTED, ANY, DeleteLink), (OURS, NEVER, ForgetLink)],
)
def test_a_deleted_issue(owner: Owner, policy: UnlinkPolicy, command: type[Command]) -> None:
    lane = lane_of(linked(PROJ_1, TEXT, ISSUE_CLAIM, owner=owner), linked(OPS_2, TEXT), keys=frozenset({"PROJ-1"}))
    lane = heed(lane, notice(Change.DELETED), policy)
    assert [(type(planned), planned.link.issue) for planned in plan(lane, policy)] == [(command, PROJ_1)]
    assert lane.said.unresolved == {"PROJ-1"}  # its key stays in the field, and is not asked for again


def test_the_key_of_a_deleted_issue_stays_in_the_field() -> None:
    lane = heed(lane_of(linked(PROJ_1, TEXT), keys=frozenset({"PROJ-1"})), notice(Change.DELETED), OWNED)
    lane = lane.without_link("10001")
    assert keys_to_find(lane, ("PROJ-1",)) == ()
    assert says("PROJ-1", lane=lane) == lane


def test_a_ticket_deleted_for_good() -> None:
    before = lane_of(
        linked(PROJ_1, TEXT, ISSUE_CLAIM),
        linked(OPS_2, ISSUE_CLAIM, owner=ADOPTED),
        linked(Issue("10003", "OPS-3"), ISSUE_CLAIM, state=State.PLANNED),
        keys=frozenset({"PROJ-1", "UTF-8"}),
        unresolved=frozenset({"UTF-8"}),
    )
    after = live(before, statement(life=Life.DELETED))
    assert after == replace(before, said=TicketSaid(window=WINDOW, deleted=True))
    assert [type(command) for command in plan(after, OWNED)] == [DeleteLink, ForgetLink, ForgetLink]


def test_an_issue_that_names_a_ticket_deleted_for_good_creates_nothing() -> None:
    lane = heed(lane_of(deleted=True), notice(Change.CLAIMED), OWNED)
    assert [type(command) for command in plan(lane, OWNED)] == [ForgetLink]


@pytest.mark.parametrize("life", [Life.EDITED, Life.MOVED])
def test_an_edit_leaves_the_ticket_alive(life: Life) -> None:
    assert live(lane_of(), statement(life=life)) == lane_of()


# ── merged tickets ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", ["5001", ""])
def test_a_merge_into_itself_or_into_nothing_is_none(target: str) -> None:
    assert live(lane_of(), statement(life=Life.MERGED, into=target)) == lane_of()


@pytest.mark.parametrize(
    ("case", "link", "policy", "command"),
    [
        ("ours goes over", linked(PROJ_1, TEXT), OWNED, "carry and unlink"),
        ("so does one being made", linked(PROJ_1, TEXT, state=State.CREATING), OWNED, "carry and unlink"),
        ("one not made yet goes over", linked(PROJ_1, ISSUE_CLAIM, state=State.PLANNED), OWNED, "carry"),
        ("an adopted one stays too", linked(PROJ_1, TEXT, owner=ADOPTED), OWNED, "carry"),
        ("an adopted one, if any may be deleted", linked(PROJ_1, TEXT, owner=ADOPTED), ANY, "carry and unlink"),
        ("none may be deleted", linked(PROJ_1, TEXT), NEVER, "carry"),
        ("it is there already", linked(PROJ_1, TEXT, state=State.CARRIED), OWNED, ""),
        ("it came from another merge", linked(PROJ_1, MERGED), OWNED, "carry and unlink"),
        ("carried, and let go", linked(state=State.CARRIED), OWNED, "drop released"),
        ("carried, and its issue is gone", linked(state=State.ORPHANED), OWNED, "drop deleted"),
        ("nobody claims it", linked(), OWNED, "delete"),
        ("nobody claims it and it is not ours", linked(owner=ADOPTED), OWNED, "forget"),
        ("nobody claims it and it was never made", linked(state=State.PLANNED), OWNED, "forget"),
    ],
)
def test_the_links_of_a_merged_ticket(case: str, link: Link, policy: UnlinkPolicy, command: str) -> None:
    commands: dict[str, tuple[Command, ...]] = {
        "": (),
        "carry": (CarryLink(link, "5002", unlink=False),),
        "carry and unlink": (CarryLink(link, "5002", unlink=True),),
        "drop released": (DropCarried(link, "5002", Change.RELEASED),),
        "drop deleted": (DropCarried(link, "5002", Change.DELETED),),
        "delete": (DeleteLink(link),),
        "forget": (ForgetLink(link),),
    }
    lane = live(lane_of(link), statement(life=Life.MERGED, into="5002"))
    assert (lane.said.merged_into, plan(lane, policy)) == ("5002", commands[command]), case


def test_the_target_of_a_merge() -> None:
    lane = lane_of(linked(PROJ_1, ISSUE_CLAIM))
    lane = heed(lane, notice(Change.CLAIMED, PROJ_1, via="4999"), OWNED)
    lane = heed(lane, notice(Change.CLAIMED, OPS_2, via="4999"), OWNED)
    assert lane.links == {
        "10001": linked(PROJ_1, ISSUE_CLAIM, MERGED),
        "10002": linked(OPS_2, MERGED, state=State.PLANNED),
    }
    assert plan(lane, OWNED) == (CreateLink(lane.links["10002"]),)
    lane = heed(lane, notice(Change.RELEASED, PROJ_1, via="4999"), OWNED)
    assert lane.links["10001"] == linked(PROJ_1, ISSUE_CLAIM)


def test_two_tickets_merged_into_one_let_go_in_turn() -> None:
    lane = lane_of(linked(PROJ_1, MERGED, merged_claim("4998")))
    lane = heed(lane, notice(Change.RELEASED, via="4999"), OWNED)
    assert plan(lane, OWNED) == ()
    lane = heed(lane, notice(Change.RELEASED, via="4998"), OWNED)
    assert plan(lane, OWNED) == (DeleteLink(linked()),)


def test_a_merge_of_a_merge_hands_everything_on() -> None:
    middle = heed(lane_of(merged_into="5002"), notice(Change.CLAIMED, via="4999"), OWNED)
    planned = linked(PROJ_1, MERGED, state=State.PLANNED)
    assert plan(middle, OWNED) == (CarryLink(planned, "5002", unlink=False),)
    carried = middle.with_link(replace(planned, state=State.CARRIED))
    gone = heed(carried, notice(Change.RELEASED, via="4999"), OWNED)
    assert plan(gone, OWNED) == (DropCarried(linked(state=State.CARRIED), "5002", Change.RELEASED),)


def test_the_issue_of_a_carried_link_is_deleted() -> None:
    lane = lane_of(linked(PROJ_1, TEXT, state=State.CARRIED), merged_into="5002")
    lane = heed(lane, notice(Change.DELETED), OWNED)
    assert plan(lane, OWNED) == (DropCarried(linked(state=State.ORPHANED), "5002", Change.DELETED),)


def test_a_merged_ticket_deleted_for_good_leaves_what_the_target_has() -> None:
    lane = live(lane_of(linked(PROJ_1, TEXT, state=State.CARRIED), merged_into="5002"), statement(life=Life.DELETED))
    assert [type(command) for command in plan(lane, OWNED)] == [ForgetLink]


# ── nothing to do ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("policy", list(UnlinkPolicy))
@pytest.mark.parametrize(
    "lane",
    [
        TicketLane(ticket_id="5001"),
        lane_of(keys=frozenset({"UTF-8"}), unresolved=frozenset({"UTF-8"})),
        lane_of(linked(PROJ_1, TEXT), linked(OPS_2, ISSUE_CLAIM, owner=ADOPTED), keys=frozenset({"PROJ-1"})),
        lane_of(linked(PROJ_1, TEXT, state=State.CARRIED), keys=frozenset({"PROJ-1"}), merged_into="5002"),
        lane_of(deleted=True),
    ],
)
def test_nothing_to_do(lane: TicketLane, policy: UnlinkPolicy) -> None:
    assert plan(lane, policy) == ()
    assert plan(restate(lane, lane.said.keys, WINDOW, NOTHING_ASKED, policy), policy) == ()
