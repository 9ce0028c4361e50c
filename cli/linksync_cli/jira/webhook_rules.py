"""What linksync's webhook in Jira must be like, and what is wrong with one.  Functions of values."""

import re
from collections.abc import Iterable
from typing import Any

from linksync_cli.jira.records import FILTER, Webhook

EVENTS = ("jira:issue_created", "jira:issue_deleted", "jira:issue_updated")
NAME = "linksync"
_OF_AN_EARLIER_VERSION = re.compile(r'project in \("[A-Z0-9_]+"(, "[A-Z0-9_]+")*\)')


def wanted(url: str, *, secret: str) -> dict[str, Any]:
    """The whole webhook.

    It has no filter, not even by ProjectKeys: Jira asks it of an issue as it is after a change, and so would not tell
    of one that was moved out of a project that counts.
    """
    return {
        "name": NAME,
        "description": "Tells linksync of issues that are made, changed or deleted.",
        "url": url,
        "events": list(EVENTS),
        "filters": {FILTER: ""},
        "excludeBody": False,
        "enabled": True,
        "secret": secret,
    }


def found(url: str, webhooks: Iterable[Webhook]) -> list[Webhook]:
    """Those that post there: the one that counts first, then its doubles."""
    mine = (one for one in webhooks if one.url.rstrip("/") == url.rstrip("/"))
    return sorted(mine, key=lambda one: (not one.enabled, not one.is_signed, one.id))


def mended(webhook: Webhook) -> dict[str, Any]:
    """The whole webhook as it must be; empty when it is right.  Its name, more events and a person's filter stay."""
    filtered = "" if _OF_AN_EARLIER_VERSION.fullmatch(webhook.jql) else webhook.jql
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
