"""What the ledger's values know of themselves."""

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState, Owner, UnlinkPolicy, merged_claim, ticket_claim
from linksync.core.ordering import Window
from linksync.core.wrong_references import ReferenceNotices

ISSUE = Issue("10001", "NEW-5")
MERGED = merged_claim("4999")


@pytest.mark.parametrize(
    ("policy", "owner", "allowed"),
    [
        (UnlinkPolicy.OWNED, Owner.LINKSYNC, True),
        (UnlinkPolicy.OWNED, Owner.ADOPTED, False),
        (UnlinkPolicy.ANY, Owner.LINKSYNC, True),
        (UnlinkPolicy.ANY, Owner.ADOPTED, True),
        (UnlinkPolicy.NEVER, Owner.LINKSYNC, False),
        (UnlinkPolicy.NEVER, Owner.ADOPTED, False),
    ],
)
def test_which_links_may_be_deleted(policy: UnlinkPolicy, owner: Owner, allowed: bool) -> None:
    assert policy.allows(owner) is allowed


@pytest.mark.parametrize(
    ("state", "may_exist"),
    [
        (LinkState.PLANNED, False),
        (LinkState.CREATING, True),
        (LinkState.LINKED, True),
        (LinkState.REKEYING, True),
        (LinkState.MOVING, True),
        (LinkState.DELETING, True),
        (LinkState.UNLINKING, True),
        (LinkState.UNLINKED, False),
        (LinkState.SEEN, False),
        (LinkState.TRANSFERRED, False),
        (LinkState.ORPHANED, False),
    ],
)
def test_whether_there_may_be_such_a_link(state: LinkState, may_exist: bool) -> None:
    assert Link(issue=ISSUE, state=state).may_exist is may_exist


@pytest.mark.parametrize(
    ("claims", "texts"),
    [
        (set(), set()),
        ({ISSUE_CLAIM, MERGED}, set()),
        ({ticket_claim("PROJ-1"), ISSUE_CLAIM}, {"PROJ-1"}),
        ({ticket_claim("PROJ-1"), ticket_claim("NEW-5")}, {"PROJ-1", "NEW-5"}),
    ],
)
def test_the_texts_behind_a_link(claims: set[str], texts: set[str]) -> None:
    assert Link(issue=ISSUE, claims=frozenset(claims)).texts == texts


@pytest.mark.parametrize(
    ("case", "claims", "texts", "left"),
    [
        ("the field names it", set(), {"PROJ-1"}, {ticket_claim("PROJ-1")}),
        ("the field names it in another way", {ticket_claim("PROJ-1")}, {"NEW-5"}, {ticket_claim("NEW-5")}),
        ("the field lets go", {ticket_claim("PROJ-1")}, set(), set()),
        ("the issue still holds it", {ticket_claim("PROJ-1"), ISSUE_CLAIM}, set(), {ISSUE_CLAIM}),
        ("a merged ticket's claim stays", {MERGED}, set(), {MERGED}),
        ("a merged ticket's claim stays beside a text", {MERGED}, {"NEW-5"}, {MERGED, ticket_claim("NEW-5")}),
        ("whoever takes the last text out wants it gone", {MERGED, ticket_claim("NEW-5")}, set(), set()),
        ("nobody ever held it", set(), set(), set()),
    ],
)
def test_what_the_ticket_field_claims(case: str, claims: set[str], texts: set[str], left: set[str]) -> None:
    assert Link(issue=ISSUE, claims=frozenset(claims)).with_texts(texts).claims == left, case


def test_a_text_means_the_link_that_it_made_before_the_one_that_bears_the_key_now() -> None:
    moved = Link(issue=Issue("10001", "NEW-5"), claims=frozenset({ticket_claim("PROJ-1")}))
    namesake = Link(issue=Issue("10002", "PROJ-1"), claims=frozenset({ISSUE_CLAIM}))
    lane = TicketLane(ticket_id="5001").with_link(namesake).with_link(moved)
    assert [lane.link_meant_by(key) for key in ("PROJ-1", "NEW-5", "PROJ-2")] == [moved, moved, None]
    assert lane.without_link("10001").link_meant_by("PROJ-1") == namesake


def test_a_lane_holds_one_link_an_issue() -> None:
    planned, linked = Link(issue=ISSUE), Link(issue=ISSUE, state=LinkState.LINKED)
    lane = TicketLane(ticket_id="5001").with_link(planned)
    assert lane.with_link(linked).links == {"10001": linked}
    assert lane.without_link("10002") == lane
    assert lane.without_link("10001") == TicketLane(ticket_id="5001")


# ── what is recorded ─────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_known_of_a_lane_at_first() -> None:
    stated = FieldRecord(refs=frozenset(), window=None, delivery="", source="")
    facts = TicketFacts(
        not_found=frozenset(),
        merged_into="",
        deleted=False,
        missing=False,
        reference_notices=ReferenceNotices(due=frozenset(), given=frozenset()),
        tagged=False,
    )
    assert TicketLane(ticket_id="5001") == TicketLane(ticket_id="5001", stated=stated, facts=facts, links={})
    assert IssueRecord() == IssueRecord(
        stated=stated,
        ever_named=frozenset(),
        key="",
        key_at=0.0,
        key_until=0.0,
        deleted=False,
        missing=False,
        told_key="",
        told=None,
        maybe_told=frozenset(),
        not_found=frozenset(),
        reference_notices=ReferenceNotices(),
    )


STATED = FieldRecord(frozenset({"PROJ-1"}), Window.of_change(10.0), "d1", "zendesk_trigger")


def test_a_record_bears_the_origin_of_what_it_holds() -> None:
    other = FieldRecord(frozenset({"OPS-2"}), Window.of_change(20.0), "d1", "zendesk_trigger")
    told = FieldRecord(frozenset({"OPS-2"}), Window.of_change(20.0), "d2", "reconciler")
    assert other.told_by("d2", "reconciler", after=STATED) == told
    assert STATED.told_by("d2", "reconciler", after=STATED) == STATED  # nothing differs: it was told by the first


def test_a_checkpoint_keeps_what_was_stated_until_the_new_statement_is_committed() -> None:
    recorded = TicketLane(
        ticket_id="5001", stated=STATED, facts=TicketFacts(not_found=frozenset({"PROJ-1"}), merged_into="5002")
    )
    new = TicketLane(
        ticket_id="5001",
        stated=FieldRecord(frozenset({"OPS-2"}), Window.of_change(20.0)),
        facts=TicketFacts(not_found=frozenset({"OPS-2"}), missing=True),
        links={"10001": Link(issue=ISSUE)},
    )
    assert new.checkpoint(recorded) == TicketLane(
        ticket_id="5001",
        stated=STATED,
        facts=TicketFacts(not_found=frozenset({"PROJ-1", "OPS-2"}), missing=True),
        links=new.links,
    )


@pytest.mark.parametrize(("told", "claims"), [(None, {"5001", "5002"}), ({"5001"}, {"5001"}), (set(), set())])
def test_an_issue_claims_what_it_names_unless_fewer_were_told(told: set[str] | None, claims: set[str]) -> None:
    named = FieldRecord(frozenset({"5001", "5002"}))
    assert IssueRecord(stated=named, told=None if told is None else frozenset(told)).claims == claims
