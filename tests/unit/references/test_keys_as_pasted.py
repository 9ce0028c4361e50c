"""Issue keys as people paste them, out of mails, chats, pages and spreadsheets; and what only looks like one."""

import pytest

from linksync.references.issue_keys import issue_keys

SITE = "acme.atlassian.net"
ISSUE = f"https://{SITE}/browse/PROJ-123"
ZERO_WIDTH = {
    "space": "\u200b",
    "non-joiner": "\u200c",
    "joiner": "\u200d",
    "left-to-right mark": "\u200e",
    "isolate": "\u2068",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("_PROJ-123_", "PROJ-123"),
        ("**_PROJ-123_**", "PROJ-123"),
        ("Issue: ____PROJ-123____", "PROJ-123"),
        ("PROJ-1_PROJ-2", "PROJ-1 PROJ-2"),
        ("PROJ-1__PROJ-2", "PROJ-1 PROJ-2"),
        ("proj-1_proj-2_", "PROJ-1 PROJ-2"),
        ("PROJ-123_basket_is_empty.png", "PROJ-123"),
        ("2026_PROJ-123", ""),  # might be part of a longer name
        ("MY_PROJ-7", "MY_PROJ-7"),
        ("A2_PROJ-7", "A2_PROJ-7"),
        ("x1MY_PROJ-7", "X1MY_PROJ-7"),
        ("1MY_PROJ-7", ""),
        ("release-1_2", ""),
    ],
)
def test_underscores_around_keys_and_inside_of_them(text: str, keys: str) -> None:
    assert issue_keys(text) == tuple(keys.split())


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("PROJ-1@PROJ-2", "PROJ-1 PROJ-2"),
        ("PROJ-1@PROJ-2@PROJ-3.", "PROJ-1 PROJ-2 PROJ-3"),
        ("proj-1@example.com", ""),
        ("proj-1@node-12.acme.com", ""),
        ("Jane <jane@web-1.acme.com> wrote: PROJ-2", "PROJ-2"),
        ("support+PROJ-1@acme.zendesk.com PROJ-2", "PROJ-2"),
        ("mailto:jane@acme.com?subject=PROJ-2", "PROJ-2"),
        ("web-1@localhost", ""),
    ],
)
def test_an_at_sign_makes_an_address_only_of_what_is_one(text: str, keys: str) -> None:
    assert issue_keys(text) == tuple(keys.split())


@pytest.mark.parametrize("zero", ZERO_WIDTH.values(), ids=ZERO_WIDTH)
@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("PROJ|-123", "PROJ-123"),
        ("PROJ-|123", "PROJ-123"),
        ("PROJ|\u2013|123", "PROJ-123"),
        ("PR|OJ-123", "PROJ-123"),
        ("PROJ-1|23", "PROJ-123"),
        ("|P|R|O|J|-|1|2|3|", "PROJ-123"),
        ("Pr|oj-1|23", "PROJ-123"),
        ("see|PROJ-123", "PROJ-123"),
        ("see|PR|OJ-123", "PROJ-123"),
        ("PROJ-1|PROJ-2", "PROJ-1 PROJ-2"),
        ("PROJ|-1|PRO|J-2", "PROJ-1 PROJ-2"),
        ("PROJ-1||||PROJ-2", "PROJ-1 PROJ-2"),
        ("https://|acme.|atlassian.|net/|browse/|PROJ|-123", "PROJ-123"),
        (f"{ISSUE}|is it", "PROJ-123"),
        ("https://other.|atlassian|.net/browse/PROJ-123", ""),
    ],
)
def test_characters_of_no_width_hide_no_key_and_make_none(text: str, keys: str, zero: str) -> None:
    assert issue_keys(text.replace("|", zero), site=SITE) == tuple(keys.split())


