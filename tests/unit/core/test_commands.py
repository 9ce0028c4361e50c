"""What a command leaves in its link's record: before its call, after it, and when it is refused."""

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
    begun,
    created,
    deleted,
    intended,
    refused,
    unlinked_by_hand,
)
from linksync.core.issue import Issue
from linksync.core.links import CallKind, Link, LinkState, Owner, Refusal
from linksync.core.messages import NoticeKind

AT = 10_000.0
REFUSAL = Refusal(call=CallKind.CREATE, reason="restricted", delivery="d0")
LINK = Link(issue=Issue("10001", "PROJ-1"), key_at=AT, claims=frozenset({"issue"}), refusal=REFUSAL, link_id="7")
UNNAMED = replace(LINK, claims=frozenset())
MAY_EXIST = ("creating", "linked", "rekeying", "moving", "deleting", "unlinking")


@pytest.mark.parametrize(
    ("command", "calls"),
    [
        (CreateLink(LINK), True),
        (DeleteLink(LINK), True),
        (RekeyLink(LINK), True),
        (UnlinkByHand(LINK), True),
        (TransferLink(LINK, "5002", unlink=True), True),
        (TransferLink(LINK, "5002", unlink=False), False),
        (WithdrawTransfer(LINK, "5002", NoticeKind.RELEASED), False),
        (ForgetLink(LINK), False),
    ],
)
def test_the_first_call_for_a_link_leaves_its_time(command: Command, calls: bool) -> None:
    assert begun(command, at=AT) == (replace(command, link=replace(LINK, call_begun_at=AT)) if calls else command)
    before = replace(command, link=replace(LINK, call_begun_at=AT - 5))
    assert begun(before, at=AT) == before


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (CreateLink(LINK), LinkState.CREATING),
        (DeleteLink(LINK), LinkState.DELETING),
        (RekeyLink(LINK), LinkState.MOVING),
        (UnlinkByHand(LINK), LINK.state),
        (TransferLink(LINK, "5002", unlink=True), LINK.state),
        (ForgetLink(LINK), LINK.state),
    ],
)
def test_the_intent_of_a_call(command: Command, state: LinkState) -> None:
    assert intended(command) == replace(LINK, state=state)


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("owner", Owner)
def test_a_link_that_was_made_is_ours_and_one_that_was_there_is_whose_it_was(state: LinkState, owner: Owner) -> None:
    link = replace(LINK, state=state, owner=owner)
    linked = replace(link, state=LinkState.LINKED, refusal=None, link_id="9")
    assert created(link, made=True, link_id="9") == replace(linked, owner=Owner.LINKSYNC)
    known = state.value in MAY_EXIST
    assert created(link, made=False, link_id="9") == replace(linked, owner=owner if known else Owner.ADOPTED)


def test_what_is_left_after_a_delete() -> None:
    assert deleted(UNNAMED) is None
    assert deleted(replace(LINK, state=LinkState.DELETING)) == replace(LINK, state=LinkState.PLANNED, refusal=None)


def test_what_is_left_after_somebody_removed_it() -> None:
    assert unlinked_by_hand(UNNAMED) is None
    left = replace(LINK, state=LinkState.UNLINKED, owner=Owner.ADOPTED, refusal=None)
    assert unlinked_by_hand(replace(LINK, state=LinkState.LINKED)) == left


@pytest.mark.parametrize("call", CallKind)
def test_a_refused_call_is_remembered_with_what_met_it(call: CallKind) -> None:
    met = Refusal(call=call, reason="the ticket is closed", delivery="d1", settled=True)
    assert refused(LINK, call, reason="the ticket is closed", delivery="d1") == replace(LINK, refusal=met)
    passing = refused(LINK, call, reason="", delivery="d1", settled=False)
    assert not passing.refused(call)
    assert [refused(LINK, call, reason="", delivery="d1").refused(kind) for kind in CallKind] == [
        kind is call for kind in CallKind
    ]
