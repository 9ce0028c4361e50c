"""What becomes of a link in each state when its issue gets another key."""

from dataclasses import replace

import pytest

from linksync.core.issue import Issue
from linksync.core.links import Link, LinkState, Owner, UnlinkPolicy
from linksync.core.rekeying import following

OLD, NEW = Issue("10001", "PROJ-1"), Issue("10001", "NEW-5")
OWNED, ANY, NEVER = UnlinkPolicy.OWNED, UnlinkPolicy.ANY, UnlinkPolicy.NEVER
OURS, ADOPTED = Owner.LINKSYNC, Owner.ADOPTED
S = LinkState


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize(("owner", "policy"), [(OURS, OWNED), (ADOPTED, OWNED), (ADOPTED, ANY), (OURS, NEVER)])
def test_what_becomes_of_each_state(state: LinkState, owner: Owner, policy: UnlinkPolicy) -> None:
    link = Link(issue=OLD, key_at=10.0, state=state, owner=owner)
    becomes = {S.TRANSFERRED: S.PLANNED}
    if (owner, policy) in ((OURS, OWNED), (ADOPTED, ANY)):
        becomes |= {S.LINKED: S.REKEYING, S.CREATING: S.MOVING, S.DELETING: S.MOVING}
    expected = replace(link, issue=NEW, key_at=11.0, state=becomes.get(state, state))
    assert following(link, NEW, 11.0, policy) == expected


@pytest.mark.parametrize("state", S)
def test_the_same_key_at_a_later_time_moves_the_time_alone(state: LinkState) -> None:
    link = Link(issue=OLD, key_at=10.0, state=state)
    assert following(link, OLD, 11.0, OWNED) == replace(link, key_at=11.0)


@pytest.mark.parametrize("key_at", [10.0, 9.0])
@pytest.mark.parametrize("state", S)
def test_a_key_that_is_no_later_is_not_taken_over(state: LinkState, key_at: float) -> None:
    link = Link(issue=OLD, key_at=10.0, state=state)
    assert following(link, NEW, key_at, OWNED) == link
