"""Zendesk's Tickets API: list, count, show, create, update, comments, tags, the bin, merge.

Follows https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/, …/ticket_comments/ and
…/ticket-management/tags/.  Merging and permanent deletion are jobs at Zendesk; here they are done when they answer.
"""

from datetime import datetime
from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.zendesk.paths import JSON
from local.zendesk.replies import NOT_FOUND, page_of, stamp
from local.zendesk.ticket import API, SimulatedTicket
from local.zendesk.ticket_json import fields_of, shown, shown_audit, shown_comment, shown_field_audit, shown_job
from local.zendesk.tickets import TicketStore

TICKETS = r"/api/v2/tickets"
TICKET = TICKETS + r"/(\d+)"
BIN = r"/api/v2/deleted_tickets"
STALE = Reply(409, {"error": "UpdateConflict", "description": "Safe Update prevented the update due to outdated data"})


class TicketsApi:
    """The handlers over a `TicketStore`."""

    def __init__(self, tickets: TicketStore) -> None:
        self.base_url = ""
        self._tickets = tickets

    def routes(self) -> list[Route]:
        """The documented paths."""
        return [
            ("GET", TICKETS + JSON, self._list),
            ("POST", TICKETS + JSON, self._create),
            ("GET", TICKETS + "/count" + JSON, self._count),
            ("GET", TICKETS + "/show_many" + JSON, self._show_many),
            ("GET", TICKET + JSON, self._show),
            ("PUT", TICKET + JSON, self._update),
            ("DELETE", TICKET + JSON, self._delete),
            ("GET", TICKET + "/comments" + JSON, self._comments),
            ("GET", TICKET + "/audits" + JSON, self._audits),
            ("GET", TICKET + "/tags" + JSON, self._tags),
            ("POST", TICKET + "/tags" + JSON, self._tag),
            ("PUT", TICKET + "/tags" + JSON, self._tag),
            ("DELETE", TICKET + "/tags" + JSON, self._tag),
            ("PUT", TICKET + "/mark_as_spam" + JSON, self._mark_as_spam),
            ("POST", TICKET + "/merge" + JSON, self._merge),
            ("GET", BIN + JSON, self._list_deleted),
            ("PUT", BIN + r"/(\d+)/restore" + JSON, self._restore),
            ("DELETE", BIN + r"/(\d+)" + JSON, self._permanently_delete),
        ]

    def _list(self, request: HttpRequest) -> Reply:
        return page_of(request, self.base_url, "tickets", self._tickets.all(), self._shown)

    def _count(self, _request: HttpRequest) -> Reply:
        count = {"value": len(self._tickets.all()), "refreshed_at": stamp(self._tickets.clock())}
        return Reply(200, {"count": count})

    def _show_many(self, request: HttpRequest) -> Reply:
        wanted = {int(number) for number in request.query.get("ids", "").split(",") if number}
        rows = [one for one in self._tickets.all() if one.id in wanted]
        return page_of(request, self.base_url, "tickets", rows, self._shown)

    def _show(self, request: HttpRequest) -> Reply:
        return Reply(200, {"ticket": self._shown(self._tickets.get(int(request.args[0])))})

    def _create(self, request: HttpRequest) -> Reply:
        asked = request.json()["ticket"]
        number = self._tickets.create(
            fields_of(asked),
            status=asked.get("status") or "open",
            tags=asked.get("tags") or (),
            subject=asked.get("subject") or "",
            comment=asked.get("comment") or ({"body": asked["description"]} if asked.get("description") else None),
            via=API,
        )
        ticket = self._tickets.get(number)
        return Reply(201, {"ticket": self._shown(ticket), "audit": shown_audit(ticket, API)})

    def _update(self, request: HttpRequest) -> Reply:
        number, asked = int(request.args[0]), request.json()["ticket"]
        if asked.get("safe_update") and self._is_stale(number, asked["updated_stamp"]):
            return STALE
        before = self._tickets.get(number)
        tags = set(before.tags if asked.get("tags") is None else asked["tags"])
        tags = (tags | set(asked.get("additional_tags") or ())) - set(asked.get("remove_tags") or ())
        ticket = self._tickets.edit(
            number, fields_of(asked), status=asked.get("status"), tags=tags, comment=asked.get("comment"), via=API
        )
        return Reply(200, {"ticket": self._shown(ticket), "audit": shown_audit(ticket, API)})

    def _delete(self, request: HttpRequest) -> Reply:
        self._tickets.soft_delete(int(request.args[0]))
        return Reply(204)

    def _comments(self, request: HttpRequest) -> Reply:
        comments = self._tickets.get(int(request.args[0])).comments
        return page_of(request, self.base_url, "comments", comments, shown_comment)

    def _audits(self, request: HttpRequest) -> Reply:
        """Of changes of custom fields alone."""
        audits = self._tickets.get(int(request.args[0])).audits
        return page_of(request, self.base_url, "audits", audits, shown_field_audit)

    def _tags(self, request: HttpRequest) -> Reply:
        return Reply(200, {"tags": self._tickets.get(int(request.args[0])).tags})

    def _tag(self, request: HttpRequest) -> Reply:
        """POST sets the tags, PUT adds some, DELETE takes some off."""
        number, asked = int(request.args[0]), request.json()
        named, tags = set(asked["tags"]), set(self._tickets.get(number).tags)
        if asked.get("safe_update") == "true" and self._is_stale(number, asked["updated_stamp"]):
            return STALE
        tags = {"POST": named, "PUT": tags | named, "DELETE": tags - named}[request.method]
        ticket = self._tickets.edit(number, tags=tags, via=API)
        return Reply(201 if request.method == "POST" else 200, {"tags": ticket.tags})

    def _is_stale(self, number: int, updated_stamp: str) -> bool:
        seen = datetime.fromisoformat(updated_stamp).timestamp()
        return int(self._tickets.get(number).updated_at) > int(seen)

    def _mark_as_spam(self, request: HttpRequest) -> Reply:
        self._tickets.mark_as_spam(int(request.args[0]))
        return Reply(200, {})

    def _merge(self, request: HttpRequest) -> Reply:
        target, sources = int(request.args[0]), [int(number) for number in request.json()["ids"]]
        for source in sources:
            self._tickets.merge(source, target)
        return Reply(200, shown_job("merge", sources))

    def _list_deleted(self, request: HttpRequest) -> Reply:
        return page_of(request, self.base_url, "deleted_tickets", self._tickets.deleted(), _in_bin)

    def _restore(self, request: HttpRequest) -> Reply:
        self._tickets.undelete(int(request.args[0]))
        return Reply(200, {})

    def _permanently_delete(self, request: HttpRequest) -> Reply:
        number = int(request.args[0])
        if number not in {ticket.id for ticket in self._tickets.deleted()}:
            return NOT_FOUND
        self._tickets.permanently_delete(number)
        return Reply(200, shown_job("permanent_delete", [number]))

    def _shown(self, ticket: SimulatedTicket) -> dict[str, Any]:
        return shown(ticket, self.base_url)


def _in_bin(ticket: SimulatedTicket) -> dict[str, Any]:
    return {"id": ticket.id, "subject": ticket.subject, "deleted_at": stamp(ticket.updated_at)}
