"""Links of Zendesk's Jira integration, version 2.

https://developer.zendesk.com/api-reference/ticketing/jira/jira_links_v2/
"""

from dataclasses import dataclass

from linksync.core.issue import Issue
from linksync.errors import Misconfigured, UpstreamRefused
from linksync.outbound.http_api import Call, HttpApi

_LINKS = "/api/v2/integrations/jira/{external_id}/links"
_LINK = _LINKS + "/ticket/{ticket_id}/issue/{issue_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksV2:
    """The links of the Jira integration named by `external_id`.  Raises Misconfigured when that is empty."""

    zendesk: HttpApi
    external_id: str

    def __post_init__(self) -> None:
        if not self.external_id:
            raise Misconfigured("JiraIntegrationExternalId is required when LinksApiVersion is v2")

    def ready(self) -> None:
        """Get credentials, and a token where they need one, before a call is begun."""
        self.zendesk.authorization()

    def create(self, *, ticket_id: str, issue: Issue) -> bool:
        """Link them.  True when this call made the link (201), False when it was there already (409)."""
        link = {"issue_id": issue.id, "issue_key": issue.key, "ticket_id": ticket_id}
        call = Call(method="POST", path=_LINKS, ids={"external_id": self.external_id}, body={"link": link})
        response = self.zendesk.send(call, accept=frozenset({201, 404, 409}))
        if response.status == 404:
            raise UpstreamRefused(
                f"{response.call} was answered 404: Zendesk has no ticket {ticket_id}, or no Jira integration by this "
                "external_id. Check the ticket and JiraIntegrationExternalId."
            )
        return response.status == 201

    def delete(self, *, ticket_id: str, issue_id: str) -> bool:
        """Unlink them.  True when this call removed the link (204), False when there was none (404)."""
        ids = {"external_id": self.external_id, "ticket_id": ticket_id, "issue_id": issue_id}
        response = self.zendesk.send(Call(method="DELETE", path=_LINK, ids=ids), accept=frozenset({204, 404}))
        return response.status == 204
