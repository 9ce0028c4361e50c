"""Text as people write it, made fit for reading references: one alphabet, and URLs told apart from prose.

Everything here takes time linear in the text's length, whatever the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

# A footnote mark behind a number is no digit of it, though NFKC would make it one.
_BEFORE_NFKC = str.maketrans(dict.fromkeys("\u2010\u2011", "-") | dict.fromkeys("²³¹⁰⁴⁵⁶⁷⁸⁹", " "))
# In short pieces, because sorting a long run of combining marks takes CPython quadratic time.
_NOT_ASCII = re.compile(r"[^\x00-\x7f]{1,32}")
_SOFT_HYPHEN = "\u00ad"
# Dashes are hyphens here alone.  Elsewhere they are punctuation: "we fixed it—PROJ-1 was the cause".
_HYPHEN_MEANT = re.compile(rf"(?<=[A-Za-z0-9_])[\u2012-\u2015\u2212](?=[0-9])|(?<=[A-Za-z_]){_SOFT_HYPHEN}(?=[0-9])")

_VENDOR_HOST = r"[a-z0-9.-]{1,253}\.(?:atlassian\.net|zendesk\.com)(?![a-z0-9-])"
# A comma or a semicolon ends a URL: in these fields it separates two, and browsers escape it inside one.
_URL = re.compile(
    rf"(?:https?://|(?<![a-z0-9.@-])(?={_VENDOR_HOST}))([\w.~:/?#@!$&()*+=%-]+)",
    re.IGNORECASE | re.ASCII,
)
_AUTHORITY_END = re.compile(r"[/?#]")


@dataclass(frozen=True, slots=True)
class Url:
    """A URL's lower-case host, and its path and query with percent-escapes decoded.

    Its fragment is left out: Jira puts `#comment-10100` there, which looks like a key.
    """

    host: str
    path: str

    def is_foreign(self, ours: str, *, domain: str) -> bool:
        """Whether it leads to another tenant of the vendor's `domain` than `ours`; never when `ours` is empty."""
        return bool(ours) and self.host.endswith(f".{domain}") and self.host != ours.lower()


def plain(text: str) -> str:
    """NFKC-normalised text (full-width digits become ASCII), its hyphens and the dashes that stand for one as `-`."""
    if text.isascii():
        return text
    text = _NOT_ASCII.sub(lambda piece: unicodedata.normalize("NFKC", piece[0]), text.translate(_BEFORE_NFKC))
    # What is left of soft hyphens stands inside words, where it cannot be seen.
    return _HYPHEN_MEANT.sub("-", text).replace(_SOFT_HYPHEN, "")


def segments(text: str) -> Iterator[str | Url]:
    """The prose and the URLs of `text`, in order.  `acme.atlassian.net/…` and `acme.zendesk.com/…` need no scheme."""
    text = plain(text)
    position = 0
    for match in _URL.finditer(text):
        yield text[position : match.start()]
        yield _url(match[1])
        position = match.end()
    yield text[position:]


def _url(rest: str) -> Url:
    end = _AUTHORITY_END.search(rest)
    cut = end.start() if end else len(rest)
    host = rest[:cut].rpartition("@")[2].partition(":")[0].rstrip(".")
    return Url(host=host.lower(), path=unquote(rest[cut:].partition("#")[0]))
