"""Zendesk's and Jira's senders, and the network between them and us, which delivers as it pleases."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from local.jira.automation import automation_body
from local.jira.events import webhook_body
from local.jira.issue import IssueChange, SimulatedIssue
from local.jira.webhooks import signature as jira_signature
from local.senders import AUTOMATION_TOKEN, JIRA_SECRET, ZENDESK_SECRET
from local.vendors import ISSUE_FIELD, TICKET_FIELD
from local.zendesk.events import event_body
from local.zendesk.signing import signature as zendesk_signature
from local.zendesk.ticket import TicketChange
from local.zendesk.triggers import TriggerRegistry
from tests.simulation.clock import Clock

ATTEMPTS_FOR, JIRA_ATTEMPTS_FOR = 550.0, 1_650.0
"""Seconds after which a sender's last retry gets through: the retry horizon is what Zendesk keeps within."""

TEMPLATE = '{"ticket_id": "{{ticket.id}}", "issue_keys": "{{ticket.ticket_field_' + TICKET_FIELD + '}}"}'
LIFE = frozenset({"created", "merged", "soft_deleted", "undeleted", "permanently_deleted"})

type Headers = Callable[[float], dict[str, str]]
type TicketSender = Literal["trigger", "event"]
type IssueSender = Literal["webhook", "automation", "unreadable"]


@dataclass
class Delivery:
    """On its way.  `deadline` is when the sender's last attempt gets through at the latest.

    `traceless`: neither an export nor a search shows afterwards what it tells, so that only its sender can.
    """

    route: str
    body: bytes
    headers: Headers
    deadline: float
    traceless: bool = False


class Senders:
    """Everything that both vendors send.  `tickets_by` and `issues_by` say who tells of the next edit."""

    def __init__(self, clock: Clock, triggers: TriggerRegistry) -> None:
        self.clock = clock
        self.network: list[Delivery] = []
        self.tickets_by: TicketSender = "trigger"
        self.issues_by: IssueSender = "webhook"
        self._triggers = triggers
        self._deliveries = 0

    # ── listeners ───────────────────────────────────────────────────────────────────────────────────────────────

    def on_ticket_change(self, change: TicketChange) -> None:
        """A listener for `TicketStore.listeners`."""
        edited = change.kind == "custom_field_changed" and change.field_id == TICKET_FIELD
        if edited and self.tickets_by == "trigger":
            self._zendesk(self._triggers.render(TEMPLATE, change.ticket))
        elif edited or change.kind in LIFE:
            self._zendesk(json.dumps(event_body(change)).encode(), traceless=change.kind == "merged")

    def on_issue_change(self, change: IssueChange) -> None:
        """A listener for `IssueStore.listeners`."""
        moved = any(item["field"] == "Key" for item in change.items)
        if self.issues_by == "automation" and change.kind == "updated":
            self._automation(_moved(change.issue) if moved else automation_body(change.issue, ISSUE_FIELD, "custom"))
            return
        body = webhook_body(change)
        if self.issues_by == "unreadable" and change.kind == "updated" and moved:
            del body["issue"]["fields"][ISSUE_FIELD]
        elif self.issues_by == "unreadable" and change.kind == "updated":
            body["issue"]["fields"][ISSUE_FIELD] = {"shape": "that nobody knows"}
        self._webhook(json.dumps(body).encode(), traceless=change.kind == "deleted")

    def forge_deletions(self, ticket_id: str, issue_id: str) -> None:
        """Tell that a ticket and an issue are deleted that are not."""
        ticket, issue = {"ticket_id": ticket_id}, {"id": issue_id, "key": "PROJ-1"}
        now = self.clock.tick()
        time = datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
        self._zendesk(
            json.dumps(
                {
                    "type": "zen:event-type:ticket.permanently_deleted",
                    "subject": f"zen:ticket:{ticket['ticket_id']}",
                    "time": time,
                    "detail": {"id": ticket_id},
                    "event": {},
                }
            ).encode()
        )
        told = {"webhookEvent": "jira:issue_deleted", "timestamp": int(now * 1000), "issue": issue}
        self._webhook(json.dumps(told).encode(), traceless=True)

    # ── the network ─────────────────────────────────────────────────────────────────────────────────────────────

    def delivered(self, delivery: Delivery) -> None:
        """It got through, or its sender gave it up."""
        self.network.remove(delivery)

    def due(self, until: float) -> list[Delivery]:
        """What gets through until then at the latest, in the order of the senders' last attempts."""
        return sorted((one for one in self.network if one.deadline <= until), key=lambda one: one.deadline)

    def _zendesk(self, body: bytes, *, traceless: bool = False) -> None:
        name = self._name()

        def headers(now: float) -> dict[str, str]:
            timestamp = datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            return {
                "x-zendesk-webhook-invocation-id": name,
                "x-zendesk-webhook-signature": zendesk_signature(ZENDESK_SECRET, timestamp, body),
                "x-zendesk-webhook-signature-timestamp": timestamp,
            }

        self._post("/webhooks/zendesk", body, headers, ATTEMPTS_FOR, traceless=traceless)

    def _webhook(self, body: bytes, *, traceless: bool) -> None:
        fixed = {
            "X-Atlassian-Webhook-Identifier": self._name(),
            "X-Hub-Signature": jira_signature(JIRA_SECRET, body),
        }
        self._post("/webhooks/jira", body, lambda _now: fixed, JIRA_ATTEMPTS_FOR, traceless=traceless)

    def _automation(self, body: bytes) -> None:
        fixed = {"Authorization": f"Bearer {AUTOMATION_TOKEN}"}
        self._post("/webhooks/jira/automation", body, lambda _now: fixed, ATTEMPTS_FOR)

    def _name(self) -> str:
        self._deliveries += 1
        return f"delivery-{self._deliveries:08d}"

    def _post(self, route: str, body: bytes, headers: Headers, attempts_for: float, *, traceless: bool = False) -> None:
        self.network.append(Delivery(route, body, headers, self.clock.now + attempts_for, traceless))


def _moved(issue: SimulatedIssue) -> bytes:
    """What the rule "Issue moved" sends."""
    return json.dumps({"event": "moved", "issue_id": issue.id, "issue_key": issue.key}).encode()
