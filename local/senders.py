"""The four senders together: who hears which side's changes, and where each posts to."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Self

from local.http.courier import Courier, Delivery
from local.jira.site import Jira
from local.jira.webhooks import AutomationSender, JiraWebhook
from local.zendesk.site import Zendesk
from local.zendesk.webhooks import EventSender, TriggerSender, ZendeskWebhook

ZENDESK_SECRET = "zendesk-signing-secret-of-the-laptop-world"
JIRA_SECRET = "jira-webhook-secret-of-the-laptop-world"
AUTOMATION_TOKEN = "jira-automation-token-of-the-laptop-world"

__all__ = ["AutomationSender", "EventSender", "JiraWebhook", "Senders", "TriggerSender", "ZendeskWebhook"]


class Senders:
    """Every sender of the two vendors.  They are silent until they are aimed.

    `time_scale` multiplies the waits between attempts; `workers` is how many deliveries each sender runs at once.  The
    automation sender is off until its `enabled` is set, as is the event `custom_field_changed` until it is added to
    `events.kinds`: both say what the trigger and the webhook say already.
    """

    def __init__(
        self, ticket_field: str, issue_field: str, *, time_scale: float, workers: int, timeout: float | None = None
    ) -> None:
        self.trigger = TriggerSender(ticket_field, ZENDESK_SECRET, time_scale=time_scale, workers=workers)
        self.events = EventSender(ZENDESK_SECRET, time_scale=time_scale, workers=workers)
        self.webhook = JiraWebhook(JIRA_SECRET, time_scale=time_scale, workers=workers)
        self.automation = AutomationSender(issue_field, AUTOMATION_TOKEN)
        self._open = ExitStack()
        for courier in self.couriers():
            courier.timeout = timeout or courier.timeout

    def subscribe(self, zendesk: Zendesk, jira: Jira) -> None:
        """Has every sender hear its vendor's changes."""
        zendesk.tickets.listeners += [self.trigger.on_change, self.events.on_change]
        jira.issues.listeners += [self.webhook.on_change, self.automation.on_change]

    def aim(self, *, zendesk: str, jira: str, automation: str) -> None:
        """Sets the URLs; an empty one silences its senders."""
        self.trigger.url = self.events.url = zendesk
        self.webhook.url, self.automation.url = jira, automation

    def couriers(self) -> list[Courier]:
        """The couriers of all four."""
        return [self.trigger.courier, self.events.courier, self.webhook.courier, self.automation.courier]

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
        for courier in self.couriers():
            self._open.enter_context(courier)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._open.close()


def _ticks(timeout: float) -> Iterator[None]:
    deadline = time.monotonic() + timeout
    yield
    while time.monotonic() < deadline:
        time.sleep(0.005)
        yield
