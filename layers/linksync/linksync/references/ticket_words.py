"""The words of a text that name Zendesk tickets.

A mark says that a number is a ticket's: `#5001`, `ZD-5001`, `ticket 5001`, a ticket's URL, or `acme-5001`, which
Zendesk's app writes where several accounts share a Jira site.  A bare number means a ticket only where no other word
stands beside it: a wrong guess at `5001 since 12 March (2 customers)` shows one customer's matter to another.
https://support.zendesk.com/hc/en-us/articles/10042720591898
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from linksync.references.text import MONTH

ID = "([1-9][0-9]{0,17})"
"""Digits without leading zero, at most 18, for a pattern."""

_NAMED = "(?:zd|zendesk|tickets?)"
_SLASHED = re.compile(rf"(?:#|{_NAMED}[-_:]?#?)[0-9]{{1,18}}|[0-9]{{4,18}}", re.IGNORECASE)

# What Jira's text markup puts around words, the numbers of a list's lines, and the end of "5001's".
_MARKUP = re.compile(
    r"\{(?:color|quote|noformat|code|panel)(?::[^{}\n]{0,200})?\}|^(?:h[1-6]|bq)\.[ \t]"
    r"|^[ \t>*-]{0,8}\(?(?:[1-9][0-9]?|[a-z])[.)](?=[ \t]{1,8}[^\s(])|(?<=[0-9])['’]s\b",
    re.IGNORECASE | re.MULTILINE,
)
# 5,001 and 5'001 are one number, not two ids; what it is meant to say is not ours to guess.
_THOUSANDS = re.compile(
    r"(?<![\w,.'’\u202f])(?<![0-9][ \u2009])"
    r"[1-9][0-9]{0,2}([,'’ \u2009\u202f])[0-9]{3}(?:\1[0-9]{3})*(?![\w'’]|,[0-9])"
)
_NEVER_BETWEEN_IDS = "'’\u2009\u202f"
# Other things are numbered too: `order #5001`, `PR #12`, `our #1 reason`.
_OTHER_NUMBERING = re.compile(
    r"(?<!\w)(?:(?:order|invoice|po|pr|mr|pull|pull request|merge request|commit|build|release|version|bug|issue"
    r"|comment|step|page|line|item|row|room)s?[ \t]{0,3}(?:(?:no|nr|number)\b\.?)?[ \t]{0,3}#[0-9]+"
    r"|(?:the|our|your|my|their|its|his|her|is|are|a) #[1-9](?= [a-z]))(?!\w)",
    re.IGNORECASE,
)
_QUANTITY = (
    r"(?:secs?|seconds?|mins?|minutes?|hours?|hrs?|days?|weeks?|months?|years?|times|customers?|users?|people|agents?"
    r"|tickets?|others?|more|stunden?|tage?n?|wochen?|monate?n?|jahre?n?|kunden?|heures?|jours?|semaines?|mois|horas?"
    rf"|d[ií]as?|semanas?|mes(?:es)?|{MONTH})\b"
)
# `Ticket no. 5001`, but neither `reopened the ticket 2 days ago` nor `ticket 5.1`, `ticket 1-3`, `ticket 12/03`.
_MARKED_BY_A_WORD = re.compile(
    r"(?<![\w#-])(?:(?:zendesk[ _-]?)?tickets?(?:[ _-]?(?:ids?|no|nr|num(?:ber)?s?)\b\.?)?|zd|zendesk(?=[ \t]{0,3}:))"
    rf"[ \t]{{0,3}}[:=]?[ \t]{{0,3}}#?{ID}(?![\w@%°]|[.:'’/-][0-9]|-\w|,[0-9]{{1,3}}(?![0-9]))"
    rf"(?:(?<=[0-9]{{4}})|(?![ \t]{{1,3}}{_QUANTITY}))",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s\x00-\x1f\x7f,;|()\[\]{}<>\"'`\\“”‘’„«»‹›、。「」『』【】]+")
_BEFORE, _BEHIND = "*_~•·–—", ".:!?*_~•·–—"
_UNDERLINED = re.compile(r"\+([^+]+)\+")
_CROSSED_OUT = re.compile(rf"-(?:#|{_NAMED}[-_:]?#?)?[0-9]+-", re.IGNORECASE)
_AMOUNT = frozenset("%‰°±$€£¥₹¤")
_MARKS = frozenset({"ticket", "tickets", "zendesk", "zd", "id", "ids", "no", "nos", "nr", "number", "numbers"})
_BETWEEN_NUMBERS = frozenset({"and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "og", "och"})
_SAYS_NOTHING = _MARKS | _BETWEEN_NUMBERS


@dataclass(frozen=True, slots=True)
class Word:
    """A word that matters: it names the ticket `id`, with a mark or bare; an empty `id` names none."""

    id: str = ""
    marked: bool = False


OTHER_WORD = Word()


def without_markup(text: str) -> str:
    """A text without Jira's markup and the numbers of a list's lines."""
    return _MARKUP.sub(" ", text)


def words(prose: str, *, account: str, projects: frozenset[str]) -> Iterator[Word]:
    """The words that matter in a plain text without markup and URLs, in order.

    `account`: our Zendesk subdomain, empty when not known.  `projects`: upper-case keys of Jira projects: what names an
    issue of theirs names no ticket, such as `ZD-5001` where a project is called ZD.
    """
    prose = _THOUSANDS.sub(_one_number, _OTHER_NUMBERING.sub(" other ", prose))
    token = _token(account)
    for word in map(_bared, _SEPARATORS.split(_MARKED_BY_A_WORD.sub(r" #\1 ", prose))):
        if not _says_nothing(word):
            yield from _read(word, token, projects)


def _bared(word: str) -> str:
    """A word without the punctuation around it."""
    word = word.lstrip(_BEFORE).rstrip(_BEHIND)
    underlined = _UNDERLINED.fullmatch(word)
    return underlined[1] if underlined else word


def _read(word: str, token: re.Pattern[str], projects: frozenset[str]) -> Iterator[Word]:
    parts = word.split("/")
    # A slash separates ids, but 24/7 and 12/31/2026 name none.
    slashed = len(parts) == 1 or all(map(_SLASHED.fullmatch, parts))
    for part in parts if slashed else ():
        match = token.fullmatch(part)
        issue_of = part.rpartition("-")[0].upper()
        yield Word(match["id"], bool(match["mark"])) if match and issue_of not in projects else OTHER_WORD
    if not slashed:
        yield OTHER_WORD


@cache
def _token(account: str) -> re.Pattern[str]:
    # In lower case only: ACME-5001 is more likely an issue of a project ACME.
    app = rf"|(?-i:{re.escape(account)})-" if account else ""
    return re.compile(rf"(?P<mark>#|{_NAMED}[-_:]?#?{app})?(?P<id>{ID})", re.IGNORECASE)


def _one_number(match: re.Match[str]) -> str:
    surely = match[1] in _NEVER_BETWEEN_IDS or f"{match[1]}0" in match[0]
    return " other " if surely else match[0]


def _says_nothing(word: str) -> bool:
    """Whether it is a separator, a mark without its number, or a number that somebody crossed out."""
    if word.lower() in _SAYS_NOTHING or _CROSSED_OUT.fullmatch(word):
        return True
    return not any(map(str.isalnum, word)) and _AMOUNT.isdisjoint(word)
