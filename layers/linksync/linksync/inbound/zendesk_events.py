"""The ticket events of a Zendesk event subscription.  Pure.

https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/
"""

import re
from functools import partial
from typing import Any

from linksync.core.messages import LifecycleEvent, TicketStatement
from linksync.errors import Unreadable
from linksync.inbound.parsed_body import Ignored, dated, identity, instant, mapping, references
from linksync.references.fields import TicketField

_TYPE = "zen:event-type:"
_SUBJECT = re.compile(r"zen:ticket:([0-9]+)")
_REREAD = frozenset({"ticket.created", "ticket.undeleted"})  # they carry no custom fields
_KEPT = frozenset({"ticket.soft_deleted", "ticket.marked_as_spam"})  # both can be undone


def is_event(document: dict[str, Any]) -> bool:
    """Whether the body calls itself an event."""
    kind = document.get("type")
    return isinstance(kind, str) and kind.startswith(_TYPE)


def parse(document: dict[str, Any], attempted_at: float, *, field: TicketField) -> TicketStatement | Ignored:
    """What an event states.  Without a ticket field, merges and deletions still count: issues may claim the ticket.

    Raises Unreadable: no_ticket_id, no_field_id, no_merge_target, too_many_references.
    """
    kind = document["type"].removeprefix(_TYPE)
    if kind in _KEPT:
        return Ignored("links_kept")
    states = partial(_statement, document, attempted_at)
    match kind:
        case "ticket.merged":
            return states(lifecycle=LifecycleEvent.MERGED, merged_into=_target(document))
        case "ticket.permanently_deleted":
            return states(lifecycle=LifecycleEvent.DELETED)
        case "ticket.custom_field_changed":
            return _unless_other_field(document, field) or states(issue_keys=_current(document, field))
    if kind not in _REREAD:
        return Ignored("event_type")
    return states() if field.id else Ignored("direction_off")


def _statement(
    document: dict[str, Any],
    attempted_at: float,
    *,
    issue_keys: tuple[str, ...] | None = None,
    lifecycle: LifecycleEvent = LifecycleEvent.EDITED,
    merged_into: str = "",
) -> TicketStatement:
    at, exact = dated(instant(document.get("time")), received_at=attempted_at)
    return TicketStatement(
        ticket_id=_ticket(document),
        issue_keys=issue_keys,
        at=at,
        exact=exact,
        lifecycle=lifecycle,
        merged_into=merged_into,
    )


def _unless_other_field(document: dict[str, Any], field: TicketField) -> Ignored | None:
    if not field.id:
        return Ignored("direction_off")
    changed = identity(mapping(mapping(document.get("event")).get("custom_field")).get("id"))
    if changed is None:
        raise Unreadable("no_field_id")
    return None if changed == field.id else Ignored("other_field")


def _current(document: dict[str, Any], field: TicketField) -> tuple[str, ...] | None:
    """What the field holds now: `current` is `{"value": …}`, or the value itself.  What is missing is unknown."""
    news = mapping(document.get("event"))
    holder, name = (news["current"], "value") if isinstance(news.get("current"), dict) else (news, "current")
    return references(field.keys, holder[name]) if name in holder else None


def _ticket(document: dict[str, Any]) -> str:
    subject = document.get("subject")
    named = _SUBJECT.fullmatch(subject) if isinstance(subject, str) else None
    ticket_id = identity(mapping(document.get("detail")).get("id")) or identity(named and named[1])
    if ticket_id is None:
        raise Unreadable("no_ticket_id")
    return ticket_id


def _target(document: dict[str, Any]) -> str:
    target = identity(mapping(document.get("event")).get("target_ticket_id"))
    if target is None or target == _ticket(document):
        raise Unreadable("no_merge_target")
    return target