@pytest.mark.parametrize("dash", ["\u2012", "\u2014", "\u2043", "\u2500", "\u30fc", "\uff0d", "\uff70", "\ufe58", "‑"])
def test_every_dash_between_a_project_and_a_number_is_a_hyphen(dash: str) -> None:
    assert issue_keys(f"PROJ{dash}123") == ("PROJ-123",)


@pytest.mark.parametrize(
    "text",
    [
        f"<{ISSUE}|PROJ-123: Basket is empty>",  # Slack
        f"[PROJ-123] Basket is empty - Jira ({ISSUE})",  # a browser's tab
        f"[Basket|{ISSUE}|smart-link]",  # Jira's text markup
        "{jira:PROJ-123|columns=key,summary}",  # a Confluence macro
        f'<a href="{ISSUE}">Basket</a>',
        f"> On 3 May Jane wrote:\n>> {ISSUE}\n",
        "Basket\tPROJ-123\t2026-03-12\r\n",  # a spreadsheet's row
        "\u2022 PROJ-123\n\u2022 see above\n1. PROJ-123\n- [x] PROJ-123",
        "[^PROJ-123.log]",
        "PROJ-123.tar.gz",
        "\U0001d40f\U0001d411\U0001d40e\U0001d409-\U0001d7cf\U0001d7d0\U0001d7d1",  # bold letters of mathematics
        f"https://urldefense.com/v3/__{ISSUE}__;!!AbC1dEf!ZZ-12$",
        f"https://urldefense.com/v3/__{ISSUE}*comment-10100__;Iw!!AbC1dEf!xyz-7$ [acme[.]atlassian[.]net]",
        f"https://urldefense.us/v3/__https:/{SITE}/browse/PROJ-123__;!!AbC",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__acme.atlassian.net_browse_PROJ-2D123&d=DwMFaQ&c=eu-5_x&e=",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.atlassian.net%2Fbrowse%2FPROJ-123"
        "&data=05%7C01%7Cjane%40acme.com%7C5f2dab-1%7C0",
    ],
)
def test_however_it_is_pasted(text: str) -> None:
    assert issue_keys(text, site=SITE) == ("PROJ-123",)


def test_what_a_mail_scanner_replaced_is_put_back() -> None:
    jql = f"https://urldefense.com/v3/__https://{SITE}/issues/?jql=key*20in*20(PROJ-1*2CPROJ-2)**A__;JSUlW10!!A!b$"
    assert issue_keys(jql, site=SITE) == ("PROJ-1", "PROJ-2")
    assert issue_keys(jql.replace(SITE, "other.atlassian.net"), site=SITE) == ()


@pytest.mark.parametrize("tail", ["!!", "é!!", "A!!", "////!!", "__8!!"])
def test_a_scanner_s_broken_address_still_names_what_it_shows(tail: str) -> None:
    assert issue_keys(f"https://urldefense.com/v3/__{ISSUE}*x__;{tail}", site=SITE) == ("PROJ-123",)


@pytest.mark.parametrize(
    "text",
    [
        *("12-Aug-2026", "3-may-26", "Aug-12-2026", "September-3-2026"),
        *("web-1.acme.com", "ssh web-1.eu.acme.com", "+49-30-1234567", "PROJ 123", "PROJ - 123", "PROJ-\n123"),
        *("https://news.acme.com/top-10", "https://acme.com/s/aB-12?x=cd-3", "https://acme.com/web-1"),
    ],
)
def test_what_only_looks_like_a_key(text: str) -> None:
    assert issue_keys(text, site=SITE) == ()


@pytest.mark.parametrize(
    "url",
    [
        *("https://jira.acme.com/browse/proj-123", "https://acme.com/x?selectedIssue=proj-123"),
        *("https://git.acme.com/tree/feature/PROJ-123-web-2", "https://acme.atlassian.net/l/proj-123"),
    ],
)
def test_in_other_web_pages_only_keys_in_capitals_count_or_jiras_paths(url: str) -> None:
    assert issue_keys(url) == ("PROJ-123",)
