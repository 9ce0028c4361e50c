"""Version 2's links by ticket and issue, for callers that hold no ticket's links."""

from dataclasses import dataclass

from linksync.core.issue import Issue
from linksync.outbound import links_v2


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksV2(links_v2.LinksV2):
    """See `links_v2`."""

    def ready(self) -> None:
        """Get credentials, and a token where they need one, before a call is begun."""
        self.zendesk.ready()

    def create(self, *, ticket_id: str, issue: Issue) -> bool:
        """Link them.  True when this call made the link, False when it was there already."""
        return self.of_ticket(ticket_id).create(issue).made

    def delete(self, *, ticket_id: str, issue_id: str) -> bool:
        """Unlink them.  True when this call removed the link, False when there was none."""
        return self.of_ticket(ticket_id).delete(issue_id)
