"""What becomes of a link when its issue gets another key."""

from dataclasses import replace

from linksync.core.issue import Issue
from linksync.core.links import Link, LinkState, UnlinkPolicy

# Only of a link that was made for sure does its absence tell that somebody removed it.
_REKEYED = {
    LinkState.LINKED: LinkState.REKEYING,
    LinkState.CREATING: LinkState.MOVING,
    LinkState.DELETING: LinkState.MOVING,
}


def following(link: Link, issue: Issue, key_at: float, policy: UnlinkPolicy) -> Link:
    """The link as it must be when its issue bore this key at `key_at`, unless a later key is known."""
    if key_at <= link.key_at:
        return link
    state = link.state
    if issue.key != link.issue.key:
        if link.may_exist and policy.allows(link.owner):  # a link that we may not delete keeps its old key at Zendesk
            state = _REKEYED.get(state, state)
        if state is LinkState.TRANSFERRED:
            state = LinkState.PLANNED  # to be transferred again, under the new key
    return replace(link, issue=issue, key_at=key_at, state=state)
