"""One alphabet for what people type on any keyboard, with as much work for any text of a length."""

import time

import pytest

from linksync.references.fields import IssueField, TicketField
from linksync.references.text import LONGEST_TEXT, plain
from linksync.references.ticket_ids import ticket_ids

ARABIC_PHRASE = "\ufdfa"  # of one character NFKC makes eighteen


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ＰＲＯＪ－１２３，ＯＰＳ－１", "PROJ-123,OPS-1"),
        ("\U0001d5e3\U0001d5e5\U0001d5e2\U0001d5dd-\U0001d7ec", "PROJ-0"),
        ("№5001…", "#5001..."),
        ("5001²\u00a0x", "5001  x"),
        ("\uff01\uff5e\ufe50\ufe6b\U0001d400\U0001d7ff\u2102\u2149", "!~,@A9Cj"),  # the first and the last of each kind
        ("a\u2007b\u3000c\ufe63\u2124", "a b c-Z"),
        ("PROJ\u2010\u00ad1", "PROJ-1"),
        ("office\u00adhours", "officehours"),
        ("we fixed it—PROJ-1", "we fixed it—PROJ-1"),
        ("\u2460 \u00bd \ufb01x \u212b", "\u2460 \u00bd \ufb01x \u212b"),  # no number out of a bullet or a fraction
        (ARABIC_PHRASE, ARABIC_PHRASE),
    ],
)
def test_plain(written: str, meant: str) -> None:
    assert plain(written) == meant


def test_four_megabytes_of_the_longest_normal_form_are_read_in_no_time() -> None:
    text = ARABIC_PHRASE * (4 * 1024 * 1024 // 3)
    ticket_field = TicketField.configured(field_id="1", project_keys="", jira_base_url="")
    issue_field = IssueField.configured(field_id="labels", project_keys="", zendesk_subdomain="acme")
    start = time.process_time()
    assert len(plain(f"{text} PROJ-1")) == len(text) + 7
    assert ticket_field.text_keys(f"{text} PROJ-1") == ("PROJ-1",)
    assert ticket_field.keys(text) is None
    assert issue_field.ids(text) is issue_field.ids([text]) is None
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1,",
        "1 ",
        "5001/",
        "1,000",
        "#",
        "ZD-",
        "5001.",
        "*_~",
        "https://",
        "acme.zendesk.com",
        "\u0301\u0316",
        "@",
        "[",
        *(
            "ticket ",
            "ticket 1 ",
            "zd ",
            "order #",
            "the #1 ",
            "1 000",
            "1\u202f",
            "(1) ",
            "\n ",
            "{color:",
            "-1-",
            "+1",
        ),
        *("\ufdfa", "\u200b", "1\u200b", "acme-", "pull "),
    ],
)
def test_the_longest_text_of_anything_is_read_in_no_time(unit: str) -> None:
    half = unit * (LONGEST_TEXT // 2 // len(unit) - 20)
    texts = f"{half} https://acme.zendesk.com/{half}"
    start = time.process_time()
    assert ticket_ids(texts, account_host="acme.zendesk.com") is not None
    assert ticket_ids([unit] * 10_000, account_host="acme.zendesk.com") is not None
    assert time.process_time() - start < 5
