"""Tickets and comments as Zendesk's API shows them, and as it takes them."""

import hashlib
from collections.abc import Mapping
from typing import Any

from local.zendesk.replies import stamp
from local.zendesk.ticket import ADMIN_ID, FieldAudit, SimulatedTicket, TicketComment

ACCOUNT_ID = 22129848
FORM_ID = 6130830344474


def shown(ticket: SimulatedTicket, base_url: str) -> dict[str, Any]:
    """The ticket's own object."""
    fields = [{"id": int(field_id), "value": value} for field_id, value in ticket.fields.items()]
    return {
        "url": f"{base_url}/api/v2/tickets/{ticket.id}.json",
        "id": ticket.id,
        "external_id": None,
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": stamp(ticket.created_at),
        "updated_at": stamp(ticket.updated_at),
        "type": None,
        "subject": ticket.subject,
        "raw_subject": ticket.subject,
        "description": ticket.comments[0].body if ticket.comments else "",
        "priority": None,
        "status": "deleted" if ticket.deleted else ticket.status,
        "requester_id": ADMIN_ID,
        "submitter_id": ADMIN_ID,
        "assignee_id": None,
        "is_public": any(comment.public for comment in ticket.comments),
        "tags": ticket.tags,
        "custom_fields": fields,
        "fields": fields,
        "ticket_form_id": FORM_ID,
        "support_type": ticket.support_type,
    }


def shown_comment(comment: TicketComment) -> dict[str, Any]:
    """A comment's own object."""
    return {
        "id": comment.id,
        "type": "Comment",
        "author_id": ADMIN_ID,
        "body": comment.body,
        "html_body": f"<div>{comment.body}</div>",
        "plain_body": comment.body,
        "public": comment.public,
        "attachments": [],
        "created_at": stamp(comment.created_at),
    }


def shown_audit(ticket: SimulatedTicket, via: str) -> dict[str, Any]:
    """The audit that comes with the answer to a write."""
    digest = hashlib.sha256(f"{ticket.id}/{ticket.updated_at}".encode()).hexdigest()
    return {
        "id": int(digest[:12], 16),
        "ticket_id": ticket.id,
        "created_at": stamp(ticket.updated_at),
        "author_id": ADMIN_ID,
        "metadata": {},
        "events": [],
        "via": {"channel": via},
    }


def shown_field_audit(audit: FieldAudit) -> dict[str, Any]:
    """An audit of a field's change."""
    change = {"type": "Change", "field_name": audit.field_id, "value": audit.value, "previous_value": audit.previous}
    return {
        "id": int(audit.created_at * 1000),
        "created_at": stamp(audit.created_at),
        "author_id": audit.author_id,
        "metadata": {},
        "events": [{"id": int(audit.created_at * 1000) + 1, **change}],
        "via": {"channel": "web" if audit.author_id == ADMIN_ID else "api"},
    }


def shown_job(job: str, ticket_ids: list[int]) -> dict[str, Any]:
    """A background job that is done already: here jobs take no time."""
    digest = hashlib.sha256(f"{job}/{ticket_ids}".encode()).hexdigest()[:32]
    results = [{"id": number, "action": job, "success": True, "status": "Updated"} for number in ticket_ids]
    return {"job_status": {"id": digest, "status": "completed", "total": len(results), "results": results}}


def fields_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The custom fields that a write names, by id."""
    return {str(one["id"]): one["value"] for one in asked.get("custom_fields") or asked.get("fields") or []}
