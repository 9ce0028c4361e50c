"""What is written on a ticket when its field names something that does not exist: a tag, or an internal note.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/tags/
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
"""

from dataclasses import dataclass
from typing import Literal

from linksync.errors import NoticeRefused
from linksync.outbound.deadline import SECONDS_A_CALL, within
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.looking import looking
from linksync.outbound.notice_calls import refusals
from linksync.outbound.responses import ResponseModel

NOT_FOUND_TAG = "linksync_not_found"
_TICKET = "/api/v2/tickets/{ticket_id}"
_OK = frozenset({200})


class _Ticket(ResponseModel):
    status: str
    tags: tuple[str, ...]
    updated_at: str


class _TicketResponse(ResponseModel):
    ticket: _Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class ZendeskNotices:
    """Writes to tickets.  Raises NoticeRefused for a ticket that takes nothing any more, RetryLater for the rest.

    Zendesk allows 100 ticket updates a minute for the account, and 30 in ten minutes for a user and ticket.
    """

    zendesk: HttpApi

    def add_tag(self, ticket_id: str) -> bool:
        """Put NOT_FOUND_TAG on the ticket.  False when it was there already."""
        return self._change_tag("PUT", ticket_id, wanted=True)

    def remove_tag(self, ticket_id: str) -> bool:
        """Take NOT_FOUND_TAG off the ticket.  False when it was not there."""
        return self._change_tag("DELETE", ticket_id, wanted=False)

    def add_note(self, ticket_id: str, text: str) -> None:
        """Add an internal note, which no customer sees.  Two calls make two notes."""
        # Without `public` a comment is what the ticket's first one is, which may be mailed to the customer.
        comment = {"body": text, "public": False}
        call = Call(method="PUT", path=_TICKET, ids={"ticket_id": ticket_id}, body={"ticket": {"comment": comment}})
        with refusals():
            self.zendesk.send(call, accept=_OK).read(_TicketResponse)

    def _change_tag(self, method: Literal["PUT", "DELETE"], ticket_id: str, *, wanted: bool) -> bool:
        ids = {"ticket_id": ticket_id}
        with refusals(), within(SECONDS_A_CALL):
            with looking():
                shown = self.zendesk.send(Call(method="GET", path=_TICKET, ids=ids), accept=_OK)
                ticket = shown.read(_TicketResponse).ticket
            if (NOT_FOUND_TAG in ticket.tags) is wanted:
                return False
            if ticket.status == "closed":
                raise NoticeRefused(f"{shown.call}: ticket {ticket_id} is closed, and takes no tags any more")
            # No tag that somebody else writes meanwhile may be lost: Zendesk answers 409 then, and it is retried.
            body = {"tags": [NOT_FOUND_TAG], "updated_stamp": ticket.updated_at, "safe_update": "true"}
            self.zendesk.send(Call(method=method, path=_TICKET + "/tags", ids=ids, body=body), accept=_OK)
        return True
