"""The ledger's records as DynamoDB items: plain mappings, before they are put into DynamoDB's own notation."""

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from linksync.core.evidence import Window
from linksync.core.issues import Issue
from linksync.core.ledger import IssueSaid, Link, Owner, State, TicketLane, TicketSaid

SAID = "said"
LINK = "link#"

SILENCE_KEPT = 30 * 86_400
"""Seconds for which an empty statement is remembered: longer than any message can wait for its turn."""


def _strings(item: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(item.get(name, ()))


def _window(item: Mapping[str, Any]) -> Window | None:
    return Window(float(item["earliest"]), float(item["latest"])) if "latest" in item else None


def _window_item(window: Window | None) -> dict[str, Decimal]:
    return {"earliest": _number(window.earliest), "latest": _number(window.latest)} if window else {}


def _number(value: float) -> Decimal:
    return Decimal(repr(value))


def _expiry(*, silent: bool) -> int | None:
    return int(time.time()) + SILENCE_KEPT if silent else None


def link_of(item: Mapping[str, Any]) -> Link:
    """A link's item, read.

    Version 0.1.0 recorded the intents of many creates before the first was sent, and no time: none of them proves that
    a call was begun.
    """
    state = State(item["state"])
    if state is State.CREATING and "call_begun_at" not in item:
        state = State.PLANNED
    return Link(
        issue=Issue(item["issue_id"], item["issue_key"]),
        key_at=float(item["key_at"]),
        claims=_strings(item, "claims"),
        state=state,
        owner=Owner(item["owner"]),
        call_begun_at=float(item["call_begun_at"]) if "call_begun_at" in item else None,
    )


def link_item(lane: str, link: Link) -> dict[str, Any]:
    """The item of a link in this lane."""
    return {
        "lane": lane,
        "record": LINK + link.issue.id,
        "issue_id": link.issue.id,
        "issue_key": link.issue.key,
        "key_at": _number(link.key_at),
        "claims": link.claims,
        "state": link.state.value,
        "owner": link.owner.value,
        "call_begun_at": None if link.call_begun_at is None else _number(link.call_begun_at),
    }


def ticket_said_of(item: Mapping[str, Any]) -> TicketSaid:
    """What a ticket said, read from its item."""
    return TicketSaid(
        keys=_strings(item, "keys"),
        window=_window(item),
        unresolved=_strings(item, "unresolved"),
        merged_into=item.get("merged_into", ""),
        deleted=item.get("deleted", False),
    )


def ticket_said_item(lane: str, after: TicketLane) -> dict[str, Any]:
    """The item of what the ticket of this lane said; one that says nothing and has no link is forgotten in time."""
    said = after.said
    return {
        "lane": lane,
        "record": SAID,
        "keys": said.keys,
        "unresolved": said.unresolved,
        "merged_into": said.merged_into,
        "deleted": said.deleted,
        "expires_at": _expiry(silent=not (said.keys or after.links or said.merged_into or said.deleted)),
        **_window_item(said.window),
    }


def issue_said_of(item: Mapping[str, Any]) -> IssueSaid:
    """What an issue said, read from its item."""
    return IssueSaid(
        ticket_ids=_strings(item, "ticket_ids"),
        ever_named=_strings(item, "ever_named"),
        window=_window(item),
        key=item.get("issue_key", ""),
        key_at=float(item.get("key_at", 0)),
        deleted=item.get("deleted", False),
    )


def issue_said_item(lane: str, said: IssueSaid) -> dict[str, Any]:
    """The item of what the issue of this lane said; one that never named a ticket is forgotten in time.

    Any other is kept for good: Jira signs no time, and an old body that is sent again must be known to be old.
    """
    return {
        "lane": lane,
        "record": SAID,
        "ticket_ids": said.ticket_ids,
        "ever_named": said.ever_named,
        "issue_key": said.key,
        "key_at": _number(said.key_at),
        "deleted": said.deleted,
        "expires_at": _expiry(silent=not said.ever_named),
        **_window_item(said.window),
    }
