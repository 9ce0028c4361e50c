"""The ticket field that holds issue keys, read from Zendesk.

https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#show-ticket
"""

from collections.abc import Callable
from dataclasses import dataclass

from linksync.core.field_reading import FieldReading
from linksync.errors import Misconfigured
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.responses import Response, ResponseModel

_NO_EVIDENCE = FieldReading(refs=None)


class _Field(ResponseModel):
    id: int | str
    value: object = None


class _Ticket(ResponseModel):
    custom_fields: tuple[_Field, ...]


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
        """The issue keys that the ticket names now; unknown for a deleted ticket and for one without the field."""
        response = self._show(ticket_id)
        if response.status == 404:
            return FieldReading(refs=None, found=False)
        for entry in response.read(_TicketResponse).ticket.custom_fields:
            if str(entry.id) == self.field_id:
                return FieldReading(refs=self.parse(field_text(entry.value)))
        return _NO_EVIDENCE

    def exists(self, ticket_id: str) -> bool:
        """Whether Zendesk knows the ticket."""
        return self._show(ticket_id).status == 200

    def _show(self, ticket_id: str) -> Response:
        call = Call(method="GET", path="/api/v2/tickets/{ticket_id}", ids={"ticket_id": ticket_id})
        return self.zendesk.send(call, accept=frozenset({200, 404}))


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
