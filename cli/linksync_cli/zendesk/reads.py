"""What an admin sees of Zendesk: who calls, fields, forms, webhooks, triggers, and the connections to Jira."""

from collections.abc import Iterator

from linksync.errors import UpstreamForbidden, UpstreamRefused
from linksync_cli.canary import escalated
from linksync_cli.vendor_calls import VendorCalls
from linksync_cli.zendesk.records import Connection, Form, Invocation, TicketField, Trigger, User, Webhook
from linksync_cli.zendesk.responses import (
    AuditsPage,
    ConnectionsList,
    DefinitionsResponse,
    FieldResponse,
    FieldsPage,
    FormsPage,
    InvocationsPage,
    LinksPage,
    SecretResponse,
    TriggersPage,
    UserResponse,
    WebhooksPage,
)

_MAYBE = frozenset({200, 403, 404})
_LINKS_V2 = "/api/v2/integrations/jira/{external_id}/links"


class ZendeskReads:
    """What an admin sees of Zendesk.  Raises the errors of `linksync.errors`."""

    def __init__(self, calls: VendorCalls) -> None:
        self.calls = calls

    def me(self) -> User:
        """Who calls."""
        return self.calls.read("/api/v2/users/me.json", UserResponse).user

    def fields(self) -> Iterator[TicketField]:
        """Every ticket field."""
        for page in self.calls.pages("/api/v2/ticket_fields.json", FieldsPage):
            yield from page.ticket_fields

    def field(self, field_id: str) -> TicketField | None:
        """One ticket field; None where there is no such."""
        path = "/api/v2/ticket_fields/{field_id}.json"
        response = self.calls.get(path, ids={"field_id": field_id}, accept=frozenset({200, 404}))
        return response.read(FieldResponse).ticket_field if response.status == 200 else None

    def forms(self) -> tuple[Form, ...] | None:
        """The active ticket forms; None where the plan has none, or shows none."""
        response = self.calls.get("/api/v2/ticket_forms.json", accept=_MAYBE)
        if response.status != 200:
            return None
        return tuple(form for form in response.read(FormsPage).ticket_forms if form.active)

    def webhooks_at(self, endpoint: str) -> list[Webhook]:
        """The webhooks that post to this endpoint, whoever made them."""
        pages = self.calls.pages("/api/v2/webhooks", WebhooksPage)
        return [one for page in pages for one in page.webhooks if one.endpoint.rstrip("/") == endpoint.rstrip("/")]

    def signing_secret(self, webhook_id: str) -> str:
        """What a webhook signs with.  Never to be shown."""
        path = "/api/v2/webhooks/{webhook_id}/signing_secret"
        return self.calls.read(path, SecretResponse, webhook_id=webhook_id).signing_secret.secret

    def invocations(self, webhook_id: str) -> tuple[Invocation, ...]:
        """What became of its latest deliveries, newest first; each once, as it ended."""
        path = "/api/v2/webhooks/{webhook_id}/invocations"
        rows = self.calls.read(path, InvocationsPage, webhook_id=webhook_id).invocations
        newest: dict[str, Invocation] = {}
        for row in sorted(rows, key=lambda row: row.latest_completed_at):
            newest[row.id] = row
        return tuple(reversed(newest.values()))

    def triggers_of(self, webhook_ids: frozenset[str]) -> list[Trigger]:
        """The triggers that notify one of these webhooks, active or not."""
        pages = self.calls.pages("/api/v2/triggers.json", TriggersPage)
        rows = (one for page in pages for one in page.triggers)
        return [one for one in rows if one.template_for(webhook_ids) is not None]

    def offers_changed(self, field_id: str) -> bool:
        """Whether a trigger's condition may be that this field changed."""
        found = self.calls.read("/api/v2/triggers/definitions.json", DefinitionsResponse).definitions
        subjects = [one for one in found.conditions_all if one.subject == f"custom_fields_{field_id}"]
        return any(operator.value == "changed" for one in subjects for operator in one.operators)

    def connections(self) -> tuple[Connection, ...] | None:
        """The connections to Jira sites; None where the (undocumented) list is not shown."""
        try:
            return self.calls.read("/api/v2/integrations/jira", ConnectionsList).integrations
        except (UpstreamForbidden, UpstreamRefused):
            return None

    def links_v2_status(self, external_id: str) -> int:
        """The status of a look at one link of a connection: 200, 403 or 404."""
        return self.calls.get(
            _LINKS_V2, ids={"external_id": external_id}, query={"page[size]": "1"}, accept=_MAYBE
        ).status

    def links_v1_status(self) -> int:
        """The status of a look at one link of the original API."""
        return self.calls.get("/api/v2/jira/links", query={"page[size]": "1"}, accept=_MAYBE).status

    def escalated_tickets(self, most: int) -> tuple[str, ...]:
        """The newest tickets that somebody linked in Zendesk's Jira app; none where the search is refused."""
        try:
            return escalated(self.calls.api, most=most)
        except (UpstreamForbidden, UpstreamRefused):
            return ()

    def authors_of(self, ticket_id: str, field_id: str) -> set[str]:
        """The ids of the users who changed that field of the ticket, as far as its first audits tell."""
        response = self.calls.get("/api/v2/tickets/{ticket_id}/audits", ids={"ticket_id": ticket_id}, accept=_MAYBE)
        audits = response.read(AuditsPage).audits if response.status == 200 else ()
        return {str(audit.author_id) for audit in audits for one in audit.events if one.field_name == field_id}

    def user_name(self, user_id: str) -> str:
        """A user's name; empty when there is no such user any more."""
        response = self.calls.get("/api/v2/users/{user_id}", ids={"user_id": user_id}, accept=_MAYBE)
        return response.read(UserResponse).user.name if response.status == 200 else ""

    def lists_links(self, version: str, ticket_id: str, external_id: str) -> bool:
        """Whether that version of the Links API lists any link of a ticket; what does not answer lists none."""
        if version == "v1":
            path, name = "/api/v2/jira/links", "filter[ticket_id]"
        else:
            path, name = _LINKS_V2, "ticket_id"
        ids = {"external_id": external_id or "-"}
        response = self.calls.get(path, ids=ids, query={"page[size]": "1", name: ticket_id}, accept=_MAYBE)
        return response.status == 200 and bool(response.read(LinksPage).links)
