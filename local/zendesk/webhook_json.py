"""Webhooks as Zendesk's API shows them, and as it takes them."""

from collections.abc import Mapping
from typing import Any

from local.zendesk.events import EVENT
from local.zendesk.replies import stamp
from local.zendesk.ticket import ADMIN_ID
from local.zendesk.webhooks import TRIGGERED, ZendeskWebhook

DETAILS = ("http_method", "request_format", "description", "custom_headers", "authentication")


class BadWebhook(ValueError):
    """No webhook can be like that."""


def shown(webhook: ZendeskWebhook) -> dict[str, Any]:
    """A webhook as the API shows it: without the secret parts of its authentication."""
    details = {name: value for name, value in webhook.details.items() if value is not None}
    if details.get("authentication"):
        data = details["authentication"].get("data") or {}
        public = {name: value for name, value in data.items() if name in ("username", "name")}
        details["authentication"] = {**details["authentication"], "data": public}
    updated = {"updated_at": stamp(webhook.updated_at), "updated_by": str(ADMIN_ID)} if webhook.updated_at else {}
    return {
        "id": webhook.webhook_id,
        "name": webhook.name,
        "status": "active" if webhook.active else "inactive",
        "subscriptions": webhook.subscriptions,
        "created_at": stamp(webhook.created_at),
        "created_by": str(ADMIN_ID),
        **updated,
        "endpoint": webhook.url,
        **details,
    }


def check(asked: Mapping[str, Any]) -> None:
    """Raises BadWebhook for what no webhook can be, KeyError for what is missing."""
    if not str(asked["endpoint"]).startswith(("http://", "https://")) or not asked["name"]:
        raise BadWebhook("A webhook needs a name and an endpoint")
    if asked["http_method"] not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        raise BadWebhook("No such method")


def kinds_of(subscriptions: list[str]) -> set[str]:
    """The ticket events among the subscriptions; none for those that triggers use.  Raises BadWebhook for both."""
    if TRIGGERED in subscriptions and len(subscriptions) > 1:
        raise BadWebhook("A webhook serves triggers or events, never both")
    return {one.removeprefix(EVENT) for one in subscriptions if one != TRIGGERED}


def apply(webhook: ZendeskWebhook, asked: Mapping[str, Any]) -> None:
    """Sets what was asked for and leaves the rest."""
    webhook.name = str(asked.get("name") or webhook.name)
    webhook.url = str(asked.get("endpoint") or webhook.url)
    webhook.active = asked.get("status", "active" if webhook.active else "inactive") == "active"
    webhook.details |= {name: asked[name] for name in DETAILS if name in asked}
