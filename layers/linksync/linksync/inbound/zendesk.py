"""What Zendesk posts, reduced to a ticket's statement.  Pure.

Two kinds of body come to one URL: what a trigger's template rendered, and the events of an event subscription.

A trigger's template holds people's text, and whether Zendesk escapes it is not documented.  So such a body may be
broken JSON, and a text may add keys of its own.  Hence: a body with one of our template's keys is never taken for an
event, repeated keys count as broken, and of a broken body only the ticket's id is believed: its field is read later.
"""

import re
from typing import Any

from linksync.core.messages import TicketStatement
from linksync.errors import Unreadable
from linksync.inbound import zendesk_events
from linksync.inbound.parsed_body import Ignored, ParsedBody, identity, load, references
from linksync.references.fields import TicketField

TRIGGER, EVENT = "zendesk_trigger", "zendesk_event"
_TEMPLATE_KEYS = frozenset({"ticket_id", "issue_keys"})
_SALVAGE = re.compile(rb'"ticket_id"\s*:\s*"?([1-9][0-9]{0,19})(?![0-9])')


def parse(body: bytes, attempted_at: float, *, field: TicketField) -> ParsedBody:
    """What an authentic body states; `attempted_at` is the time that was signed.  Raises Unreadable."""
    try:
        document = load(body, unique=True)
    except Unreadable as error:
        return ParsedBody(TRIGGER, _switched(field, _salvaged(body, attempted_at, error)))
    if zendesk_events.is_event(document) and _TEMPLATE_KEYS.isdisjoint(document):
        return ParsedBody(EVENT, zendesk_events.parse(document, attempted_at, field=field))
    return ParsedBody(TRIGGER, _switched(field, _rendered(document, attempted_at, field)))


def _rendered(document: dict[str, Any], attempted_at: float, field: TicketField) -> TicketStatement:
    ticket_id = identity(document.get("ticket_id"))
    if ticket_id is None:
        raise Unreadable("no_ticket_id")
    written = document.get("issue_keys")
    keys = None if written is None else references(field.keys, written)
    return TicketStatement(ticket_id=ticket_id, issue_keys=keys, at=attempted_at, exact=False)


def _salvaged(body: bytes, attempted_at: float, error: Unreadable) -> TicketStatement:
    found = _SALVAGE.search(body) if error.reason == "not_json" else None
    if found is None:
        raise error
    return TicketStatement(ticket_id=found[1].decode(), issue_keys=None, at=attempted_at, exact=False)


def _switched(field: TicketField, statement: TicketStatement) -> TicketStatement | Ignored:
    return statement if field.id else Ignored("direction_off")
