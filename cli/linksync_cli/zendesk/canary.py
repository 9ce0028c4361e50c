"""Which version of the Links API people's own links are in, by a look at tickets that they linked.

A 200 does not tell which version is in use: the one that an account left may go on answering.  Whoever links a ticket
in Zendesk's Jira app leaves a tag on it, so the latest of these tickets are looked for in both versions.
"""

from dataclasses import dataclass

from linksync_cli.zendesk.reads import ZendeskReads

_TICKETS = 5


@dataclass(frozen=True, slots=True)
class CanaryTicket:
    """A ticket whose links one version lists, and the other does not."""

    version: str
    ticket_id: str


def canary(reads: ZendeskReads, *, external_id: str) -> CanaryTicket | None:
    """The latest ticket that tells the versions apart; None where none does.  Two calls a ticket at most."""
    for ticket_id in reads.escalated_tickets(_TICKETS):
        listed = [version for version in ("v1", "v2") if reads.lists_links(version, ticket_id, external_id)]
        if len(listed) == 1:
            return CanaryTicket(listed[0], ticket_id)
    return None
