"""What a Jira admin webhook posts, reduced to an issue's statement.  Pure.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#issue-related-events.  A changelog item is ours by its
`fieldId`; Server's items have none, and Cloud translates `field`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from linksync.core.messages import IssueStatement, Life
from linksync.errors import Unreadable
from linksync.inbound.bodies import Ignored, Reading, believable, issue_identity, load, mapping, references
from linksync.references.fields import IssueField

WEBHOOK = "jira_webhook"
_EVENTS = frozenset({"jira:issue_created", "jira:issue_updated", "jira:issue_deleted"})

type _Items = list[dict[str, Any]]
type _Says = Callable[..., IssueStatement]


def read(body: bytes, received_at: float, *, field: IssueField) -> Reading:
    """What an authentic body says.  Raises Unreadable."""
    document = load(body, unique=False)
    event = document.get("webhookEvent")
    if not isinstance(event, str):
        raise Unreadable("no_event_type")
    if event not in _EVENTS:
        return Reading(WEBHOOK, Ignored("event_type"))
    says = partial(_statement, document, received_at)
    if event == "jira:issue_deleted":
        return Reading(WEBHOOK, says(life=Life.DELETED))
    heard = _created if event == "jira:issue_created" else _updated
    return Reading(WEBHOOK, _of_a_counting_project(heard(document, field, says), field))


def _of_a_counting_project(said: IssueStatement | Ignored, field: IssueField) -> IssueStatement | Ignored:
    """Without the claims of a project that is not allowed.  That an issue moved there is told all the same."""
    if isinstance(said, Ignored) or field.counts_for(said.issue_key):
        return said
    return replace(said, ticket_ids=None) if said.life is Life.MOVED else Ignored("other_project")


def _statement(
    document: dict[str, Any],
    received_at: float,
    *,
    ticket_ids: tuple[str, ...] | None = None,
    life: Life = Life.EDITED,
) -> IssueStatement:
    issue_id, issue_key = issue_identity(document.get("issue"))
    at = _changed_at(document.get("timestamp"))
    exact = believable(at, now=received_at)
    return IssueStatement(
        issue_id=issue_id,
        issue_key=issue_key,
        ticket_ids=ticket_ids,
        at=at if at is not None and exact else received_at,
        exact=exact,
        life=life,
    )


def _changed_at(milliseconds: object) -> float | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, (int, float)):
        return None
    return milliseconds / 1000 if 0 < milliseconds < 10**15 else None


def _created(document: dict[str, Any], field: IssueField, says: _Says) -> IssueStatement | Ignored:
    if not field.id:
        return Ignored("direction_off")
    fields = _fields(document)
    if field.id not in fields:
        return Ignored("field_absent")
    ticket_ids = references(field.ids, fields[field.id])
    return Ignored("field_empty") if ticket_ids == () else says(ticket_ids=ticket_ids)


def _updated(document: dict[str, Any], field: IssueField, says: _Says) -> IssueStatement | Ignored:
    items = _items(document)
    life = Life.MOVED if any(map(_is_move, items or ())) else Life.EDITED
    nothing_said = _nothing_said(document, items, field)
    if nothing_said and life is Life.EDITED:
        return nothing_said
    return says(ticket_ids=None if nothing_said else _said(document, items, field), life=life)


def _nothing_said(document: dict[str, Any], items: _Items | None, field: IssueField) -> Ignored | None:
    """Why the update says nothing about our field; None when it says something."""
    if not field.id:
        return Ignored("direction_off")
    ours = [item for item in items or () if _is_ours(item, field)]
    if items is not None and not ours and not any(_may_be_ours(item, field) for item in items):
        return Ignored("field_unchanged")
    return None if ours or field.id in _fields(document) else Ignored("field_absent")


def _said(document: dict[str, Any], items: _Items | None, field: IssueField) -> tuple[str, ...] | None:
    fields = _fields(document)
    if field.id in fields:
        return references(field.ids, fields[field.id])
    item = [item for item in items or () if _is_ours(item, field)][-1]
    return references(field.ids, item["toString"]) if "toString" in item else None


def _is_move(item: dict[str, Any]) -> bool:
    return item.get("field") == "Key" and item.get("fieldtype") != "custom"


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
