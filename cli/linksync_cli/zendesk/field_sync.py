"""Whether Zendesk's Jira app writes a ticket field by its field sync: as a source it would echo our own links.

Version 1 of the app can write the keys of all linked issues into a field of any name, so its name does not tell.  What
the app writes it writes as a user of its own, named "Jira Integration".
https://support.zendesk.com/hc/en-us/articles/4408825394458
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/
"""

from linksync_cli.zendesk.reads import ZendeskReads

_APP_USER = "jira integration"
_LOOKED_AT = 3
"""Tickets that were linked in the app last."""


def is_synced(reads: ZendeskReads, field_id: str) -> bool:
    """Whether the app was seen to write the field of a ticket that somebody linked."""
    authors: set[str] = set()
    for ticket_id in reads.escalated_tickets(_LOOKED_AT):
        authors |= reads.authors_of(ticket_id, field_id)
    return any(reads.user_name(author).strip().casefold() == _APP_USER for author in sorted(authors))
