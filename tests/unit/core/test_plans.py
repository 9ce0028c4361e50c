"""What is done for a link, by its state, its claims, whose it is, what was refused, and what is known of its ticket."""

from dataclasses import replace

import pytest

from linksync.core.commands import (
    Command,
    CreateLink,
    DeleteLink,
    ForgetLink,
    RekeyLink,
    TransferLink,
    UnlinkByHand,
    WithdrawTransfer,
)
from linksync.core.issue import Issue
from linksync.core.lanes import TicketFacts, TicketLane
from linksync.core.links import CallKind, Link, LinkState, Owner, Refusal, UnlinkPolicy
from linksync.core.messages import NoticeKind
from linksync.core.plans import plan

OURS, ADOPTED = Owner.LINKSYNC, Owner.ADOPTED
OWNED, ANY, NEVER = UnlinkPolicy.OWNED, UnlinkPolicy.ANY, UnlinkPolicy.NEVER
NAMED = Link(issue=Issue("10001", "PROJ-1"), key_at=10_000.0, claims=frozenset({"ticket:PROJ-1"}))
S = LinkState
NOT_MADE = (S.PLANNED, S.CREATING, S.DELETING, S.SEEN, S.TRANSFERRED, S.ORPHANED)
OLD_KEY = (S.REKEYING, S.MOVING)
THERE = (S.CREATING, S.LINKED, S.REKEYING, S.MOVING, S.DELETING)
"""States in which there may be a link, but for UNLINKING, which is an operator's wish."""


def planned(link: Link, facts: TicketFacts | None = None, policy: UnlinkPolicy = OWNED) -> Command | None:
    commands = plan(TicketLane(ticket_id="5001", facts=facts or TicketFacts(), links={"10001": link}), policy)
    assert len(commands) <= 1
    return commands[0] if commands else None


def kind(link: Link, facts: TicketFacts | None = None, policy: UnlinkPolicy = OWNED) -> type[Command] | None:
    command = planned(link, facts, policy)
    return None if command is None else type(command)


def in_state(state: LinkState, *, named: bool = True, owner: Owner = OURS, refused: CallKind | None = None) -> Link:
    refusal = Refusal(call=refused, settled=True, reason="restricted", delivery="d0") if refused else None
    return replace(NAMED, state=state, owner=owner, refusal=refusal, claims=NAMED.claims if named else frozenset())


@pytest.mark.parametrize("state", S)
def test_a_link_that_is_wanted(state: LinkState) -> None:
    made = {S.LINKED: None, S.UNLINKED: None, S.UNLINKING: UnlinkByHand, S.REKEYING: RekeyLink, S.MOVING: RekeyLink}
    assert kind(in_state(state)) is made.get(state, CreateLink)


@pytest.mark.parametrize("state", S)
def test_of_a_ticket_that_is_missing_nothing_is_made(state: LinkState) -> None:
    facts = TicketFacts(missing=True)
    assert kind(in_state(state), facts) is (UnlinkByHand if state is S.UNLINKING else None)


@pytest.mark.parametrize("state", NOT_MADE)
def test_a_create_that_was_refused_is_not_planned_again(state: LinkState) -> None:
    assert kind(in_state(state, refused=CallKind.CREATE)) is None
    assert kind(in_state(state, refused=CallKind.DELETE)) is CreateLink


@pytest.mark.parametrize("state", OLD_KEY)
def test_a_delete_that_was_refused_keeps_the_old_key(state: LinkState) -> None:
    assert kind(in_state(state, refused=CallKind.DELETE)) is None
    assert kind(in_state(state, refused=CallKind.CREATE)) is RekeyLink


def test_what_an_operator_unlinks_is_not_removed_against_a_refusal() -> None:
    assert kind(in_state(S.UNLINKING, refused=CallKind.DELETE)) is None
    assert kind(in_state(S.UNLINKING, refused=CallKind.CREATE)) is UnlinkByHand


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize(("owner", "policy"), [(OURS, OWNED), (ADOPTED, OWNED), (ADOPTED, ANY), (OURS, NEVER)])
def test_a_link_that_nobody_wants(state: LinkState, owner: Owner, policy: UnlinkPolicy) -> None:
    ours = (owner, policy) in ((OURS, OWNED), (ADOPTED, ANY))
    unwanted = in_state(state, named=False, owner=owner)
    if state is S.UNLINKING:
        assert kind(unwanted, policy=policy) is UnlinkByHand
    elif state in THERE and ours:
        assert kind(unwanted, policy=policy) is DeleteLink
        assert kind(replace(unwanted, refusal=in_state(state, refused=CallKind.DELETE).refusal), policy=policy) is None
    else:
        assert kind(unwanted, policy=policy) is (None if state is S.SEEN else ForgetLink)


@pytest.mark.parametrize("state", S)
def test_the_links_of_a_deleted_ticket_are_removed_and_their_claims_are_kept(state: LinkState) -> None:
    facts = TicketFacts(deleted=True)
    removal = {S.UNLINKING: UnlinkByHand} | dict.fromkeys(THERE, DeleteLink)
    assert kind(in_state(state), facts) is removal.get(state)
    assert kind(in_state(state), replace(facts, merged_into="5002")) is removal.get(state)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize(("owner", "policy"), [(OURS, OWNED), (ADOPTED, OWNED), (ADOPTED, ANY), (OURS, NEVER)])
def test_a_merged_ticket_hands_its_claims_on(state: LinkState, owner: Owner, policy: UnlinkPolicy) -> None:
    facts, link = TicketFacts(merged_into="5002"), in_state(state, owner=owner)
    unlink = state in THERE and (owner, policy) in ((OURS, OWNED), (ADOPTED, ANY))
    if state is S.UNLINKING:
        assert kind(link, facts, policy) is UnlinkByHand
    elif state in (S.TRANSFERRED, S.UNLINKED):
        assert planned(link, facts, policy) is None
    else:
        assert planned(link, facts, policy) == TransferLink(link, "5002", unlink=unlink)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("owner", [OURS, ADOPTED])
def test_a_merged_ticket_takes_back_what_it_names_no_more(state: LinkState, owner: Owner) -> None:
    facts, link = TicketFacts(merged_into="5002"), in_state(state, named=False, owner=owner)
    match state:
        case S.UNLINKING:
            assert kind(link, facts) is UnlinkByHand
        case S.TRANSFERRED:
            assert planned(link, facts) == WithdrawTransfer(link, "5002", NoticeKind.RELEASED)
        case S.ORPHANED:
            assert planned(link, facts) == WithdrawTransfer(link, "5002", NoticeKind.DELETED)
        case S.SEEN:
            assert planned(link, facts) is None
        case _ if state in THERE and owner is OURS:
            assert kind(link, facts) is DeleteLink
            assert kind(in_state(state, named=False, refused=CallKind.DELETE), facts) is None
        case _:
            assert kind(link, facts) is ForgetLink
