"""Messages as the JSON text of the event queue.

The names on the queue are a format of their own (`v`): messages wait there while a new version is deployed, and it must
read what the old one wrote.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LifecycleEvent,
    LinkNotice,
    Message,
    NoticeKind,
    OperatorAction,
    OperatorCommand,
    Payload,
    Quarantined,
    TicketStatement,
)

FORMAT_VERSION = 1

_KINDS: dict[str, type[TicketStatement | IssueStatement | LinkNotice | OperatorCommand]] = {
    "ticket_statement": TicketStatement,
    "issue_statement": IssueStatement,
    "link_notice": LinkNotice,
    "operator_command": OperatorCommand,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_QUARANTINED = "quarantined"
_ON_THE_QUEUE = {"lifecycle": "life", "kind": "change"}
_OPTIONAL = frozenset(
    {"linked", "look_up", "seen"}
)  # left out when empty: an older version, still at work, knows it not
_IN_CODE = {name: ours for ours, name in _ON_THE_QUEUE.items()}


def encode(message: Message) -> str:
    """The message as the JSON text of a queue message."""
    fields = asdict(message)
    if isinstance(message, Envelope):
        kind, payload = _NAMES[type(message.payload)], fields.pop("payload")
    else:
        payload = {name: fields.pop(name) for name in ("reason", "excerpt", "size", "sha256")}
        kind = _QUARANTINED
    payload = {
        _ON_THE_QUEUE.get(name, name): value for name, value in payload.items() if name not in _OPTIONAL or value
    }
    return json.dumps({"v": FORMAT_VERSION, "kind": kind, **fields, "payload": payload}, separators=(",", ":"))


def decode(body: str) -> Message:
    """The message in a queue message's text.  Raises ValueError for anything that `encode` did not write."""
    try:
        raw = json.loads(body)
        if raw["v"] != FORMAT_VERSION:
            raise ValueError(f"message format {raw['v']!r} is not {FORMAT_VERSION}")
        common = {name: raw[name] for name in ("delivery", "correlation_id", "source")}
        common["received_at"] = float(raw["received_at"])
        if raw["kind"] == _QUARANTINED:
            return Quarantined(**common, **raw["payload"])
        return Envelope(**common, payload=_payload(raw["kind"], raw["payload"]))
    except (AttributeError, KeyError, TypeError, OverflowError, RecursionError) as problem:
        raise ValueError(f"not a linksync message: {problem}") from problem


def _payload(kind: str, sent: Mapping[str, Any]) -> Payload:
    fields = {_IN_CODE.get(name, name): value for name, value in sent.items()}
    for name in ("issue_keys", "ticket_ids", "linked"):
        if fields.get(name) is not None:
            fields[name] = tuple(fields[name])
    for name, enum in (("lifecycle", LifecycleEvent), ("kind", NoticeKind), ("action", OperatorAction)):
        if name in fields:
            fields[name] = enum(fields[name])
    return _KINDS[kind](**fields)
