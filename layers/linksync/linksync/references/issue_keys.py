"""Jira issue keys out of the text of a Zendesk ticket field.

A key is a project's key (a letter, then letters, digits or underscores, up to 255), a hyphen, and a number without
leading zero.  https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html
`UTF-8` has the same form: only a look-up in Jira, or the allow-list of projects, tells it from a key.
"""

import re
from collections.abc import Iterator

from linksync.references.text import segments

_JIRA_CLOUD = "atlassian.net"
# One URL may carry another, escaped (a log-in page, a mail scanner), and that one a third.
_NESTED_URLS = 3

# What makes a word longer: digits of any script and the letters of alphabets that have cases.  Chinese, Japanese, Thai
# and other scripts put no space between a key and the words around it, so their letters do not count.
_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u058f\u1e00-\u1fff"
_WORD = rf"{_LETTER}\d_"


def _pattern(joints: str) -> re.Pattern[str]:
    # Every repetition is bounded and can begin at the start of a word only, which keeps the search linear.
    return re.compile(
        rf"(?<![{_WORD}])(?<![{_LETTER}]-)"  # `sub-task-12` is not TASK-12
        rf"([A-Za-z][A-Za-z0-9_]{{1,254}})[{joints}]([1-9][0-9]{{0,17}})"
        rf"(?![{_WORD}@]|\.\d)"  # `log4j-2.17` is a version
    )


_KEY = _pattern("-")
# `tier_2` has this form too, so it is for known projects only.
_KEY_OR_TAG = _pattern("-_")
# A nested option `Jira::PROJ-123` becomes the tag `jira__proj-123`.  Tags are lower-case, keys with `__` rarely are.
_TAG_LEVEL = re.compile(r"__(?=[a-z])")
_GUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")


def issue_keys(text: str, *, projects: frozenset[str] = frozenset(), site: str = "") -> tuple[str, ...]:
    """The distinct issue keys that `text` names, in upper case, in order of first appearance.

    `text` is free text, URLs, or the space-separated tags that drop-down and multi-select fields render.
    `projects`: when not empty, upper-case keys of the only projects that count; the tag `proj_123` is then a key too.
    `site`: host of our Jira site, `acme.atlassian.net`.  When not empty, URLs of other Jira Cloud sites name nothing.
    """
    return tuple(dict.fromkeys(_found(text, projects, site, _NESTED_URLS)))


def _found(text: str, projects: frozenset[str], site: str, nested: int) -> Iterator[str]:
    for segment in segments(text):
        if isinstance(segment, str):
            yield from _in_prose(segment, projects)
        elif nested and not segment.is_foreign(site, domain=_JIRA_CLOUD):
            yield from _found(segment.path, projects, site, nested - 1)


def _in_prose(prose: str, projects: frozenset[str]) -> Iterator[str]:
    prose = _TAG_LEVEL.sub(" ", _GUID.sub(" ", prose))
    for match in (_KEY_OR_TAG if projects else _KEY).finditer(prose):
        project = match[1].upper()
        if not projects or project in projects:
            yield f"{project}-{match[2]}"
