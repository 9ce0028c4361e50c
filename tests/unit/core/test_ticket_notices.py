"""What one link becomes by a notice or by an operator's command.  Ticket 5001, whose field names what the case says."""

from dataclasses import replace
from typing import Any

import pytest

from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, TicketFacts, TicketLane
from linksync.core.links import (
    ISSUE_CLAIM,
    OPERATOR_CLAIM,
    CallKind,
    Link,
    LinkState,
    Owner,
    Refusal,
    UnlinkPolicy,
    ticket_claim,
)
from linksync.core.messages import LinkNotice, NoticeKind, OperatorAction, OperatorCommand
from linksync.core.ordering import Window
from linksync.core.projects import ProjectList
from linksync.core.ticket_notices import apply_command, apply_notice

OWNED, ANY, NEVER = UnlinkPolicy.OWNED, UnlinkPolicy.ANY, UnlinkPolicy.NEVER
OURS, ADOPTED = Owner.LINKSYNC, Owner.ADOPTED
AT, LATER = 10_000.0, 10_500.0
PROJ_1, NEW_5, OUT_9 = Issue("10001", "PROJ-1"), Issue("10001", "NEW-5"), Issue("10001", "OUT-9")
TEXT = ticket_claim("PROJ-1")
COUNTED = ProjectList(frozenset({"PROJ", "NEW"}))
REFUSAL = Refusal(call=CallKind.CREATE, settled=True, reason="restricted", delivery="d0")


def link(*claims: str, **told: Any) -> Link:
    return Link(**{"issue": PROJ_1, "key_at": AT, "claims": frozenset(claims)} | told)


def lane(*links: Link, refs: tuple[str, ...] = (), not_found: tuple[str, ...] = ()) -> TicketLane:
    return TicketLane(
        ticket_id="5001",
        stated=FieldRecord(frozenset(refs), Window.of_change(AT)),
        facts=TicketFacts(not_found=frozenset(not_found)),
        links={one.issue.id: one for one in links},
    )


def notice(kind: NoticeKind, issue: Issue = PROJ_1, *, key_at: float = LATER, seen: bool = False) -> LinkNotice:
    return LinkNotice(
        ticket_id="5001", issue_id=issue.id, issue_key=issue.key, key_at=key_at, kind=kind, at=LATER, seen=seen
    )


def commanded(action: OperatorAction, known: Link | None, *, policy: UnlinkPolicy = OWNED, **told: Any) -> TicketLane:
    command = OperatorCommand(
        **{"ticket_id": "5001", "issue_id": "10001", "issue_key": "PROJ-1", "action": action, "at": LATER} | told
    )
    return apply_command(lane(*([known] if known else [])), command, policy)


# ── an issue that moves ──────────────────────────────────────────────────────────────────────────────────────────


def moved(before: TicketLane, issue: Issue, *, key_at: float = LATER) -> TicketLane:
    return apply_notice(before, notice(NoticeKind.MOVED, issue, key_at=key_at), OWNED, projects=COUNTED)


def test_a_key_that_nobody_knew_is_a_claim_once_an_issue_has_moved_to_it() -> None:
    after = moved(lane(refs=("NEW-5", "WRONG-1"), not_found=("NEW-5", "WRONG-1")), NEW_5)
    assert after.links == {"10001": Link(issue=NEW_5, key_at=LATER, claims=frozenset({ticket_claim("NEW-5")}))}
    assert after.facts.not_found == {"WRONG-1"}


def test_a_link_that_is_there_already_keeps_its_claims_when_the_text_finds_its_issue() -> None:
    known = link(ISSUE_CLAIM, state=LinkState.LINKED)
    after = moved(lane(known, refs=("NEW-5",), not_found=("NEW-5",)), NEW_5)
    assert after.links["10001"].claims == {ISSUE_CLAIM, ticket_claim("NEW-5")}
    assert (after.links["10001"].issue, after.links["10001"].state) == (NEW_5, LinkState.REKEYING)
    assert after.facts.not_found == set()


@pytest.mark.parametrize(
    ("refs", "not_found", "issue"),
    [
        ((), ("NEW-5",), NEW_5),  # the field does not name it any more
        (("NEW-5",), (), NEW_5),  # it means another issue
        (("OUT-9",), ("OUT-9",), OUT_9),  # its project does not count
    ],
)
def test_other_moves_of_an_issue_without_a_link_change_nothing(
    refs: tuple[str, ...], not_found: tuple[str, ...], issue: Issue
) -> None:
    before = lane(refs=refs, not_found=not_found)
    assert moved(before, issue) == before


def test_an_issue_that_leaves_the_projects_that_count_takes_its_claims_along() -> None:
    known = link(TEXT, ISSUE_CLAIM, state=LinkState.LINKED)
    after = moved(lane(known, refs=("PROJ-1", "WRONG-1"), not_found=("WRONG-1",)), OUT_9)
    assert after.links["10001"] == replace(known, claims=frozenset(), key_at=LATER)
    assert after.facts.not_found == {"PROJ-1", "WRONG-1"}


@pytest.mark.parametrize(
    ("known", "key_at"),
    [
        (link(TEXT, state=LinkState.LINKED), AT),  # told before: a later key is known
        (link(TEXT, state=LinkState.LINKED), AT - 1),
    ],
)
def test_a_move_that_is_no_later_than_the_known_key_takes_nothing(known: Link, key_at: float) -> None:
    before = lane(known, refs=("PROJ-1",))
    assert moved(before, OUT_9, key_at=key_at) == before


