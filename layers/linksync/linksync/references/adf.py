"""Text and link targets out of an Atlassian Document Format document, the rich text of Jira's REST API v3.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

import re
from collections.abc import Iterator
from typing import Any

# Tables in lists in panels come to about a dozen levels; anything far deeper is hostile.
MAX_DEPTH = 100

# Words that Jira makes, of which nothing is read: that they are there may tell what numbers beside them mean.
_OTHER_WORDS = frozenset({"mention", "date", "status", "media", "mediaInline"})
_WORD = re.compile(r"\S+")
_CARDS = frozenset({"inlineCard", "blockCard", "embedCard"})


def is_document(value: object) -> bool:
    """Whether `value` says of itself that it is such a document."""
    return isinstance(value, dict) and value.get("type") == "doc"


def texts(document: dict[str, Any]) -> list[str] | None:
    """The texts that `document` shows, in order, with the address behind each link and card; None when malformed.

    Text nodes side by side become one text, since formatting one digit splits a number in two; blocks stay apart.
    Other attributes are never read: most hold ids.  What is crossed out is written `-5001-`, as in Jira's text markup.
    """
    try:
        return list(_texts(document, MAX_DEPTH))
    except (AttributeError, KeyError, TypeError):
        return None


def _texts(node: dict[str, Any], depth: int) -> Iterator[str]:
    """Raises one of the errors that `texts` catches when `node` is not shaped like a node."""
    if not depth:
        raise TypeError("nested too deep")
    run: list[str] = []
    links: list[str] = []
    for child in _list(node, "content"):
        if child["type"] == "text":
            run.append(_shown(child))
            links += _targets(child)
            continue
        if child["type"] in _OTHER_WORDS:
            run.append(f" {child['type']} ")
            continue
        yield from _joined(run, links)
        run, links = [], []
        if child["type"] in _CARDS:
            yield _card_url(child["attrs"])
        yield from _texts(child, depth - 1)
    yield from _joined(run, links)


def _joined(run: list[str], links: list[str]) -> list[str]:
    return ["".join(run), *links]


def _shown(text_node: dict[str, Any]) -> str:
    text = _string(text_node["text"])
    return _WORD.sub(r"-\g<0>-", text) if _is_crossed_out(text_node) else text


def _is_crossed_out(text_node: dict[str, Any]) -> bool:
    return any(mark["type"] == "strike" for mark in _list(text_node, "marks"))


def _targets(text_node: dict[str, Any]) -> list[str]:
    links = [_string(mark["attrs"]["href"]) for mark in _list(text_node, "marks") if mark["type"] == "link"]
    return [] if _is_crossed_out(text_node) else links


def _card_url(attributes: dict[str, Any]) -> str:
    # A card has either `url` or `data`, the linked page's description in JSON-LD.
    return _string(attributes["url"] if "url" in attributes else attributes["data"]["url"])


def _list(node: dict[str, Any], name: str) -> list[Any]:
    found = node.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise TypeError(f"{name} is no list")
    return found


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
