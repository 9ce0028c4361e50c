"""Jira's Issues API: show, create, edit, delete, bulk fetch, comments.

Follows https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/ and …/api-group-issue-comments/.
Beside Jira's own paths there is one to play with, marked "invented": moving an issue has no REST path of its own.
"""

from collections.abc import Callable
from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.jira.access import Access
from local.jira.fields import FieldsApi
from local.jira.issue import NoSuchIssue, SimulatedIssue, as_text
from local.jira.issue_json import IssueJson
from local.jira.issues import IssueStore
from local.jira.paths import API, is_v3

MOST_IN_BULK = 100
MOST_IN_BULK_OF_FEW_FIELDS = 1000
UNKNOWN = "Issue does not exist or you do not have permission to see it."
ISSUE = API + r"/issue/([^/]+)"


class IssuesApi:
    """The handlers over an `IssueStore`."""

    def __init__(self, issues: IssueStore, fields: FieldsApi, access: Access, json: IssueJson) -> None:
        self._issues = issues
        self._fields = fields
        self._access = access
        self._json = json

    def routes(self) -> list[Route]:
        """Jira's paths, then the invented one."""
        return [
            ("POST", API + "/issue/bulkfetch", self._bulk_fetch),
            ("POST", API + "/issue", self._for_writers(self._create)),
            ("GET", ISSUE, self._show),
            ("PUT", ISSUE, self._for_writers(self._edit)),
            ("DELETE", ISSUE, self._for_writers(self._delete)),
            ("GET", ISSUE + "/comment", self._comments),
            ("POST", ISSUE + "/comment", self._for_writers(self._comment)),
            ("POST", r"/_invented/issue/([^/]+)/move_to/([^/]+)", self._move),
        ]

    def visible(self, request: HttpRequest, id_or_key: str) -> SimulatedIssue:
        """The issue, if the caller may see it.  Raises NoSuchIssue."""
        issue = self._issues.get(id_or_key)
        if not self._access.known(request) or issue.id in self._issues.hidden:
            raise NoSuchIssue(id_or_key)
        return issue

    def _bulk_fetch(self, request: HttpRequest) -> Reply:
        asked = request.json()
        wanted, names = [str(one) for one in asked["issueIdsOrKeys"]], list(asked.get("fields", ["*all"]))
        most = MOST_IN_BULK if any(name.startswith("*") for name in names) else MOST_IN_BULK_OF_FEW_FIELDS
        if not 1 <= len(wanted) <= most:
            return Reply(400, {"errorMessages": [f"Between 1 and {most} issues can be fetched."], "errors": {}})
        found: dict[str, SimulatedIssue] = {}
        errors = []
        for one in wanted:
            try:
                issue = self.visible(request, one)
                found[issue.id] = issue
            except NoSuchIssue:
                errors.append({"id": one, "errorMessage": UNKNOWN})
        v3 = is_v3(request.args[0])
        issues = [self._json.shown(found[number], names, v3=v3) for number in sorted(found, key=int)]
        return Reply(200, {"expand": "names,schema", "issues": issues, "issueErrors": errors})

    def _show(self, request: HttpRequest) -> Reply:
        issue = self.visible(request, request.args[1])
        names = request.values("fields") or ["*all"]
        return Reply(200, self._json.shown(issue, names, v3=is_v3(request.args[0])))

    def _create(self, request: HttpRequest) -> Reply:
        fields = dict(request.json()["fields"])
        named = fields.pop("project")
        project = self._issues.project_key(str(named.get("key") or named.get("id") or ""))
        fields.pop("issuetype", None)
        errors = self._fields.errors(fields, request.args[0])
        if errors or not project:
            return _invalid(errors or {"project": "Specify a valid project ID or key"})
        issue = self._issues.create(project, self._fields.stored(fields))
        return Reply(201, self._named(issue))

    def _edit(self, request: HttpRequest) -> Reply:
        issue = self.visible(request, request.args[1])
        asked = request.json()
        fields = dict(asked.get("fields") or {}) | _updates(asked.get("update") or {}, issue)
        if errors := self._fields.errors(fields, request.args[0]):
            return _invalid(errors)
        self._issues.edit(issue.id, self._fields.stored(fields))
        return Reply(204)

    def _delete(self, request: HttpRequest) -> Reply:
        self._issues.delete(self.visible(request, request.args[1]).id)
        return Reply(204)

    def _comments(self, request: HttpRequest) -> Reply:
        issue, v3 = self.visible(request, request.args[1]), is_v3(request.args[0])
        expand = request.query.get("expand", "")
        rows = [self._json.comment(issue, one, v3=v3, expand=expand) for one in issue.comments]
        return Reply(200, {"startAt": 0, "maxResults": 5000, "total": len(rows), "comments": rows})

    def _comment(self, request: HttpRequest) -> Reply:
        issue, asked, v3 = self.visible(request, request.args[1]), request.json(), is_v3(request.args[0])
        body = asked["body"]
        if v3 != isinstance(body, dict):
            return _invalid({"comment": "Comment body is not valid!"})
        comment = self._issues.comment(issue.id, as_text(body), asked.get("properties") or ())
        return Reply(201, self._json.comment(issue, comment, v3=v3))

    def _move(self, request: HttpRequest) -> Reply:
        return Reply(200, self._named(self._issues.move(request.args[0], request.args[1])))

    def _named(self, issue: SimulatedIssue) -> dict[str, Any]:
        return {"id": issue.id, "key": issue.key, "self": self._json.address(issue.id)}

    def _for_writers(self, handler: Callable[[HttpRequest], Reply]) -> Callable[[HttpRequest], Reply]:
        return lambda request: self._access.writes(request) or handler(request)


def _updates(asked: dict[str, list[dict[str, Any]]], issue: SimulatedIssue) -> dict[str, Any]:
    """What `update` operations make of the issue's fields: `set`, and `add` and `remove` for lists."""
    fields: dict[str, Any] = {}
    for name, operations in asked.items():
        value = issue.fields.get(name)
        for operation in operations:
            ((verb, what),) = operation.items()
            others = [one for one in value or [] if one != what] if verb in ("add", "remove") else []
            value = {"set": what, "add": [*others, what], "remove": others}[verb]
        fields[name] = value
    return fields


def _invalid(errors: dict[str, str]) -> Reply:
    return Reply(400, {"errorMessages": [], "errors": errors})
