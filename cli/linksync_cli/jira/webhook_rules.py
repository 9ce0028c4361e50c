"""What linksync's webhook in Jira must be like, and what is wrong with one.  Functions of values."""

import re
from collections.abc import Iterable
from typing import Any

from linksync_cli.jira.records import FILTER, Webhook

EVENTS = ("jira:issue_created", "jira:issue_deleted", "jira:issue_updated")
NAME = "linksync"
_OURS = re.compile(r'project in \("[A-Z0-9_]+"(, "[A-Z0-9_]+")*\)')


def jql(project_keys: str) -> str:
    """The issues that count: those of `ProjectKeys`, or all."""
    keys = [key for part in project_keys.split(",") if (key := part.strip().upper())]
    return f"project in ({', '.join(f'"{key}"' for key in keys)})" if keys else ""


def wanted(url: str, *, jql: str, secret: str) -> dict[str, Any]:
    """The whole webhook."""
    return {
        "name": NAME,
        "description": "Tells linksync of issues that are made, changed or deleted.",
        "url": url,
        "events": list(EVENTS),
        "filters": {FILTER: jql},
        "excludeBody": False,
        "enabled": True,
        "secret": secret,
    }


def found(url: str, webhooks: Iterable[Webhook]) -> list[Webhook]:
    """Those that post there: the one that counts first, then its doubles."""
    mine = (one for one in webhooks if one.url.rstrip("/") == url.rstrip("/"))
    return sorted(mine, key=lambda one: (not one.enabled, not one.is_signed, one.id))


def mended(webhook: Webhook, *, jql: str) -> dict[str, Any]:
    """The whole webhook as it must be; empty when it is right.  Its name, more events and a person's filter stay."""
    filtered = jql if not webhook.jql or _OURS.fullmatch(webhook.jql) else webhook.jql
    right = {
        "name": webhook.name,
        "url": webhook.url,
        "events": sorted({*webhook.events, *EVENTS}),
        "filters": {FILTER: filtered},
        "excludeBody": False,
        "enabled": True,
    }
    is_right = (
        webhook.enabled and not webhook.exclude_body and filtered == webhook.jql and set(EVENTS) <= set(webhook.events)
    )
    return {} if is_right else right


def whole(webhook: Webhook) -> dict[str, Any]:
    """A webhook as it stands, for writing it again."""
    return {
        "name": webhook.name,
        "url": webhook.url,
        "events": list(webhook.events),
        "filters": {FILTER: webhook.jql},
        "excludeBody": webhook.exclude_body,
        "enabled": webhook.enabled,
    }