def test_an_issue_that_moves_between_projects_that_do_not_count_keeps_what_it_has() -> None:
    known = link(issue=OUT_9, state=LinkState.SEEN, owner=ADOPTED)
    after = moved(lane(known), Issue("10001", "OUT-10"))
    assert after.links["10001"] == replace(known, issue=Issue("10001", "OUT-10"), key_at=LATER)


# ── an operator's command ────────────────────────────────────────────────────────────────────────────────────────


def test_link_claims_an_issue_that_nobody_named() -> None:
    after = commanded(OperatorAction.LINK, None)
    assert after.links == {"10001": Link(issue=PROJ_1, key_at=LATER, claims=frozenset({OPERATOR_CLAIM}))}


def test_link_once_more_is_worth_another_call() -> None:
    known = link(OPERATOR_CLAIM, TEXT, state=LinkState.UNLINKED, refusal=REFUSAL)
    after = commanded(OperatorAction.LINK, known).links["10001"]
    assert (after.claims, after.state, after.refusal) == ({OPERATOR_CLAIM, TEXT}, LinkState.PLANNED, None)


@pytest.mark.parametrize("seen", [True, False])
def test_link_adopts_what_the_links_api_was_seen_to_list(seen: bool) -> None:
    after = commanded(OperatorAction.LINK, None, seen=seen).links["10001"]
    assert (after.state, after.owner) == ((LinkState.LINKED, ADOPTED) if seen else (LinkState.PLANNED, OURS))


@pytest.mark.parametrize("seen", [True, False])
def test_a_claim_adopts_what_the_links_api_was_seen_to_list(seen: bool) -> None:
    after = apply_notice(lane(), notice(NoticeKind.CLAIMED, seen=seen), OWNED).links["10001"]
    assert (after.state, after.owner) == ((LinkState.LINKED, ADOPTED) if seen else (LinkState.PLANNED, OURS))


@pytest.mark.parametrize(
    ("state", "owner", "policy", "after"),
    [
        (LinkState.LINKED, OURS, OWNED, LinkState.UNLINKING),
        (LinkState.LINKED, ADOPTED, OWNED, LinkState.LINKED),
        (LinkState.LINKED, ADOPTED, ANY, LinkState.UNLINKING),
        (LinkState.LINKED, OURS, NEVER, LinkState.LINKED),
        (LinkState.PLANNED, OURS, OWNED, LinkState.PLANNED),
        (LinkState.UNLINKED, OURS, ANY, LinkState.UNLINKED),
    ],
)
def test_unlink_removes_what_the_policy_lets_us_and_takes_back_the_operator_s_claim(
    state: LinkState, owner: Owner, policy: UnlinkPolicy, after: LinkState
) -> None:
    known = link(OPERATOR_CLAIM, TEXT, state=state, owner=owner)
    assert commanded(OperatorAction.UNLINK, known, policy=policy).links["10001"] == replace(
        known, claims=frozenset({TEXT}), state=after
    )


@pytest.mark.parametrize("state", LinkState)
def test_relink_makes_anew_what_was_linked(state: LinkState) -> None:
    known = link(TEXT, state=state, owner=ADOPTED, refusal=REFUSAL)
    after = commanded(OperatorAction.RELINK, known).links["10001"]
    if state in (LinkState.LINKED, LinkState.UNLINKED):
        assert after == replace(known, state=LinkState.PLANNED, owner=OURS, refusal=None, key_at=LATER)
    else:
        assert after == known


@pytest.mark.parametrize("state", LinkState)
def test_adopt_takes_over_nothing_that_is_ours_or_under_way(state: LinkState) -> None:
    known = link(TEXT, state=state, refusal=REFUSAL)
    after = commanded(OperatorAction.ADOPT, known).links["10001"]
    if state in (LinkState.PLANNED, LinkState.UNLINKED):
        assert after == replace(known, state=LinkState.LINKED, owner=ADOPTED, refusal=None, key_at=LATER)
    else:
        assert after == known


def test_adopt_of_what_nobody_names_is_only_seen() -> None:
    assert commanded(OperatorAction.ADOPT, None).links == {
        "10001": Link(issue=PROJ_1, key_at=LATER, state=LinkState.SEEN, owner=ADOPTED)
    }


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize(("owner", "policy"), [(OURS, OWNED), (ADOPTED, OWNED), (ADOPTED, ANY), (OURS, NEVER)])
def test_rekey_makes_anew_what_the_policy_lets_us(state: LinkState, owner: Owner, policy: UnlinkPolicy) -> None:
    known = link(TEXT, state=state, owner=owner)
    after = commanded(OperatorAction.REKEY, known, policy=policy).links["10001"]
    if known.may_exist and (owner, policy) in ((OURS, OWNED), (ADOPTED, ANY)):
        assert after == replace(known, state=LinkState.REKEYING, key_at=LATER)
    else:
        assert after == known


def test_renumber_forgets_the_id_alone() -> None:
    known = link(TEXT, state=LinkState.LINKED, link_id="77")
    assert commanded(OperatorAction.RENUMBER, known).links["10001"] == replace(known, link_id="")


@pytest.mark.parametrize(
    "action", [OperatorAction.UNLINK, OperatorAction.RELINK, OperatorAction.REKEY, OperatorAction.RENUMBER]
)
def test_there_is_nothing_to_do_for_a_link_that_is_not_known(action: OperatorAction) -> None:
    assert commanded(action, None) == lane()
