"""What the links must be once all is quiet, told by the fields alone and by no code of linksync's."""

from linksync.core.links import UnlinkPolicy
from tests.simulation.simulated_stack import SimulatedStack
from tests.simulation.vendors import Pair


def wanted(world: SimulatedStack) -> set[Pair]:
    """The pairs that a ticket's field or an issue's field names."""
    pairs: set[Pair] = set()
    for ticket_id, keys in world.zendesk.fields.items():
        ids = {world.jira.known_as.get(key) for key in keys}
        pairs |= {(ticket_id, issue_id) for issue_id in ids if issue_id in world.jira.keys}
    for issue_id, ticket_ids in world.jira.fields.items():
        pairs |= {(ticket_id, issue_id) for ticket_id in ticket_ids}
    return {(_heir(world, ticket_id), issue_id) for ticket_id, issue_id in pairs if _lives(world, ticket_id)}


def undecided(world: SimulatedStack) -> set[Pair]:
    """Pairs on which two right histories end differently.

    Those whose hand-made link met an attempt of ours without an answer; and those that a merge's target no longer
    names itself: whether it withdrew them before or after the merge depends on what arrived first.
    """
    heirs = {_heir(world, ticket_id) for ticket_id in world.merged}
    return world.ambiguous | {pair for pair in world.withdrawn if pair[0] in heirs}


def divergences(world: SimulatedStack) -> list[str]:
    """What is wrong, in words; empty when all is right."""
    links, open_pairs = world.zendesk.links, undecided(world)
    right = wanted(world)
    found = [f"not linked: {pair}" for pair in right - set(links) - open_pairs]
    found += _wrongly_kept_or_deleted(world, right, open_pairs)
    found += ["came again too soon"] * world.hasty
    found += ["lost"] * lost(world)
    found += [f"in the dead-letter queue: {reason}" for _, reason in world.queue.dead]
    return found


def _wrongly_kept_or_deleted(world: SimulatedStack, right: set[Pair], open_pairs: set[Pair]) -> list[str]:
    links, by_hand = world.zendesk.links, world.zendesk.by_hand
    if world.policy is UnlinkPolicy.NEVER:
        return [f"deleted, which is never allowed: {pair}" for pair in world.zendesk.deleted]
    found = [f"linked without a claim: {pair}" for pair in set(links) - right - by_hand - open_pairs]
    found += [f"old key at {pair}: {key}" for pair, key in links.items() if _has_old_key(world, pair, key)]
    if world.policy is UnlinkPolicy.OWNED:
        found += [f"hand-made link deleted: {pair}" for pair in (world.zendesk.deleted & by_hand) - open_pairs]
    return found


def lost(world: SimulatedStack) -> int:
    """How many messages are neither done nor with an operator."""
    return world.queue.sent - world.queue.done


def _has_old_key(world: SimulatedStack, pair: Pair, key: str) -> bool:
    # A hand-made link is not ours to re-key.
    return pair not in world.zendesk.by_hand and world.jira.keys.get(pair[1], key) != key


def _heir(world: SimulatedStack, ticket_id: str) -> str:
    while ticket_id in world.merged:
        ticket_id = world.merged[ticket_id]
    return ticket_id


def _lives(world: SimulatedStack, ticket_id: str) -> bool:
    return _heir(world, ticket_id) in world.zendesk.fields and ticket_id in world.zendesk.fields
