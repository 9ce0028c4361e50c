"""The ticket field that holds issue keys, read from Zendesk.

https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#show-ticket
https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#show-multiple-tickets
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from linksync.core.field_reading import FieldReading
from linksync.errors import Misconfigured, UpstreamRefused
from linksync.outbound.existence import RecordNotFound, listed_tickets
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.responses import ResponseModel

_ASKED_AGAIN = 3


class _Field(ResponseModel):
    id: int | str
    value: object = None


class _Ticket(ResponseModel):
    id: int
    custom_fields: tuple[_Field, ...]
    updated_at: datetime | None = None


class _TicketResponse(ResponseModel):
    ticket: _Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class ZendeskTickets:
    """Reads the field `field_id` (TicketFieldId); empty: that direction is off, and no key is read.

    `parse` gives the issue keys in a text.
    """

    zendesk: HttpApi
    field_id: str
    parse: Callable[[str], tuple[str, ...]]

    def read(self, ticket_id: str) -> FieldReading:
        """The issue keys that the ticket names now; unknown for a deleted ticket and for one without the field.

        `found` is False when Zendesk answers that there is no such ticket.
        """
        ticket = self._show(ticket_id)
        if ticket is None:
            return FieldReading(refs=None, found=False)
        updated_at = ticket.updated_at.timestamp() if ticket.updated_at else None
        for entry in ticket.custom_fields:
            if str(entry.id) == self.field_id:
                return FieldReading(refs=self.parse(field_text(entry.value)), updated_at=updated_at)
        return FieldReading(refs=None)

    def exists(self, ticket_id: str) -> bool:
        """Whether Zendesk knows the ticket."""
        return self._show(ticket_id) is not None

    def known(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        """Those of these tickets that Zendesk knows: one call for each hundred.

        Its list leaves out what is not there.  Whether it leaves out more (archived tickets, say) is not documented: a
        few of those left out are asked for one by one, and if one is there, the list tells nothing and all count.  So
        they do when the list is refused.
        """
        try:
            found = listed_tickets(self.zendesk, ticket_ids)
        except UpstreamRefused:
            return frozenset(ticket_ids)
        left_out = [ticket_id for ticket_id in ticket_ids if ticket_id not in found]
        return frozenset(ticket_ids) if any(map(self.exists, left_out[:_ASKED_AGAIN])) else found

    def _show(self, ticket_id: str) -> _Ticket | None:
        call = Call(method="GET", path="/api/v2/tickets/{ticket_id}", ids={"ticket_id": ticket_id})
        response = self.zendesk.send(call, accept=frozenset({200, 404}))
        if response.status == 404:
            response.read(RecordNotFound)
            return None
        ticket = response.read(_TicketResponse).ticket
        if str(ticket.id) != ticket_id:
            raise response.mistaken("ticket")
        return ticket


def field_text(value: object) -> str:
    """A text field's text, a drop-down's or multi-select's tags, a number's digits; empty for an empty field."""
    match value:
        case None:
            return ""
        case str():
            return value
        case int() | float() if not isinstance(value, bool):
            return str(value)
        case list() if all(isinstance(tag, str) for tag in value):
            return " ".join(value)
    raise Misconfigured("TicketFieldId names a field that holds neither text, tags nor a number: choose a text field")
