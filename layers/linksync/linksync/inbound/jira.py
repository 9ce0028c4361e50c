"""What a Jira admin webhook posts, reduced to an issue's statement.  Pure.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#issue-related-events.  A changelog item is ours by its
`fieldId`; Server's items have none, and Cloud translates `field`.

These parsers ignore `ProjectKeys`: a body tells the key that an issue had, or claims to have, and an issue outside the
list may be one that has just left it, whose links must go.  So the worker decides, by the key that Jira tells.  An edit
in a project that does not count costs a message, and a call where the issue is new to the ledger.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from linksync.core.messages import IssueStatement, LifecycleEvent
from linksync.errors import Unreadable
from linksync.inbound.parsed_body import Ignored, ParsedBody, dated, issue_identity, load, mapping, references
from linksync.references.fields import IssueField

WEBHOOK = "jira_webhook"
EVENTS = frozenset({"jira:issue_created", "jira:issue_updated", "jira:issue_deleted"})

type _Items = list[dict[str, Any]]
type _MakeStatement = Callable[..., IssueStatement]


def parse(body: bytes, received_at: float, *, field: IssueField) -> ParsedBody:
    """What an authentic body states.  Raises Unreadable."""
    document = load(body, unique=False)
    event = document.get("webhookEvent")
    if not isinstance(event, str):
        raise Unreadable("no_event_type")
    if event not in EVENTS:
        return ParsedBody(WEBHOOK, Ignored("event_type"))
    states = partial(_statement, document, received_at)
    if event == "jira:issue_deleted":
        return ParsedBody(WEBHOOK, states(lifecycle=LifecycleEvent.DELETED))
    read_event = _created if event == "jira:issue_created" else _updated
    return ParsedBody(WEBHOOK, read_event(document, field, states))


def _statement(
    document: dict[str, Any],
    received_at: float,
    *,
    ticket_ids: tuple[str, ...] | None = None,
    lifecycle: LifecycleEvent = LifecycleEvent.EDITED,
) -> IssueStatement:
    issue_id, issue_key = issue_identity(document.get("issue"))
    at, exact = dated(_changed_at(document.get("timestamp")), received_at=received_at)
    return IssueStatement(
        issue_id=issue_id,
        issue_key=issue_key,
        ticket_ids=ticket_ids,
        at=at,
        exact=exact,
        lifecycle=lifecycle,
    )


def _changed_at(milliseconds: object) -> float | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, (int, float)):
        return None
    try:
        return milliseconds / 1000
    except OverflowError:  # an integer of over 300 digits
        return None


def _created(document: dict[str, Any], field: IssueField, states: _MakeStatement) -> IssueStatement | Ignored:
    if not field.id:
        return Ignored("direction_off")
    fields = _fields(document)
    if field.id not in fields:
        return Ignored("field_absent")
    ticket_ids = references(field.ids, fields[field.id])
    return Ignored("field_empty") if ticket_ids == () else states(ticket_ids=ticket_ids)


def _updated(document: dict[str, Any], field: IssueField, states: _MakeStatement) -> IssueStatement | Ignored:
    items = _items(document)
    lifecycle = LifecycleEvent.MOVED if any(map(_is_move, items or ())) else LifecycleEvent.EDITED
    nothing_stated = _nothing_stated(document, items, field)
    if nothing_stated and lifecycle is LifecycleEvent.EDITED:
        return nothing_stated
    return states(ticket_ids=None if nothing_stated else _stated(document, items, field), lifecycle=lifecycle)


def _nothing_stated(document: dict[str, Any], items: _Items | None, field: IssueField) -> Ignored | None:
    """Why the update states nothing about our field; None when it states something."""
    if not field.id:
        return Ignored("direction_off")
    ours = _ours(items, field)
    if items is not None and not ours and not any(_may_be_ours(item, field) for item in items):
        return Ignored("field_unchanged")
    return None if ours or field.id in _fields(document) else Ignored("field_absent")


def _stated(document: dict[str, Any], items: _Items | None, field: IssueField) -> tuple[str, ...] | None:
    fields = _fields(document)
    if field.id in fields:
        return references(field.ids, fields[field.id])
    item = _ours(items, field)[-1]
    return references(field.ids, item["toString"]) if "toString" in item else None


def _is_move(item: dict[str, Any]) -> bool:
    return item.get("field") == "Key" and item.get("fieldtype") != "custom"


def _ours(items: _Items | None, field: IssueField) -> _Items:
    return [item for item in items or () if _is_ours(item, field)]


def _is_ours(item: dict[str, Any], field: IssueField) -> bool:
    return field.id == (item.get("fieldId") or item.get("field"))


def _may_be_ours(item: dict[str, Any], field: IssueField) -> bool:
    custom = item.get("fieldtype") == "custom" and field.id.startswith("customfield_")
    return custom and not item.get("fieldId")


def _items(document: dict[str, Any]) -> _Items | None:
    """The changelog's items; None when there is no changelog at all."""
    items = mapping(document.get("changelog")).get("items")
    return [mapping(item) for item in items] if isinstance(items, list) else None


def _fields(document: dict[str, Any]) -> dict[str, Any]:
    return mapping(mapping(document.get("issue")).get("fields"))
