"""What the links must be once all is quiet, told by what people wrote and what Zendesk saw.

Nothing of linksync's own state is looked at.
"""

from linksync.core.links import UnlinkPolicy
from linksync.store.dead_letters import Letter
from tests.simulation.fault_kinds import Fault
from tests.simulation.installation import Installation
from tests.simulation.link_witness import Pair

OPERATORS = frozenset({Fault.CREDENTIALS_REVOKED, Fault.LINKS_SWITCHED_OFF, Fault.HIDDEN_ISSUE})
"""Faults that are an operator's to mend: those that answer 401 or 403."""

LEAST_CRASHES = 4
"""A message is given up as one that crashes after no fewer killed runs of its own."""


def wanted(installation: Installation) -> set[Pair]:
    """The pairs that a ticket's field or an issue's field names."""
    people = installation.people
    pairs = _named_by_tickets(installation)
    for issue_id, ticket_ids in people.issue_refs.items():
        pairs |= {(ticket_id, issue_id) for ticket_id in ticket_ids}
    return {
        (people.heir(ticket_id), issue_id)
        for ticket_id, issue_id in pairs
        if _lives(installation, ticket_id) and installation.counts(people.keys.get(issue_id, ""))
    }


def _named_by_tickets(installation: Installation) -> set[Pair]:
    people = installation.people
    named = {
        (ticket_id, people.known_as[key])
        for ticket_id, keys in people.ticket_refs.items()
        for key in keys
        if key in people.known_as
    }
    return {pair for pair in named if pair[1] in people.keys}


def undecided(installation: Installation) -> set[Pair]:
    """Pairs on which two right histories end differently.

    Those of which nobody can tell whose the link is; those whose link a person removed; those that a merge's target no
    longer names itself (whether it withdrew them before or after the merge depends on what arrived first); those of an
    issue that could not be read for a while, where no reconciler looks again, or of a ticket in the bin; and, with
    `ProjectKeys`, those of a ticket's text whose issue was outside the list at some time: nobody tells the ticket.
    """
    people, witness = installation.people, installation.witness
    heirs = {people.heir(ticket_id) for ticket_id in people.merged}
    every = wanted(installation) | set(installation.zendesk.pairs())
    outside = {issue_id for issue_id, keys in people.keys_of.items() if not all(map(installation.counts, keys))}
    return (
        witness.ambiguous
        | witness.removed_by_hand
        | witness.touched_by_hand
        | installation.zendesk.refuses
        | {pair for pair in people.withdrawn if pair[0] in heirs}
        | {pair for pair in every if pair[0] in people.binned}
        | {pair for pair in every if pair[1] in people.unread and not installation.reconciler.runs}
        | {(people.heir(ticket), issue) for ticket, issue in _named_by_tickets(installation) if issue in outside}
    )


def divergences(installation: Installation) -> list[str]:
    """What is wrong, in words; empty when all is right."""
    links, right, unsure = installation.zendesk.pairs(), wanted(installation), undecided(installation)
    found = [*installation.wrongs, *installation.network.wrongs, *installation.witness.wrongs]
    found += [f"not linked: {pair}" for pair in sorted(right - set(links) - unsure)]
    if installation.policy is not UnlinkPolicy.NEVER:
        left = set(links) - right - installation.witness.by_hand - unsure
        found += [f"linked without a claim: {pair}" for pair in sorted(left)]
        found += [
            f"old key at {pair}: {links[pair]}" for pair in sorted(set(links) - unsure) if _old(installation, pair)
        ]
    found += [f"vanished: {lost(installation)} messages"] * bool(lost(installation))
    return found + unexplained(installation)


def lost(installation: Installation) -> int:
    """How many messages are neither worked on nor with an operator."""
    waiting = sum(len(messages) for messages in installation.sqs.events.lanes.values())
    return waiting + installation.sqs.expired


def unexplained(installation: Installation) -> list[str]:
    """Dead letters that no operator's fault explains."""
    letters = installation.letters()
    return [f"dead letter: {one.reason}: {one.advice}" for one in letters if not _explained(installation, one)]


def _explained(installation: Installation, letter: Letter) -> bool:
    match letter.reason:
        case "forbidden":
            return any(installation.injector.counts[fault] for fault in OPERATORS)
        case "receive_limit":
            return bool(installation.injector.counts[Fault.RECEIVE_LIMIT])
        case "refused":
            return bool(installation.zendesk.refusals)
        case "crash":
            return installation.kills[letter.body] >= LEAST_CRASHES
    return False


def _old(installation: Installation, pair: Pair) -> bool:
    """Whether a link of ours still bears a key that its issue has not any more."""
    key = installation.zendesk.pairs()[pair]
    by_hand = pair in installation.witness.by_hand
    return not by_hand and installation.people.keys.get(pair[1], key) != key


def _lives(installation: Installation, ticket_id: str) -> bool:
    people = installation.people
    return people.heir(ticket_id) in people.ticket_refs and ticket_id in people.ticket_refs
