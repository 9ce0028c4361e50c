"""Text as people write it, made fit for reading references: one alphabet, and URLs told apart from prose.

Everything here takes time linear in the text's length, and gives at most three characters for one, whatever the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from linksync.references import mail_scanners, zero_width

LONGEST_TEXT = 262_144
"""Characters.  Zendesk's longest field takes 65,536, Jira's 32,767: what is longer is no field's value."""

MONTH = (
    "(?:jan(?:uary?)?|feb(?:ruary?)?|mar(?:ch)?|märz|apr(?:il)?|ma[iy]|jun[ei]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?"
    "|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)"
)
"""A month's name, as English and German dates have it, for a pattern that ignores case."""

# What differs from ASCII in its width, its font or its size alone.  More of NFKC would do harm: it makes a number of
# the bullet ① and of a footnote's mark, and eighteen characters of one.
_WIDTHS_AND_FONTS = (
    *range(0xFF01, 0xFF5F),
    *range(0xFE50, 0xFE6C),
    *range(0x1D400, 0x1D800),
    *range(0x2102, 0x214A),
    *(0xA0, 0x2007, 0x3000),
)
_SAME_CHARACTER = ("<wide>", "<small>", "<font>", "<noBreak>")
_FOOTNOTE_MARKS = dict.fromkeys("²³¹⁰⁴⁵⁶⁷⁸⁹", " ")
_HYPHENS = dict.fromkeys("\u2010\u2011", "-")
_LOOK_ALIKES = {"№": "#", "…": "..."}


def _one_alphabet() -> dict[int, str]:
    table = str.maketrans(_FOOTNOTE_MARKS | _HYPHENS | _LOOK_ALIKES)
    for code in _WIDTHS_AND_FONTS:
        kind, _, same = unicodedata.decomposition(chr(code)).partition(" ")
        if kind in _SAME_CHARACTER:
            table[code] = chr(int(same, 16))
    return table


_ONE_ALPHABET = _one_alphabet()
_SOFT_HYPHEN = "\u00ad"
_SOFT_HYPHEN_MEANT = re.compile(rf"(?<=[A-Za-z_]){_SOFT_HYPHEN}(?=[0-9])")
# Dashes, bullets and the like are hyphens here alone.  Elsewhere they are punctuation: "we fixed it—PROJ-1 was it".
# The last two are what a Japanese keyboard gives: PROJー1.
_HYPHEN_MEANT = re.compile(rf"(?<=[A-Za-z0-9_])[{zero_width.DASHES}](?=[0-9])")

_VENDOR_HOST = r"[a-z0-9.-]{1,253}\.(?:atlassian\.net|zendesk\.com)(?![a-z0-9-])"
# A comma or a semicolon ends a URL: in these fields it separates two, and browsers escape it inside one.
_URL = re.compile(
    rf"(?:https?://|(?<![a-z0-9.@-])(?={_VENDOR_HOST}))([\w.~:/?#@!$&()*+=%-]+){mail_scanners.TAIL}",
    re.IGNORECASE | re.ASCII,
)
_AUTHORITY_END = re.compile(r"[/?#]")


@dataclass(frozen=True, slots=True)
class Url:
    """A URL's lower-case host, and its path and query with percent-escapes decoded, `plain`.

    Its fragment is left out: Jira puts `#comment-10100` there, which looks like a key.
    """

    host: str
    path: str

    def is_foreign(self, ours: str, *, domain: str) -> bool:
        """Whether it leads to another tenant of the vendor's `domain` than `ours`; never when `ours` is empty."""
        return bool(ours) and self.host.endswith(f".{domain}") and self.host != ours.lower()


def plain(text: str) -> str:
    """The text with ASCII for full-width characters and the like, with `-` for hyphens and what stands for one.

    Nothing invisible is left: zero-width characters inside a key are gone, elsewhere they are spaces.
    """
    if text.isascii():
        return text
    text = zero_width.removed(text.translate(_ONE_ALPHABET))
    # What is left of soft hyphens stands inside words, where it cannot be seen.
    text = _SOFT_HYPHEN_MEANT.sub("-", text).replace(_SOFT_HYPHEN, "")
    return _HYPHEN_MEANT.sub("-", text)


def segments(text: str) -> Iterator[str | Url]:
    """The prose and the URLs of a `plain` text, in order.  `acme.atlassian.net/…` needs no scheme, nor does Zendesk's.

    The address that a mail scanner wrapped is told in the path of the scanner's own.
    """
    position = 0
    for match in _URL.finditer(text):
        yield text[position : match.start()]
        yield _url(match[1], match["tail"] or "")
        position = match.end()
    yield text[position:]


def _url(rest: str, tail: str) -> Url:
    end = _AUTHORITY_END.search(rest)
    cut = end.start() if end else len(rest)
    host = rest[:cut].rpartition("@")[2].partition(":")[0].rstrip(".").lower()
    path = rest[cut:].partition("#")[0]
    wrapped = mail_scanners.wrapped(host, path, tail)
    return Url(host=host, path=plain(unquote(path) if wrapped is None else wrapped))
