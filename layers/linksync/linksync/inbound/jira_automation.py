"""What Jira automation's "Send web request" posts, reduced to an issue's statement.  Pure.

Three kinds of body: Jira format (`issue`), Automation format (the issue at the top), and the custom data of our
documentation.  Custom data is a template with people's text, unescaped: see `zendesk` for what follows from that.  A
fourth, for the triggers "Issue moved" and "Issue deleted", holds `event` and no text of people's: text could add an
`event` of its own.
https://support.atlassian.com/cloud-automation/docs/jira-automation-actions/#Send-web-request
"""

import re
from typing import Any

from linksync.core.messages import IssueStatement, LifecycleEvent
from linksync.errors import Unreadable
from linksync.inbound.parsed_body import Ignored, ParsedBody, issue_identity, load, mapping, references
from linksync.references.fields import IssueField

AUTOMATION = "jira_automation"
_LIFECYCLE_KEYS = frozenset({"event", "issue_id", "issue_key"})
_LONGEST_LIFECYCLE = 1024  # bytes
_LIFECYCLES = {"moved": LifecycleEvent.MOVED, "deleted": LifecycleEvent.DELETED}
_TEMPLATE_KEYS = frozenset({"issue_id", "issue_key", "ticket_ids"})
# Two quotes are what `"{{issue.key.asJsonString}}"` renders to.
_SALVAGE_ID = re.compile(rb'"issue_id"\s*:\s*"{0,2}([1-9][0-9]{0,19})(?![0-9])')
_SALVAGE_KEY = re.compile(rb'"issue_key"\s*:\s*"{0,2}([A-Za-z][A-Za-z0-9_]{0,254}-[1-9][0-9]{0,19})(?![0-9])')


def parse(body: bytes, received_at: float, *, field: IssueField) -> ParsedBody:
    """What an authentic body states.  It carries no time of the change: `received_at` bounds it.  Raises Unreadable."""
    if (lifecycle := _lifecycle(body, received_at)) is not None:
        return ParsedBody(AUTOMATION, lifecycle)
    if not field.id:
        return ParsedBody(AUTOMATION, Ignored("direction_off"))
    try:
        issue, ticket_ids = _parts(load(body, unique=True), field)
    except Unreadable as error:
        issue, ticket_ids = _salvaged(body, error), None
    issue_id, issue_key = issue_identity(issue)
    statement = IssueStatement(
        issue_id=issue_id, issue_key=issue_key, ticket_ids=ticket_ids, at=received_at, exact=False
    )
    return ParsedBody(AUTOMATION, statement)


def _lifecycle(body: bytes, received_at: float) -> IssueStatement | Ignored | None:
    """What the body of a rule "Issue moved" or "Issue deleted" states; None for any other body."""
    try:
        document = load(body, unique=True) if len(body) <= _LONGEST_LIFECYCLE else {}
    except Unreadable:
        return None
    if document.keys() != _LIFECYCLE_KEYS:
        return None
    lifecycle = _LIFECYCLES.get(document["event"]) if isinstance(document["event"], str) else None
    if lifecycle is None:
        return Ignored("event_type")
    issue_id, issue_key = issue_identity({"id": document["issue_id"], "key": document["issue_key"]})
    return IssueStatement(
        issue_id=issue_id, issue_key=issue_key, ticket_ids=None, at=received_at, exact=False, lifecycle=lifecycle
    )


def _parts(document: dict[str, Any], field: IssueField) -> tuple[dict[str, Any], tuple[str, ...] | None]:
    """The issue, and the ids that its field names (None when they are not told)."""
    if not _TEMPLATE_KEYS.isdisjoint(document):
        written = document.get("ticket_ids")
        issue = {"id": document.get("issue_id"), "key": document.get("issue_key")}
        return issue, None if written is None else references(field.ids, written)
    issue = mapping(document["issue"]) if "issue" in document else document
    fields = mapping(issue.get("fields"))
    return issue, references(field.ids, fields[field.id]) if field.id in fields else None


def _salvaged(body: bytes, error: Unreadable) -> dict[str, Any]:
    found_id, found_key = _SALVAGE_ID.search(body), _SALVAGE_KEY.search(body)
    if error.reason != "not_json" or not found_id or not found_key:
        raise error
    return {"id": found_id[1].decode(), "key": found_key[1].decode()}
