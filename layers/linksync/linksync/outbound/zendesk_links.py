"""Links of Zendesk's Jira integration, version 2.

https://developer.zendesk.com/api-reference/ticketing/jira/jira_links_v2/
"""

from collections.abc import Mapping
from dataclasses import dataclass

from linksync.core.issue import Issue
from linksync.errors import Misconfigured, UpstreamRefused
from linksync.outbound.deadline import SECONDS_A_CALL, within
from linksync.outbound.http_api import Call, HttpApi

_LINKS = "/api/v2/integrations/jira/{external_id}/links"
_LINK = _LINKS + "/ticket/{ticket_id}/issue/{issue_id}"
_NOT_THERE = "NotFound"


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
        """Link them.  True when this call made the link (201), False when it was there already.

        Only a 409 `LinkAlreadyExists` tells that it was: any other 409 is a conflict in Zendesk, and tried again.
        """
        link = {"issue_id": issue.id, "issue_key": issue.key, "ticket_id": ticket_id}
        call = Call(method="POST", path=_LINKS, ids={"external_id": self.external_id}, body={"link": link})
        response = self.zendesk.send(call, accept=frozenset({201, 404, 409}))
        match response.status, response.code:
            case 201, _:
                return True
            case 409, "LinkAlreadyExists":
                return False
            case 404, code if code:
                raise UpstreamRefused(
                    f"{response.call} was answered 404 ({code}): Zendesk has no ticket {ticket_id}, or no Jira "
                    "integration by this external_id. Check the ticket and JiraIntegrationExternalId."
                )
        raise response.unavailable("which tells neither that the link is there nor that it cannot be")

    def delete(self, *, ticket_id: str, issue_id: str) -> bool:
        """Unlink them.  True when this call removed the link (204), False when there was none.

        The API's own 404 tells that there was none.  Any other 404 is checked by a look at the link: while that is
        there, or cannot be told, UpstreamUnavailable is raised.
        """
        ids = {"external_id": self.external_id, "ticket_id": ticket_id, "issue_id": issue_id}
        with within(SECONDS_A_CALL):
            response = self.zendesk.send(Call(method="DELETE", path=_LINK, ids=ids), accept=frozenset({204, 404}))
            if response.status == 204:
                return True
            if response.code != _NOT_THERE:
                self._require_absent(ids)
        return False

    def _require_absent(self, ids: Mapping[str, str]) -> None:
        response = self.zendesk.send(Call(method="GET", path=_LINK, ids=ids), accept=frozenset({200, 404}))
        if response.status == 200 or response.code != _NOT_THERE:
            raise response.unavailable("after a delete that was answered 404 by something other than its API")
