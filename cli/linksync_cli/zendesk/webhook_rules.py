"""What linksync's two webhooks in Zendesk must be like, which one counts, and what is wrong with it.

A webhook serves either triggers or events, never both, and its kind cannot be changed.
https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from linksync_cli.zendesk.records import TRIGGERED, Webhook

EVENT = "zen:event-type:ticket."
EVENTS = tuple(EVENT + name for name in ("merged", "permanently_deleted", "undeleted"))
"""What a trigger does not tell.  Edits of the field are told by the trigger alone: twice would cost a reading each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookKind:
    """One of the two webhooks: what it is called, and what it subscribes to."""

    what: str
    name: str
    subscriptions: tuple[str, ...]

    def includes(self, webhook: Webhook) -> bool:
        """Whether a webhook is of this kind."""
        return webhook.is_for_triggers == (TRIGGERED in self.subscriptions)


TRIGGER = WebhookKind(what="webhook for the trigger", name="linksync: trigger", subscriptions=(TRIGGERED,))
EVENT_SUBSCRIPTION = WebhookKind(what="webhook for ticket events", name="linksync: ticket events", subscriptions=EVENTS)
KINDS = (TRIGGER, EVENT_SUBSCRIPTION)


@dataclass(frozen=True, slots=True)
class FoundWebhooks:
    """The webhooks of one kind that post to the stack: the one that counts, if any, and its doubles."""

    chosen: Webhook | None
    doubles: tuple[Webhook, ...]


def found(kind: WebhookKind, webhooks: Iterable[Webhook], preferred: frozenset[str] = frozenset()) -> FoundWebhooks:
    """Sorts the webhooks of a kind.

    One of the `preferred` (a trigger uses it) goes first, then an active one, then what lacks the fewest subscriptions.
    """
    mine: Sequence[Webhook] = sorted(
        (one for one in webhooks if kind.includes(one)),
        key=lambda one: (
            one.id not in preferred,
            one.status != "active",
            len(set(kind.subscriptions) - set(one.subscriptions)),
            one.id,
        ),
    )
    return FoundWebhooks(mine[0] if mine else None, tuple(mine[1:]))


def mended(kind: WebhookKind, webhook: Webhook) -> dict[str, Any]:
    """What must be changed in a webhook; empty when it is right."""
    right = {"status": "active", "http_method": "POST", "request_format": "json"}
    changed: dict[str, Any] = {name: value for name, value in right.items() if getattr(webhook, name) != value}
    if missing := set(kind.subscriptions) - set(webhook.subscriptions):
        changed["subscriptions"] = sorted({*webhook.subscriptions, *missing})
    return changed
