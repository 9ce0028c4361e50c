"""What the parsers of all senders share: JSON that nobody should trust, identities, times, and their result."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linksync.core.messages import IssueStatement, TicketStatement
from linksync.errors import Unreadable
from linksync.references.fields import TooManyReferences

_FURTHEST_AHEAD = 86_400.0  # seconds: a "time of the change" further ahead than this would make all later ones stale
_ID = re.compile(r"[1-9][0-9]{0,19}")
_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,254}-[1-9][0-9]{0,19}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


@dataclass(frozen=True, slots=True)
class Ignored:
    """Authentic, but nothing to do with links.  `reason` is one word for logs and the answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """What kind of body it was (`source`, for logs and metrics) and what it states."""

    source: str
    content: TicketStatement | IssueStatement | Ignored


def load(body: bytes, *, unique: bool) -> dict[str, Any]:
    """The JSON object that the body holds.

    `unique` also refuses repeated keys: bodies made from a template hold people's text, possibly unescaped, and a text
    with a quote in it can add keys of its own.  Raises Unreadable: empty_body, not_json, not_an_object.
    """
    if not body.strip():
        raise Unreadable("empty_body")
    try:
        document = (_UNIQUE if unique else _LENIENT).decode(body.decode(json.detect_encoding(body)))
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json") from error
    if not isinstance(document, dict):
        raise Unreadable("not_an_object")
    return document


def identity(value: object) -> str | None:
    """The id of a ticket or an issue as its canonical digits, from a string or an integer; None for anything else."""
    text = str(value) if isinstance(value, (int, str)) else ""
    return text if _ID.fullmatch(text) else None


def issue_identity(issue: object) -> tuple[str, str]:
    """Id and key (upper case) of an issue object.  Raises Unreadable: no_issue_id, no_issue_key."""
    fields = mapping(issue)
    issue_id, key = identity(fields.get("id")), fields.get("key")
    if issue_id is None:
        raise Unreadable("no_issue_id")
    if not (isinstance(key, str) and key.isascii() and _KEY.fullmatch(key.upper())):
        raise Unreadable("no_issue_key")
    return issue_id, key.upper()


def references(read: Callable[[object], tuple[str, ...] | None], value: object) -> tuple[str, ...] | None:
    """What `read`, a field's, makes of a value: its references, or None.  Raises Unreadable: too_many_references."""
    try:
        return read(value)
    except TooManyReferences as error:
        raise Unreadable(error.reason) from error


def mapping(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one: what is missing in it is missing either way."""
    return value if isinstance(value, dict) else {}


def instant(text: object) -> float | None:
    """Seconds since the epoch of `2025-01-08T10:15:00.1Z` (up to nanoseconds); None for any other shape."""
    if not (isinstance(text, str) and _TIME.fullmatch(text)):
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def dated(at: float | None, *, received_at: float) -> tuple[float, bool]:
    """When a statement holds, and whether that is the body's own time: one that can order it against others."""
    if at is not None and 0 < at < received_at + _FURTHEST_AHEAD:  # which NaN and infinity are not
        return at, True
    return received_at, False


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key is repeated")
    return fields


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_LENIENT = json.JSONDecoder(parse_constant=_refuse)
_UNIQUE = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_distinct)
