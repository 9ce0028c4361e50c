"""What a client asks first: who it is, which site this is, which projects there are.

Follows https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/, …-server-info/, …-projects/ and
what `/_edge/tenant_info` was seen to answer.
"""

from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.jira.access import ACCOUNT_ID, EMAIL, UNAUTHORIZED, Access
from local.jira.issue_json import IssueJson
from local.jira.issues import IssueStore
from local.jira.paths import API, GATEWAY

NO_PROJECT = "No project could be found with key '{}'."


class AboutApi:
    """The caller, the site and its projects.  Keys in `service_projects` are service projects."""

    def __init__(self, issues: IssueStore, access: Access, base_url: str) -> None:
        self.service_projects: set[str] = set()
        self.json = IssueJson(base_url, self.project)
        self._base_url = base_url
        self._issues = issues
        self._access = access

    def routes(self) -> list[Route]:
        """The documented paths."""
        return [
            ("GET", API + "/myself", self._myself),
            ("GET", API + "/mypermissions", self._permissions),
            ("GET", API + "/serverInfo", self._server_info),
            ("GET", GATEWAY + "/_edge/tenant_info", self._tenant),
            ("GET", API + "/project/search", self._projects),
            ("GET", API + "/project/([^/]+)", self._project),
            ("GET", "/oauth/token/accessible-resources", self._resources),
        ]

    def project(self, key: str) -> dict[str, Any]:
        """A project's object."""
        number = self._issues.projects()[key]
        kind = "service_desk" if key in self.service_projects else "software"
        address = f"{self._base_url}/rest/api/3/project/{number}"
        return {"self": address, "id": number, "key": key, "name": f"Project {key}", "projectTypeKey": kind}

    def _myself(self, request: HttpRequest) -> Reply:
        if not self._access.known(request):
            return UNAUTHORIZED
        zone = str(self.json.zone)
        return Reply(200, {"accountId": ACCOUNT_ID, "accountType": "atlassian", "emailAddress": EMAIL,
                           "displayName": "Agent One", "active": True, "timeZone": zone})  # fmt: skip

    def _permissions(self, request: HttpRequest) -> Reply:
        names = [one for one in request.query.get("permissions", "").split(",") if one]
        has = {"ADMINISTER": self._access.admin and self._access.known(request)}
        known = self._access.known(request)
        return Reply(
            200, {"permissions": {name: {"key": name, "havePermission": has.get(name, known)} for name in names}}
        )

    def _server_info(self, _request: HttpRequest) -> Reply:
        return Reply(
            200,
            {
                "baseUrl": self._base_url,
                "version": "1001.0.0-SNAPSHOT",
                "versionNumbers": [1001, 0, 0],
                "deploymentType": "Cloud",
                "buildNumber": 100290,
                "serverTime": self.json.stamp(self._issues.clock()),
                "serverTitle": "Jira",
            },
        )

    def _tenant(self, _request: HttpRequest) -> Reply:
        return Reply(200, {"cloudId": self._access.cloud_id})

    def _projects(self, request: HttpRequest) -> Reply:
        keys = list(self._issues.projects()) if self._access.known(request) else []
        values = [self.project(key) for key in keys]
        return Reply(200, {"maxResults": 50, "startAt": 0, "total": len(values), "isLast": True, "values": values})

    def _project(self, request: HttpRequest) -> Reply:
        key = self._issues.project_key(request.args[1])
        if not key or not self._access.known(request):
            return Reply(404, {"errorMessages": [NO_PROJECT.format(request.args[1])], "errors": {}})
        return Reply(200, self.project(key))

    def _resources(self, request: HttpRequest) -> Reply:
        if not self._access.known(request):
            return UNAUTHORIZED
        return Reply(
            200, [{"id": self._access.cloud_id, "url": self._base_url, "name": "acme", "scopes": ["read:jira-work"]}]
        )
