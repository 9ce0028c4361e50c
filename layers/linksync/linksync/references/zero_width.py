"""Characters that nobody sees: web pages, chats and spreadsheets put them around words, and into long ones."""

import re

DASHES = "\u2012-\u2015\u2043\u2212\u2500\u30fc\uff70"
"""What people type or paste for a hyphen, for a character class."""

# Spaces of no width, joiners, marks of the writing's direction.
_ANY = "\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_RUN = re.compile(rf"[{_ANY}]+")
# Where pages let a long key or address break: PROJ-|123, https://|acme.|atlassian.net/|browse/.
_AT_A_BREAK = re.compile(rf"(?<=[-{DASHES}./:=&?#%])[{_ANY}]+|(?<![{_ANY}])[{_ANY}]++(?=[-{DASHES}./:=&?])")
_BROKEN_KEY = re.compile(
    rf"(?<![A-Za-z0-9_])([A-Za-z][A-Za-z0-9_]*+(?:[{_ANY}]++[A-Za-z0-9_]++){{0,12}}[-{DASHES}])"
    rf"([1-9][0-9]*+(?:[{_ANY}]++[0-9]++){{0,12}})(?![A-Za-z0-9_])"
)


def removed(text: str) -> str:
    """The text without them.  Inside a key and inside a URL they mean nothing, elsewhere they are spaces."""
    if not _RUN.search(text):
        return text
    return _RUN.sub(" ", _BROKEN_KEY.sub(_mended, _AT_A_BREAK.sub("", text)))


def _mended(key: re.Match[str]) -> str:
    """The longest end of the parts that is written like one key: in `see|PR|OJ-1` it is PROJ-1."""
    parts, first = _RUN.split(key[1]), 0
    while first < len(parts) - 1 and not _in_one_case("".join(parts[first:])):
        first += 1
    return " ".join([*parts[:first], "".join(parts[first:]) + _RUN.sub("", key[2])])


def _in_one_case(project: str) -> bool:
    return project in (project.upper(), project.lower(), project.capitalize())
