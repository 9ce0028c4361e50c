"""The senders of both vendors, set up as an administrator does it, and everything that they deliver."""

import time
from collections.abc import Iterator
from typing import Self

from local.http.courier import Courier
from local.http.deliveries import Delivery
from local.jira.automation import AutomationSender
from local.jira.site import Jira
from local.zendesk.site import Zendesk
from local.zendesk.trigger_sender import TriggerSender
from local.zendesk.webhooks import LIFE

ZENDESK_SECRET = "zendesk-signing-secret-of-the-laptop-world"
JIRA_SECRET = "jira-webhook-secret-of-the-laptop-world"
AUTOMATION_TOKEN = "jira-automation-token-of-the-laptop-world"


class Senders:
    """A trigger, an event subscription, an administrator's webhook and an automation rule, registered already.

    They are silent, and not listed, until they are aimed.  The automation rule is off until its `enabled` is set, as is
    the event `custom_field_changed` until it is added to `events.kinds`: both say what the trigger and the webhook say
    already.  What is registered over the vendors' APIs besides delivers beside them.
    """

    def __init__(
        self, zendesk: Zendesk, jira: Jira, ticket_field: str, issue_field: str, *, set_up: bool = True
    ) -> None:
        self.pace = zendesk.webhooks.pace
        self._zendesk = zendesk
        self._jira = jira
        self._set_up = set_up
        self.trigger = TriggerSender(ticket_field, ZENDESK_SECRET, zendesk.triggers)
        self.events = zendesk.webhooks.add("Zendesk event", ZENDESK_SECRET, kinds=LIFE)
        self.webhook = jira.webhooks.add("Jira webhook", JIRA_SECRET)
        self.automation = AutomationSender(issue_field, AUTOMATION_TOKEN, pace=self.pace)
        jira.issues.listeners.append(self.automation.on_change)

    def aim(self, *, zendesk: str, jira: str, automation: str) -> None:
        """Sets the URLs; an empty one silences its senders.  Accounts that are to be empty stay so."""
        if not self._set_up:
            return
        self.trigger.aim(zendesk)
        self.events.url = zendesk
        self.webhook.url, self.automation.url = jira, automation

    def couriers(self) -> list[Courier]:
        """The couriers of all that is registered."""
        zendesk, jira = self._zendesk.webhooks.couriers(), self._jira.webhooks.couriers()
        return [*zendesk, *jira, self.automation.courier, self._jira.rules.courier]

    def deliveries(self) -> list[Delivery]:
        """Everything that was ever posted, sender by sender, oldest first."""
        return [delivery for courier in self.couriers() for delivery in list(courier.deliveries)]

    def idle(self) -> bool:
        """Whether nobody has anything to deliver or to retry."""
        return all(courier.idle() for courier in self.couriers())

    def wait_idle(self, timeout: float = 30) -> bool:
        """Waits until `idle`; False when the time is up first."""
        return any(self.idle() for _ in _ticks(timeout))

    def secrets(self) -> dict[str, list[str]]:
        """What the receiving side must know to believe them: the content of `WebhookSecret`."""
        return {
            "zendesk": sorted({self.trigger.secret, self.events.secret}),
            "jira": [self.webhook.secret],
            "jira_automation": [self.automation.token],
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for courier in self.couriers():
            courier.close()


def _ticks(timeout: float) -> Iterator[None]:
    deadline = time.monotonic() + timeout
    yield
    while time.monotonic() < deadline:
        time.sleep(0.005)
        yield
