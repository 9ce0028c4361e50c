"""Jira issue keys out of the text of a Zendesk ticket field.

A key is a project's key (a letter, then letters, digits or underscores, up to 255), a hyphen, and a number without
leading zero.  https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html
`UTF-8` has the same form: only a look-up in Jira tells it from a key, and only Jira knows which project
an issue belongs to: one that moved is still named by its old key.
"""

import re
from collections.abc import Iterator

from linksync.references.text import MONTH, plain, segments

_JIRA_CLOUD = "atlassian.net"
# One URL may carry another, escaped (a log-in page, a mail scanner), and that one a third.
_NESTED_URLS = 3

# What makes a word longer: digits of any script and the letters of alphabets that have cases.  Chinese, Japanese, Thai
# and other scripts put no space between a key and the words around it, so their letters do not count.
_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u058f\u1e00-\u1fff"
_WORD = rf"{_LETTER}\d_"


def _pattern(joints: str) -> re.Pattern[str]:
    # Every repetition is bounded and can begin at the start of a word only, which keeps the search linear.
    form = rf"([A-Za-z][A-Za-z0-9_]{{1,254}})([{joints}])([1-9][0-9]{{0,17}})"
    return re.compile(
        rf"(?<![{_WORD}])(?<![{_LETTER}]-){form}"  # `sub-task-12` is not TASK-12
        rf"(?![{_WORD}]|\.\d|@(?!{form}))"  # `log4j-2.17` is a version, `PROJ-1@PROJ-2` are two keys
    )


_KEY = _pattern("-")
# `tier_2` has this form too, so it is for known projects only.
_KEY_OR_TAG = _pattern("-_")

_NEVER_KEYS = re.compile(
    rf"(?<![0-9A-Za-z])[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}(?![0-9A-Za-z])"  # a GUID
    rf"|(?<![{_WORD}])(?:\d{{1,2}}-{MONTH}|{MONTH}-\d{{1,2}})-\d{{2,4}}(?!\d)"  # 12-Aug-2026
    rf"|(?<![\w.+-])[\w.+-]{{1,64}}@(?:[a-z0-9-]{{1,63}}\.){{1,8}}[a-z]{{2,63}}",  # an e-mail address
    re.IGNORECASE,
)
# A nested option `Jira::PROJ-123` becomes the tag `jira__proj-123`.  Tags are lower-case, keys with `__` rarely are.
_TAG_LEVEL = re.compile(r"__(?=[a-z])")
# No project's key begins with an underscore, and nothing of a key follows its number: _PROJ-1_, PROJ-1_PROJ-2.
_UNDERSCORES_BEFORE = re.compile(rf"(?<![{_WORD}])_++")
_UNDERSCORES_BEHIND = re.compile(r"(-[1-9][0-9]{0,17})_++(?![0-9])")
# The rest of a machine's name, `web-1` being its first label.  Machines are written in lower case, files often not.
_MACHINE = re.compile(r"(?:\.[a-z0-9-]{1,63}){1,8}?\.[a-z]{2,24}(?![\w-])")
# Web pages are full of words like `top-10`: outside of Jira, only a Jira's path makes a key of one.
_IN_JIRA = ("/browse/", "/issues/", "selectedIssue=", "issueKey=")


def issue_keys(text: str, *, projects: frozenset[str] = frozenset(), site: str = "") -> tuple[str, ...]:
    """The distinct issue keys that `text` names, in upper case, in order of first appearance.

    `text` is free text, URLs, or the space-separated tags that drop-down and multi-select fields render.
    `projects`: upper-case keys of known projects: the tag `proj_123` of one of these is a key too.
    `site`: host of our Jira site, `acme.atlassian.net`.  When not empty, URLs of other Jira Cloud sites name nothing.
    """
    return tuple(dict.fromkeys(_found(plain(text), projects, site)))


def _found(
    text: str, projects: frozenset[str], site: str, nested: int = _NESTED_URLS, any_case: bool = True
) -> Iterator[str]:
    for segment in segments(text):
        if isinstance(segment, str):
            yield from _in_prose(segment, projects, any_case=any_case)
        elif nested and not segment.is_foreign(site, domain=_JIRA_CLOUD):
            in_jira = segment.host.endswith(f".{_JIRA_CLOUD}")
            yield from _found(segment.path, projects, site, nested - 1, any_case=in_jira)


def _in_prose(prose: str, projects: frozenset[str], *, any_case: bool) -> Iterator[str]:
    prose = _TAG_LEVEL.sub(" ", _NEVER_KEYS.sub(" ", prose))
    prose = _UNDERSCORES_BEHIND.sub(r"\1 ", _UNDERSCORES_BEFORE.sub(" ", prose))
    for match in (_KEY_OR_TAG if projects else _KEY).finditer(prose):
        project = match[1].upper()
        if match[2] == "_" and project not in projects:
            continue
        if not any_case and match[1] != project and not prose.endswith(_IN_JIRA, 0, match.start()):
            continue
        if not (match[0].islower() and _MACHINE.match(prose, match.end())):
            yield f"{project}-{match[3]}"
