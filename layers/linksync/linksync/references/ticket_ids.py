"""Zendesk ticket ids out of any value that a Jira issue field can have.

Shapes: https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/ (custom fields) and `adf`.
Option ids are digits as well: a select is read by its `value`, never by its `id`.
"""

import re
from collections.abc import Iterator

from linksync.references import adf
from linksync.references.text import LONGEST_TEXT, Url, plain, segments
from linksync.references.ticket_words import ID, OTHER_WORD, Word, without_markup, words

_ZENDESK = "zendesk.com"
# Lists in lists, options under options: Jira itself goes two deep.
_MAX_DEPTH = 8
# One URL may carry another, escaped (a log-in page, a mail scanner), and that one a third.
_NESTED_URLS = 3
# Beyond this a float no longer tells one number from the next.
_EXACT_FLOATS = 2.0**53

_HELP_CENTER = "hc/(?:[a-z]{2}(?:-[a-z0-9]{2,4})?/)?"
_PATH_END = r"(?![a-z0-9-]|_++[\w-])"  # a mail scanner puts two underscores there
_TICKET_PATH = re.compile(
    rf"/(?:(?:agent/|api/v2/)?tickets|(?:{_HELP_CENTER})?requests)/{ID}{_PATH_END}", re.IGNORECASE
)
# Hosts outside zendesk.com may be mapped to ours, or be anybody's who has tickets.
_MAPPED_PATH = re.compile(rf"/(?:agent/tickets|{_HELP_CENTER}requests)/{ID}{_PATH_END}", re.IGNORECASE)
# How Jira and its automation print number fields: 5001.0, from ten million on 1.2345678E7.
_NUMBER = re.compile(r"[0-9]{1,18}\.[0-9]{1,18}(?:E[0-9]{1,2})?")


def ticket_ids(
    value: object, *, account_host: str = "", projects: frozenset[str] = frozenset()
) -> tuple[str, ...] | None:
    """The distinct ticket ids that a field's `value` names, in order of first appearance.

    () when the field is empty or names none; None when `value`, or part of it, is of a shape that cannot be read, or
    is longer than any field (LONGEST_TEXT), which is not the same as empty.
    Each text, label and option is read on its own, a document as one text: bare numbers count where no other words
    stand, marked ones anywhere (`ticket_words`).  Ids are digits without leading zero, at most 18.
    `account_host`: host of our Zendesk account, `acme.zendesk.com`.  When not empty, URLs of other accounts name
    nothing; hosts outside zendesk.com may be mapped to ours and are read.
    `projects`: upper-case keys of Jira projects whose issues' keys are not to be taken for marked numbers.
    """
    texts = _texts(value, _MAX_DEPTH)
    if texts is None or sum(len(text) + 1 for text in texts) > LONGEST_TEXT:
        return None
    reader = _Reader(account_host, projects)
    return tuple(dict.fromkeys(found for text in texts for found in reader.ids(text)))


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
            parts = adf.texts(value)
            texts = None if parts is None else ["\n".join(parts)]
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


class _Reader:
    """Reads texts for one account."""

    def __init__(self, account_host: str, projects: frozenset[str]) -> None:
        self._host = account_host
        self._account = account_host.lower().removesuffix(f".{_ZENDESK}")
        self._projects = projects

    def ids(self, text: str) -> Iterator[str]:
        """The ids that a text names."""
        text = plain(text)
        if _NUMBER.fullmatch(number := text.strip()):
            yield from _whole(float(number))
            return
        found = tuple(self._words(without_markup(text)))
        bare_ones_count = OTHER_WORD not in found
        yield from (word.id for word in found if word.marked or bare_ones_count)

    def _words(self, text: str) -> Iterator[Word]:
        for segment in segments(text):
            if isinstance(segment, str):
                yield from words(segment, account=self._account, projects=self._projects)
            else:
                named = tuple(self._in_url(segment, _NESTED_URLS))
                yield from (Word(number, marked=True) for number in named)
                yield from () if named else (OTHER_WORD,)

    def _in_url(self, url: Url, nested: int) -> Iterator[str]:
        if url.is_foreign(self._host, domain=_ZENDESK) or not nested:
            return
        path = _TICKET_PATH if url.host.endswith(f".{_ZENDESK}") else _MAPPED_PATH
        if match := path.match(url.path):
            yield match[1]
            return
        for segment in segments(url.path):
            if isinstance(segment, Url):
                yield from self._in_url(segment, nested - 1)
