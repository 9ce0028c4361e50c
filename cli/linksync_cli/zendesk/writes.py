"""What set-up changes in Zendesk: fields, forms, webhooks and triggers."""

from typing import Any

from linksync_cli.vendor_calls import VendorCalls
from linksync_cli.zendesk.records import Form
from linksync_cli.zendesk.responses import FieldResponse, TriggerResponse, WebhookResponse


class ZendeskWrites:
    """Each raises the errors of `linksync.errors`, and in a dry run only tells its call."""

    def __init__(self, calls: VendorCalls) -> None:
        self.calls = calls

    def create_field(self, title: str) -> str:
        """A new text field; its id, empty in a dry run."""
        body = {"ticket_field": {"type": "text", "title": title}}
        response = self.calls.write("POST", "/api/v2/ticket_fields.json", body)
        return response.read(FieldResponse).ticket_field.id if response else ""

    def put_on_form(self, form: Form, field_id: str) -> None:
        """Shows the field to agents on this form."""
        ids = [*form.ticket_field_ids, int(field_id)]
        body = {"ticket_form": {"ticket_field_ids": ids}}
        self.calls.write("PUT", "/api/v2/ticket_forms/{form_id}.json", body, form_id=form.id)

    def create_webhook(self, name: str, endpoint: str, subscriptions: list[str]) -> str:
        """A new webhook; its id, empty in a dry run."""
        webhook = {
            "name": name,
            "endpoint": endpoint,
            "http_method": "POST",
            "request_format": "json",
            "status": "active",
            "subscriptions": subscriptions,
        }
        response = self.calls.write("POST", "/api/v2/webhooks", {"webhook": webhook})
        return response.read(WebhookResponse).webhook.id if response else ""

    def mend_webhook(self, webhook_id: str, changed: dict[str, Any]) -> None:
        """Changes these members and keeps the rest: PUT would lose what is left out."""
        self.calls.write("PATCH", "/api/v2/webhooks/{webhook_id}", {"webhook": changed}, webhook_id=webhook_id)

    def delete_webhook(self, webhook_id: str) -> None:
        """Deletes the webhook."""
        self.calls.write("DELETE", "/api/v2/webhooks/{webhook_id}", webhook_id=webhook_id)

    def create_trigger(self, trigger: dict[str, Any]) -> str:
        """A new trigger; its id, empty in a dry run."""
        response = self.calls.write("POST", "/api/v2/triggers.json", {"trigger": trigger})
        return response.read(TriggerResponse).trigger.id if response else ""

    def mend_trigger(self, trigger_id: str, changed: dict[str, Any]) -> None:
        """Changes these members and keeps the rest."""
        self.calls.write("PUT", "/api/v2/triggers/{trigger_id}.json", {"trigger": changed}, trigger_id=trigger_id)

    def delete_trigger(self, trigger_id: str) -> None:
        """Deletes the trigger."""
        self.calls.write("DELETE", "/api/v2/triggers/{trigger_id}.json", trigger_id=trigger_id)
