"""The bodies of Zendesk's event subscriptions.

Follows https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from local.zendesk.ticket import SimulatedTicket, TicketChange
from local.zendesk.ticket_json import ACCOUNT_ID

EVENT = "zen:event-type:ticket."


def event_body(change: TicketChange) -> dict[str, Any]:
    """The body of an event subscription: ids are strings, `detail` holds no custom fields."""
    event: dict[str, Any] = {}
    if change.kind == "custom_field_changed":
        custom_field = {"id": change.field_id, "title": "Jira issue keys", "type": "text"}
        values = {"current": {"value": change.current}, "previous": {"value": change.previous}}
        event = {**values, "custom_field": custom_field}
    if change.kind == "merged":
        event = {"target_ticket_id": str(change.target)}
    return {
        "account_id": ACCOUNT_ID,
        "id": str(uuid.uuid4()),
        "subject": f"zen:ticket:{change.ticket.id}",
        "time": datetime.fromtimestamp(change.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        "type": f"zen:event-type:ticket.{change.kind}",
        "zendesk_event_version": "2022-11-06",
        "detail": _detail(change.ticket),
        "event": event,
    }


def _detail(ticket: SimulatedTicket) -> dict[str, Any]:
    stamps = {"created_at": ticket.created_at, "updated_at": ticket.updated_at}
    return {
        "id": str(ticket.id),
        "subject": f"Ticket {ticket.id}",
        "status": ticket.status.upper(),
        "priority": "NORMAL",
        "tags": ticket.tags,
        "external_id": None,
        "is_public": True,
        "via": {"channel": "web_service"},
        **{name: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for name, at in stamps.items()},
    }
