"""Zendesk ticket ids out of any value that a Jira issue field can have.

Shapes: https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/ (custom fields) and `adf`.
Option ids are digits as well: a select is read by its `value`, never by its `id`.
"""

import re
from collections.abc import Iterator

from linksync.references import adf
from linksync.references.text import Url, segments

_ZENDESK = "zendesk.com"
# Lists in lists, options under options: Jira itself goes two deep.
_MAX_DEPTH = 8
# One URL may carry another, escaped (a log-in page, a mail scanner), and that one a third.
_NESTED_URLS = 3
# Beyond this a float no longer tells one number from the next.
_EXACT_FLOATS = 2.0**53

_ID = r"([1-9][0-9]{0,17})"
_PREFIX = r"(?:#|(?:zd|zendesk|ticket)[-_:]?#?)"
_TOKEN = re.compile(rf"{_PREFIX}?{_ID}", re.IGNORECASE)
_SLASHED = re.compile(rf"{_PREFIX}[0-9]{{1,18}}|[0-9]{{4,18}}", re.IGNORECASE)
_TICKET_PATH = re.compile(
    rf"/(?:(?:agent/)?tickets|(?:hc/(?:[a-z]{{2}}(?:-[a-z0-9]{{2,4}})?/)?)?requests)/{_ID}(?![\w-])", re.IGNORECASE
)
# How Jira and its automation print number fields: 5001.0, from ten million on 1.2345678E7.
_NUMBER = re.compile(r"[0-9]{1,18}\.[0-9]{1,18}(?:E[0-9]{1,2})?")
# 5,001 is one number, not two ids; what it is meant to say is not ours to guess.
_THOUSANDS = re.compile(r"(?<![\w,.])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![\w,])")
_SEPARATORS = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200d\u2060\ufeff,;|()\[\]{}<>\"'`\\“”‘’„«»‹›、。「」『』【】]+")
_BEFORE, _AFTER = "*_~•·–—", ".:!?*_~•·–—"


def ticket_ids(value: object, *, account_host: str = "") -> tuple[str, ...] | None:
    """The distinct ticket ids that a field's `value` names, in order of first appearance.

    () when the field is empty or names none; None when `value`, or part of it, is of a shape that cannot be read,
    which is not the same as empty.  Ids are digits without leading zero, at most 18.
    `account_host`: host of our Zendesk account, `acme.zendesk.com`.  When not empty, URLs of other accounts name
    nothing; hosts outside zendesk.com may be mapped to ours and are read.
    """
    texts = _texts(value, _MAX_DEPTH)
    if texts is None:
        return None
    return tuple(dict.fromkeys(found for text in texts for found in _in_text(text, account_host)))


def _texts(value: object, depth: int) -> list[str] | None:
    """All that `value` says, as texts; None when it cannot be read."""
    texts: list[str] | None = None
    match value:
        case _ if not depth or isinstance(value, bool):
            pass
        case None:
            texts = []
        case str():
            texts = [value]
        case int() | float():
            texts = _whole(value)
        case list():
            texts = _all(value, depth - 1)
        case dict() if adf.is_document(value):
            texts = adf.texts(value)
        case {"value": shown, **others}:
            texts = _all([shown, others.get("child")], depth - 1)
    return texts


def _all(values: list[object], depth: int) -> list[str] | None:
    texts: list[str] = []
    for value in values:
        found = _texts(value, depth)
        if found is None:
            return None
        texts += found
    return texts


def _whole(number: float) -> list[str]:
    if isinstance(number, float) and not (number.is_integer() and number < _EXACT_FLOATS):
        return []
    return [str(int(number))] if 0 < number < 10**18 else []


def _in_text(text: str, account_host: str) -> Iterator[str]:
    if _NUMBER.fullmatch(number := text.strip()):
        yield from _whole(float(number))
        return
    for segment in segments(text):
        if isinstance(segment, str):
            yield from _in_prose(segment)
        else:
            yield from _in_url(segment, account_host, _NESTED_URLS)


def _in_prose(prose: str) -> Iterator[str]:
    prose = _THOUSANDS.sub(lambda number: "" if ",0" in number[0] else number[0], prose)
    for word in _SEPARATORS.split(prose):
        parts = word.lstrip(_BEFORE).rstrip(_AFTER).split("/")
        # A slash separates ids, but 24/7 and 12/31/2026 name none.
        if len(parts) == 1 or all(map(_SLASHED.fullmatch, parts)):
            yield from (match[1] for match in map(_TOKEN.fullmatch, parts) if match)


def _in_url(url: Url, account_host: str, nested: int) -> Iterator[str]:
    if url.is_foreign(account_host, domain=_ZENDESK) or not nested:
        return
    if match := _TICKET_PATH.match(url.path):
        yield match[1]
        return
    for segment in segments(url.path):
        if isinstance(segment, Url):
            yield from _in_url(segment, account_host, nested - 1)
