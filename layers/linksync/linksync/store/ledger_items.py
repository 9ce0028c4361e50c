"""The ledger's records as DynamoDB items: plain mappings, before they are put into DynamoDB's own notation."""

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import CallKind, Link, LinkState, Owner, Refusal
from linksync.core.ordering import Window
from linksync.core.wrong_references import ReferenceNotices

STATED = "said"
LINK = "link#"

EMPTY_KEPT = 30 * 86_400
"""Seconds for which an empty statement is remembered: longer than any message can wait for its turn."""


def _strings(item: Mapping[str, Any], name: str) -> frozenset[str]:
    return frozenset(item.get(name, ()))


def _window(item: Mapping[str, Any]) -> Window | None:
    return Window(float(item["earliest"]), float(item["latest"])) if "latest" in item else None


def _field(item: Mapping[str, Any], refs: str) -> FieldRecord:
    return FieldRecord(_strings(item, refs), _window(item), item.get("delivery", ""), item.get("source", ""))


def _field_item(stated: FieldRecord) -> dict[str, Any]:
    window = stated.window
    times = {"earliest": _number(window.earliest), "latest": _number(window.latest)} if window else {}
    return {"delivery": stated.delivery or None, "source": stated.source or None, **times}


def _notices(item: Mapping[str, Any]) -> ReferenceNotices:
    return ReferenceNotices(due=_strings(item, "notices_due"), given=_strings(item, "notices_given"))


def _notices_item(notices: ReferenceNotices) -> dict[str, frozenset[str]]:
    return {"notices_due": notices.due, "notices_given": notices.given}


def _number(value: float) -> Decimal:
    return Decimal(repr(value))


def _expiry(*, silent: bool) -> int | None:
    return int(time.time()) + EMPTY_KEPT if silent else None


def link_of(item: Mapping[str, Any]) -> Link:
    """A link's item, read.

    An intent without `call_begun_at` is an early version's, which recorded many before the first call: it proves none.
    """
    state = LinkState(item["state"])
    if state is LinkState.CREATING and "call_begun_at" not in item:
        state = LinkState.PLANNED
    return Link(
        issue=Issue(item["issue_id"], item["issue_key"]),
        key_at=float(item["key_at"]),
        claims=_strings(item, "claims"),
        state=state,
        owner=Owner(item["owner"]),
        call_begun_at=float(item["call_begun_at"]) if "call_begun_at" in item else None,
        refusal=_refusal(item),
        link_id=item.get("link_id", ""),
    )


def _refusal(item: Mapping[str, Any]) -> Refusal | None:
    if "refused_call" not in item:
        return None
    return Refusal(
        call=CallKind(item["refused_call"]),
        reason=item["refused_why"],
        delivery=item["refused_by"],
        settled=not item.get("refused_in_doubt", False),
    )


def _refusal_item(refusal: Refusal | None) -> dict[str, str | bool | None]:
    if refusal is None:
        return {}
    return {
        "refused_call": refusal.call.value,
        "refused_why": refusal.reason,
        "refused_by": refusal.delivery,
        "refused_in_doubt": None if refusal.settled else True,
    }


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
        "link_id": link.link_id or None,
        **_refusal_item(link.refusal),
    }


def ticket_of(item: Mapping[str, Any]) -> tuple[FieldRecord, TicketFacts]:
    """What a ticket stated and what is known of it, read from its item (empty: nothing)."""
    facts = TicketFacts(
        not_found=_strings(item, "unresolved"),
        merged_into=item.get("merged_into", ""),
        deleted=item.get("deleted", False),
        missing=item.get("missing", False),
        reference_notices=_notices(item),
        tagged=item.get("tagged", False),
    )
    return _field(item, "keys"), facts


def ticket_item(name: str, lane: TicketLane) -> dict[str, Any]:
    """The item of a ticket's lane; a ticket that states nothing and has no link is forgotten in time."""
    stated, facts = lane.stated, lane.facts
    return {
        "lane": name,
        "record": STATED,
        "keys": stated.refs,
        "unresolved": facts.not_found,
        "merged_into": facts.merged_into,
        "deleted": facts.deleted,
        "missing": facts.missing or None,
        "tagged": facts.tagged or None,
        **_notices_item(facts.reference_notices),
        "expires_at": _expiry(silent=not (stated.refs or lane.links or facts.merged_into or facts.deleted)),
        **_field_item(stated),
    }


def issue_of(item: Mapping[str, Any]) -> IssueRecord:
    """What an issue stated, read from its item."""
    return IssueRecord(
        stated=_field(item, "ticket_ids"),
        ever_named=_strings(item, "ever_named"),
        key=item.get("issue_key", ""),
        key_at=float(item.get("key_at", 0)),
        key_until=float(item.get("key_until", item.get("key_at", 0))),
        deleted=item.get("deleted", False),
        missing=item.get("missing", False),
        told_key=item.get("told_key", ""),
        told=_strings(item, "told") if item.get("told_differs") else None,
        maybe_told=_strings(item, "maybe_told"),
        not_found=_strings(item, "unresolved"),
        reference_notices=_notices(item),
    )


def issue_item(name: str, record: IssueRecord) -> dict[str, Any]:
    """The item of an issue's lane; an issue that never named a ticket is forgotten in time.

    Any other is kept for good: Jira signs no time, and an old body that is sent again must be known to be old.
    """
    return {
        "lane": name,
        "record": STATED,
        "ticket_ids": record.stated.refs,
        "ever_named": record.ever_named,
        "issue_key": record.key,
        "key_at": _number(record.key_at),
        "key_until": _number(record.key_until),
        "deleted": record.deleted,
        "missing": record.missing or None,
        "told_key": record.told_key or None,
        "told": record.told,
        "told_differs": True if record.told is not None else None,
        "maybe_told": record.maybe_told,
        "unresolved": record.not_found,
        **_notices_item(record.reference_notices),
        "expires_at": _expiry(silent=not (record.ever_named or record.not_found or record.reference_notices.given)),
        **_field_item(record.stated),
    }
