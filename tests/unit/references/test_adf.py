"""What an issue's rich text says: the ticket ids in documents of Jira's REST API v3."""

from typing import Any

import pytest

from linksync.references.adf import is_document
from linksync.references.ticket_ids import ticket_ids

AGENT_URL = "https://acme.zendesk.com/agent/tickets/5001"

type Json = dict[str, Any]


def text(words: object, *marks: Json) -> Json:
    return {"type": "text", "text": words, "marks": list(marks)}


def link(href: str) -> Json:
    return {"type": "link", "attrs": {"href": href}}


def card(kind: str, url: object) -> Json:
    return {"type": kind, "attrs": {"url": url, "localId": "7777"}}


def paragraph(*nodes: object) -> Json:
    return {"type": "paragraph", "attrs": {"localId": "8888"}, "content": list(nodes)}


def document(*blocks: object) -> Json:
    return {"type": "doc", "version": 1, "content": list(blocks)}


@pytest.mark.parametrize(
    ("blocks", "ids"),
    [
        ([paragraph(text("see #5001 and #5002"))], ("5001", "5002")),
        ([paragraph(text("Customers:")), paragraph(text("5001"))], ()),  # one text, of many blocks
        ([paragraph(text("Tickets:")), paragraph(text("5001")), paragraph(text("5002"))], ("5001", "5002")),
        ([paragraph(text("50", {"type": "strong"}), text("01"))], ("5001",)),
        ([paragraph(text("50")), paragraph(text("11"))], ("50", "11")),
        ([paragraph(text("50"), {"type": "hardBreak"}, text("11"))], ("50", "11")),
        ([paragraph(card("inlineCard", AGENT_URL))], ("5001",)),
        ([card("blockCard", AGENT_URL)], ("5001",)),
        ([card("embedCard", AGENT_URL)], ("5001",)),
        ([paragraph({"type": "inlineCard", "attrs": {"data": {"url": AGENT_URL, "id": "1"}}})], ("5001",)),
        ([paragraph(text("this one", link(AGENT_URL), {"type": "em"}))], ("5001",)),
        ([paragraph(text("PROJ-"), text("123", link("https://acme.atlassian.net/browse/PROJ-123")))], ()),
        ([{"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(text("5001"))]}]}], ("5001",)),
        ([paragraph({"type": "mention", "attrs": {"id": "5001", "text": "@7"}})], ()),
        ([paragraph({"type": "date", "attrs": {"timestamp": "1582152559"}})], ()),
        ([paragraph({"type": "mention", "attrs": {"id": "9", "text": "@Jane"}}, text(" 2 of 3, #5001"))], ("5001",)),
        ([paragraph({"type": "status", "attrs": {"text": "DONE"}}, text("5001"))], ()),
        ([paragraph(text("5001", {"type": "strike"}), text(" 5002"))], ("5002",)),
        ([paragraph(text("this one", link(AGENT_URL), {"type": "strike"}), text(" #5002"))], ("5002",)),
        ([{"type": "media", "attrs": {"id": "5001", "width": 200}}, {"type": "rule"}], ()),
    ],
)
def test_documents(blocks: list[Json], ids: tuple[str, ...]) -> None:
    assert ticket_ids(document(*blocks)) == ids


@pytest.mark.parametrize("value", [document(), document(paragraph()), {"type": "doc"}])
def test_empty(value: Json) -> None:
    assert ticket_ids(value) == ()


@pytest.mark.parametrize(
    "value",
    [
        *(
            document("5001"),
            document(5001),
            document({"content": []}),
            document({"type": "text"}),
            document(text(5001)),
        ),
        *(
            {"type": "doc", "content": "5001"},
            document({"type": "inlineCard", "attrs": {}}),
            document(card("blockCard", 1)),
        ),
        *(document({"type": ["text"]}), document(paragraph(text("5001", {"type": "link"})))),
    ],
)
def test_malformed_is_unknown_not_empty(value: Json) -> None:
    assert ticket_ids(value) is None


def test_hostile_nesting_is_unknown() -> None:
    block = paragraph(text("5001"))
    for _ in range(100_000):
        block = {"type": "blockquote", "content": [block]}
    assert ticket_ids(document(block)) is None


@pytest.mark.parametrize("kind", ["mention", "date", "status", "media", "mediaInline"])
def test_what_jira_makes_of_a_word_is_a_word_beside_a_number(kind: str) -> None:
    made = {"type": kind, "attrs": {"id": "7777", "text": "5002", "timestamp": "5003"}}
    assert ticket_ids(document(paragraph(text("5001 "), made)), account_host="acme.zendesk.com") == ()
    assert ticket_ids(document(paragraph(text("#5001 "), made)), account_host="acme.zendesk.com") == ("5001",)


@pytest.mark.parametrize(
    ("value", "says"),
    [(document(), True), ({"type": "paragraph"}, False), ({}, False), ("doc", False), (["doc"], False), (None, False)],
)
def test_what_a_document_is(value: object, says: bool) -> None:
    assert is_document(value) == says
