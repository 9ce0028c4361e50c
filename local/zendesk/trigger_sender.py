"""A trigger and its webhook as an administrator sets them up for linksync, for tests that need no set-up."""

from local.zendesk.ticket import SimulatedTicket
from local.zendesk.triggers import NOTIFY, TriggerRegistry
from local.zendesk.webhooks import ZendeskWebhook


class TriggerSender(ZendeskWebhook):
    """The webhook of a trigger "ticket field changed", which posts the field's new value in a body template."""

    def __init__(self, field_id: str, secret: str, triggers: TriggerRegistry) -> None:
        super().__init__("Zendesk trigger", secret, pace=triggers.webhooks.pace)
        triggers.webhooks.adopt(self)
        self.field_id = field_id
        self.template = '{"ticket_id": "{{ticket.id}}", "issue_keys": "{{ticket.ticket_field_' + field_id + '}}"}'
        self._triggers = triggers
        self._trigger = triggers.add(
            "linksync: issue keys changed",
            {"all": [{"field": f"custom_fields_{field_id}", "operator": "changed", "value": None}], "any": []},
            [{"field": NOTIFY, "value": [self.webhook_id, self.template]}],
        )
        self._trigger.listed = False

    def aim(self, url: str) -> None:
        """Registers webhook and trigger, as it were; an empty URL takes both away."""
        self.url, self._trigger.listed = url, bool(url)

    def fire_on_every_change(self) -> None:
        """Has it fire whenever a ticket is made or updated: where a field cannot be asked whether it changed."""
        updates = [{"field": "update_type", "operator": "is", "value": value} for value in ("Create", "Change")]
        self._trigger.conditions = {"all": [], "any": updates}

    @property
    def enabled(self) -> bool:
        """Whether the trigger is active."""
        return self._trigger.active

    @enabled.setter
    def enabled(self, active: bool) -> None:
        self._trigger.active = active

    @property
    def escapes(self) -> bool:
        """Whether placeholders are escaped inside the JSON body; what Zendesk does is not documented."""
        return self._triggers.escapes

    @escapes.setter
    def escapes(self, escapes: bool) -> None:
        self._triggers.escapes = escapes

    def render(self, ticket: SimulatedTicket) -> bytes:
        """The body for this ticket as it is now."""
        return self._triggers.render(self.template, ticket)
