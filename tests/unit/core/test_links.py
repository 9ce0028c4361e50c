"""A link by itself: its claims, its texts, whether it may be there, and what was refused."""

from dataclasses import replace

import pytest

from linksync.core.issue import Issue
from linksync.core.links import (
    ISSUE_CLAIM,
    OPERATOR_CLAIM,
    CallKind,
    Link,
    LinkState,
    Owner,
    Refusal,
    UnlinkPolicy,
    merged_claim,
    ticket_claim,
)

REFUSAL = Refusal(call=CallKind.CREATE, reason="restricted", delivery="d0")
TEXT, OTHER_TEXT, MERGED = ticket_claim("PROJ-1"), ticket_claim("OLD-7"), merged_claim("4999")
MAY_EXIST = {"creating", "linked", "rekeying", "moving", "deleting", "unlinking"}


def link(*claims: str, state: LinkState = LinkState.LINKED) -> Link:
    return Link(issue=Issue("10001", "PROJ-1"), claims=frozenset(claims), state=state, refusal=REFUSAL)


@pytest.mark.parametrize(
    ("before", "texts", "after"),
    [
        ((), ("PROJ-1",), {TEXT}),
        ((TEXT,), ("PROJ-1", "OLD-7"), {TEXT, OTHER_TEXT}),
        ((TEXT, OTHER_TEXT, MERGED), ("OLD-7",), {OTHER_TEXT, MERGED}),
        ((ISSUE_CLAIM, OPERATOR_CLAIM, MERGED), (), {ISSUE_CLAIM, OPERATOR_CLAIM, MERGED}),  # it named it never
        ((TEXT, ISSUE_CLAIM, OPERATOR_CLAIM, MERGED), (), {ISSUE_CLAIM, OPERATOR_CLAIM}),
        ((TEXT, MERGED), (), set()),
    ],
)
def test_the_claims_of_a_field(before: tuple[str, ...], texts: tuple[str, ...], after: set[str]) -> None:
    assert link(*before).with_texts(texts).claims == after


@pytest.mark.parametrize("state", LinkState)
def test_a_claim_that_is_gained_forgets_an_earlier_end(state: LinkState) -> None:
    known = link(TEXT, state=state)
    begins_anew = state in (LinkState.UNLINKED, LinkState.SEEN)
    after = replace(
        known,
        claims=frozenset({TEXT, ISSUE_CLAIM}),
        state=LinkState.PLANNED if begins_anew else state,
        refusal=None,
    )
    assert known.with_claims(frozenset({TEXT, ISSUE_CLAIM})) == after
    assert known.with_claims(frozenset({TEXT})) == known
    assert known.with_claims(frozenset()) == replace(known, claims=frozenset())


@pytest.mark.parametrize("state", LinkState)
def test_in_which_states_there_may_be_a_link(state: LinkState) -> None:
    assert link(state=state).may_exist is (state.value in MAY_EXIST)


def test_what_claims_tell() -> None:
    claimed = link(TEXT, OTHER_TEXT, ISSUE_CLAIM, MERGED, merged_claim("4000"))
    assert (claimed.texts, claimed.merged_tickets) == ({"PROJ-1", "OLD-7"}, ["4000", "4999"])


@pytest.mark.parametrize(
    ("refusal", "create", "delete"),
    [
        (None, False, False),
        (REFUSAL, True, False),
        (replace(REFUSAL, call=CallKind.DELETE), False, True),
        (replace(REFUSAL, settled=False), False, False),
    ],
)
def test_what_was_refused_for_good(refusal: Refusal | None, create: bool, delete: bool) -> None:
    known = replace(link(), refusal=refusal)
    assert (known.refused(CallKind.CREATE), known.refused(CallKind.DELETE)) == (create, delete)
    assert known.retried() == replace(known, refusal=None)


@pytest.mark.parametrize(
    ("policy", "ours", "somebodys"),
    [(UnlinkPolicy.OWNED, True, False), (UnlinkPolicy.ANY, True, True), (UnlinkPolicy.NEVER, False, False)],
)
def test_what_may_be_deleted(policy: UnlinkPolicy, ours: bool, somebodys: bool) -> None:
    assert (policy.allows(Owner.LINKSYNC), policy.allows(Owner.ADOPTED)) == (ours, somebodys)


def test_a_link_of_which_nothing_is_known_is_ours_to_make() -> None:
    fresh = Link(issue=Issue("10001", "PROJ-1"))
    assert fresh == Link(
        issue=fresh.issue,
        key_at=0.0,
        claims=frozenset(),
        state=LinkState.PLANNED,
        owner=Owner.LINKSYNC,
        call_begun_at=None,
        refusal=None,
        link_id="",
    )
