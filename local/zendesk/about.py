"""What a client asks first: who it is, and which Jira connections there are.

`users/me` follows https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self and what was observed:
without good credentials it answers 200 for "Anonymous user".  The list of connections is undocumented; two public
code bases call it.
"""

from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.zendesk.access import EMAIL, Access
from local.zendesk.paths import JSON
from local.zendesk.replies import NOT_FOUND
from local.zendesk.ticket import ADMIN_ID, APP_USER_ID


class AboutApi:
    """The caller, and the account's connections.

    `connections` are what the undocumented list shows; `connections_listed` false makes it 404, as elsewhere.
    """

    def __init__(self, access: Access, external_id: str) -> None:
        self.base_url = ""
        self.connections: list[dict[str, Any]] = [connection(external_id)]
        self.connections_listed = True
        self._access = access

    def routes(self) -> list[Route]:
        """Three small paths."""
        return [
            ("GET", r"/api/v2/users/me" + JSON, self._me),
            ("GET", r"/api/v2/users/(\d+)" + JSON, self._user),
            ("GET", r"/api/v2/integrations/jira", self._connections),
        ]

    def _me(self, request: HttpRequest) -> Reply:
        if not self._access.known(request):
            return Reply(200, {"user": {**self._shown(), "id": None, "name": "Anonymous user", "email": None,
                                        "role": "end-user", "url": ""}})  # fmt: skip
        return Reply(200, {"user": self._shown()})

    def _user(self, request: HttpRequest) -> Reply:
        if (number := int(request.args[0])) == APP_USER_ID:
            own = {"id": number, "name": "Jira Integration", "email": "jira-integration@acme.example"}
            return Reply(200, {"user": {**self._shown(), **own}})
        return Reply(200, {"user": self._shown()}) if number == ADMIN_ID else NOT_FOUND

    def _shown(self) -> dict[str, Any]:
        return {
            "id": ADMIN_ID,
            "url": f"{self.base_url}/api/v2/users/{ADMIN_ID}.json",
            "name": "Ada Admin",
            "email": EMAIL,
            "time_zone": "UTC",
            "locale": "en-US",
            "role": self._access.role,
            "role_type": 4 if self._access.role == "admin" else 0,
            "active": True,
            "suspended": False,
            "tags": [],
            "user_fields": {},
        }

    def _connections(self, _request: HttpRequest) -> Reply:
        if not self.connections_listed:
            return Reply(404, {"error": "InvalidEndpoint", "description": "Not found"})
        return Reply(200, {"integrations": self.connections})


def connection(external_id: str, name: str = "acme", *, deployment: str = "Cloud") -> dict[str, Any]:
    """A connection to one Jira site; its external id is the site's cloud id."""
    metadata = {"deployment_type": deployment, "base_url": f"https://{name}.atlassian.net"}
    return {"external_id": external_id, "name": name, "status": "active", "metadata": metadata}
