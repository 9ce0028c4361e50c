"""The bodies of Jira's webhooks.

Follows https://developer.atlassian.com/cloud/jira/platform/webhooks/ and captured bodies.
"""

from typing import Any

from local.jira.issue import IssueChange, SimulatedIssue
from local.jira.issue_json import USER, plain

EVENTS = {
    "created": "jira:issue_created",
    "updated": "jira:issue_updated",
    "deleted": "jira:issue_deleted",
    "commented": "comment_created",
}
SLIM = ("summary", "issuetype", "project", "assignee", "priority", "status")


def webhook_body(change: IssueChange) -> dict[str, Any]:
    """The body of an administrator's webhook.

    A deletion has neither changelog nor event type; a comment's issue has six fields alone.
    """
    body: dict[str, Any] = {"timestamp": int(change.at * 1000), "webhookEvent": EVENTS[change.kind]}
    if change.kind == "commented":
        comment = change.issue.comments[-1]
        slim = {name: change.issue.fields.get(name) for name in SLIM}
        return body | {"comment": {"id": comment.id, "body": comment.body, "author": USER,
                                   "jsdPublic": not comment.internal},
                       "issue": {**issue_object(change.issue), "fields": slim}}  # fmt: skip
    if change.kind != "deleted":
        moved = any(item["field"] == "Key" for item in change.items)
        body["issue_event_type_name"] = "issue_moved" if moved else f"issue_{change.kind}"
    body |= {"user": USER, "issue": issue_object(change.issue)}
    if change.kind != "deleted":
        body["changelog"] = {"id": str(int(change.at * 1000)), "items": list(change.items)}
    return body


def issue_object(issue: SimulatedIssue) -> dict[str, Any]:
    """An issue as webhooks show it: rich text as wiki text."""
    fields = {name: plain(value) for name, value in issue.fields.items()}
    address = f"https://acme.atlassian.net/rest/api/2/issue/{issue.id}"
    return {"id": issue.id, "self": address, "key": issue.key, "fields": fields}
