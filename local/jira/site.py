"""The simulated Jira: issues, bulk fetch, Basic and OAuth credentials.

Beside Jira's own paths there is one to play with, marked "invented": moving an issue has no REST path of its own.
"""

import hmac
from collections.abc import Iterable
from typing import Any

from local.http.credentials import Accounts, basic, bearer
from local.http.messages import BadJson, Handler, HttpRequest, Reply
from local.http.server import Site
from local.jira.issues import IssueStore, NoSuchIssue, SimulatedIssue

EMAIL, API_TOKEN = "bot@acme.example", "jira-api-token-of-the-laptop-world"
CLIENT_ID, CLIENT_SECRET = "jira-client-of-the-laptop-world", "jira-client-secret-of-the-laptop-world"
TOKEN_SECONDS = 3600
MOST_IN_BULK = 100
UNKNOWN = "Issue does not exist or you do not have permission to see it."
NOT_FOUND = Reply(404, {"errorMessages": [UNKNOWN], "errors": {}})
UNAUTHORIZED = Reply(401, "Client must be authenticated to access this resource.")
API = r"(?:/ex/jira/[^/]+)?/rest/api/3"
ISSUE = API + r"/issue/([^/]+)"


class Jira(Site):
    """One Jira site.  `issues` is its state, to be edited and read in-process.

    A caller with bad Basic credentials is taken for an anonymous one, who sees no issue: it reads 404, not 401.
    """

    def __init__(self, field_ids: Iterable[str] = ()) -> None:
        super().__init__()
        self.issues = IssueStore(tuple(field_ids))
        self.accounts = Accounts(clients={CLIENT_ID: CLIENT_SECRET}, api_tokens={EMAIL: API_TOKEN})

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Jira's paths, then the invented one."""
        return [
            ("POST", "/oauth/token", self._issue_token),
            ("GET", API + "/myself", self._myself),
            ("POST", API + "/issue/bulkfetch", self._bulk_fetch),
            ("POST", API + "/issue", self._create),
            ("GET", ISSUE, self._show),
            ("PUT", ISSUE, self._edit),
            ("DELETE", ISSUE, self._delete),
            ("POST", r"/_invented/issue/([^/]+)/move_to/([^/]+)", self._move),
        ]

    def guard(self, request: HttpRequest, handler: Handler) -> Reply:
        """Refuses bad bearer tokens; anonymous callers go on to the handlers, and see nothing there."""
        token = bearer(request)
        if token is not None and self.accounts.tokens.grant(token) is None:
            return Reply(401, {"code": 401, "message": "Unauthorized"})
        if handler in (self._create, self._edit, self._delete) and not self._known(request):
            return UNAUTHORIZED
        try:
            return handler(request)
        except NoSuchIssue:
            return NOT_FOUND
        except (BadJson, KeyError, TypeError, ValueError):
            return Reply(400, {"errorMessages": ["Invalid request payload. Refer to the REST API documentation."]})

    def _known(self, request: HttpRequest) -> bool:
        user = basic(request)
        if user is None:
            return bearer(request) is not None
        token = self.accounts.api_tokens.get(user[0], "")
        return bool(token) and hmac.compare_digest(token.encode(), user[1].encode())

    def _issue_token(self, request: HttpRequest) -> Reply:
        asked = request.json()
        if asked.get("grant_type") != "client_credentials":
            return Reply(400, {"error": "unsupported_grant_type"})
        secret = self.accounts.clients.get(str(asked.get("client_id")))
        if secret is None or secret != asked.get("client_secret"):
            return Reply(401, {"error": "access_denied", "error_description": "Unauthorized"})
        token = self.accounts.tokens.issue(TOKEN_SECONDS)
        return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    def _myself(self, request: HttpRequest) -> Reply:
        if not self._known(request):
            return UNAUTHORIZED
        return Reply(200, {"accountId": "5b10a2844c20165700ede21g", "emailAddress": EMAIL, "active": True})

    def _bulk_fetch(self, request: HttpRequest) -> Reply:
        asked = request.json()
        wanted = [str(one) for one in asked["issueIdsOrKeys"]]
        if not 1 <= len(wanted) <= MOST_IN_BULK:
            return Reply(400, {"errorMessages": [f"Between 1 and {MOST_IN_BULK} issues can be fetched."], "errors": {}})
        found: dict[str, SimulatedIssue] = {}
        errors = []
        for one in wanted:
            try:
                issue = self._seen(request, one)
                found[issue.id] = issue
            except NoSuchIssue:
                errors.append({"id": one, "errorMessage": UNKNOWN})
        names = ",".join(asked.get("fields", ["*all"]))
        issues = [self._shown(found[number], names) for number in sorted(found, key=int)]
        return Reply(200, {"expand": "names,schema", "issues": issues, "issueErrors": errors})

    def _show(self, request: HttpRequest) -> Reply:
        return Reply(200, self._shown(self._seen(request, request.args[0]), request.query.get("fields", "*all")))

    def _create(self, request: HttpRequest) -> Reply:
        fields = request.json()["fields"]
        issue = self.issues.create(fields.pop("project")["key"], fields)
        return Reply(201, {"id": issue.id, "key": issue.key, "self": self._address(issue)})

    def _edit(self, request: HttpRequest) -> Reply:
        self.issues.edit(request.args[0], request.json()["fields"])
        return Reply(204)

    def _delete(self, request: HttpRequest) -> Reply:
        self.issues.delete(request.args[0])
        return Reply(204)

    def _move(self, request: HttpRequest) -> Reply:
        issue = self.issues.move(request.args[0], request.args[1])
        return Reply(200, {"id": issue.id, "key": issue.key, "self": self._address(issue)})

    def _seen(self, request: HttpRequest, id_or_key: str) -> SimulatedIssue:
        if not self._known(request):
            raise NoSuchIssue(id_or_key)
        return self.issues.get(id_or_key)

    def _shown(self, issue: SimulatedIssue, names: str) -> dict[str, Any]:
        wanted = [name for name in names.split(",") if name]
        everything = "*all" in wanted or "*navigable" in wanted
        fields = {name: value for name, value in issue.fields.items() if everything or name in wanted}
        return {"expand": "", "id": issue.id, "self": self._address(issue), "key": issue.key, "fields": fields}

    def _address(self, issue: SimulatedIssue) -> str:
        return f"{self.url}/rest/api/3/issue/{issue.id}"
