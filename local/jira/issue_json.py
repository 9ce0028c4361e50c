"""Issues and comments as Jira's REST API shows them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any

from local.http.messages import Json
from local.jira.access import ACCOUNT_ID
from local.jira.issue import IssueComment, SimulatedIssue, as_document, as_text

USER = {"accountId": ACCOUNT_ID, "displayName": "Agent One", "active": True, "accountType": "atlassian"}


class IssueJson:
    """Shows issues.  Times are in the site's own zone; `project` gives a project's object."""

    def __init__(self, base_url: str, project: Callable[[str], dict[str, Any]]) -> None:
        self.zone: tzinfo = UTC
        self._base_url = base_url
        self._project = project

    def shown(self, issue: SimulatedIssue, names: Iterable[str], *, v3: bool = True) -> dict[str, Any]:
        """An issue with the fields of these names, of `*all` or of `*navigable`."""
        wanted = set(names)
        everything = bool(wanted & {"*all", "*navigable"})
        every = {
            **{name: value if v3 else plain(value) for name, value in issue.fields.items()},
            "created": self.stamp(issue.created_at),
            "updated": self.stamp(issue.updated_at),
            "project": self._project(issue.project),
        }
        fields = {name: value for name, value in every.items() if everything or name in wanted}
        return {"expand": "", "id": issue.id, "self": self.address(issue.id), "key": issue.key, "fields": fields}

    def comment(self, issue: SimulatedIssue, comment: IssueComment, *, v3: bool, expand: str = "") -> dict[str, Any]:
        """A comment; its properties where they are asked for."""
        at = self.stamp(comment.created_at)
        properties = {"properties": list(comment.properties)} if "properties" in expand else {}
        return {
            "self": f"{self.address(issue.id)}/comment/{comment.id}",
            "id": comment.id,
            "author": USER,
            "body": as_document(comment.body) if v3 else comment.body,
            "created": at,
            "updated": at,
            "jsdPublic": not comment.internal,
            **properties,
        }

    def address(self, issue_id: str) -> str:
        """The issue's own URL."""
        return f"{self._base_url}/rest/api/3/issue/{issue_id}"

    def stamp(self, at: float) -> str:
        """A time as Jira writes it: with milliseconds and the site's offset."""
        moment = datetime.fromtimestamp(at, self.zone)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}" + moment.strftime("%z")


def plain(value: Json) -> Json:
    """A value as version 2 and webhooks have it: documents are wiki text."""
    return as_text(value) if isinstance(value, dict) and value.get("type") == "doc" else value
