"""What counts as an issue key in a ticket field, case by case."""

import time
from urllib.parse import quote

import pytest

from linksync.references.issue_keys import issue_keys
from linksync.references.text import LONGEST_TEXT

SITE = "acme.atlassian.net"
OURS, THEIRS = f"https://{SITE}", "https://other.atlassian.net"
PROJECTS = frozenset({"PROJ", "MY_PROJ"})


@pytest.mark.parametrize("key", ["PROJ-123", "AB-1", "A2-1", "MY_PROJ-7", "A_-1", "P" * 255 + "-1", "AB-" + "9" * 18])
def test_a_key_is_a_project_a_hyphen_and_a_number(key: str) -> None:
    assert issue_keys(key) == (key,)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "none", "123", "-123", "PROJ", "PROJ-", "PROJ 123", "PROJ--123", "PROJ_123", "P-1", "2PROJ-1"),
        *("PROJ-0", "PROJ-012", "P" * 256 + "-1", "AB-" + "9" * 19, "ÄPROJ-1", "PROJ-1ü", "PROJ-1٣"),
        *("PROJ-1x", "proj-1@example.com", "log4j-2.17", "2024-01-05", "sub-task-12"),
        *("tier_2", "d3b07384-d9a0-4123-8f3e-c0ffee123456"),
    ],
)
def test_not_a_key(text: str) -> None:
    assert issue_keys(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("proj-123", "Proj-123", " PROJ-123\n", "PROJ-123.", "(PROJ-123)", "[PROJ-123]", '"PROJ-123"', "'PROJ-123'"),
        *("“PROJ-123”", "PROJ-123's", "PROJ-123-fix-typo", "feature/PROJ-123", "#PROJ-123", "- PROJ-123", "*PROJ-123*"),
        *("see PROJ-123, please", "PROJ-123: broken", "PROJ-123?", "PROJ-123...", "\x00PROJ-123\x00", "-PROJ-123"),
        *("PROJ\u2010123", "PROJ\u2011123", "PROJ\u2013123", "PROJ\u2014123", "PROJ\u2212123", "PROJ\ufe63123"),
        *("PROJ\uff0d123", "PROJ\u00ad123", "PROJ-\u00ad123", "ＰＲＯＪ－１２３", "PROJ-123²", "it broke—PROJ-123"),
        *("課題PROJ-123を見て", "\u200bPROJ-123\ufeff"),
    ],
)
def test_however_people_write_it(text: str) -> None:
    assert issue_keys(text) == ("PROJ-123",)


@pytest.mark.parametrize("separator", [*" ,;|/\n\t\r\x00\u00a0\u3000\u200b-+&", ", ", " and ", "，", "、", "<br>", "—"])
def test_anything_separates(separator: str) -> None:
    assert issue_keys(f"PROJ-1{separator}PROJ-2") == ("PROJ-1", "PROJ-2")


def test_each_key_once_in_order_of_first_appearance() -> None:
    assert issue_keys("PROJ-9 proj-1 PROJ-9 AB-3 Proj-1") == ("PROJ-9", "PROJ-1", "AB-3")


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/browse/PROJ-123", ("PROJ-123",)),
        ("/browse/PROJ-123?focusedCommentId=10-20#x", ("PROJ-123",)),
        ("/browse/PROJ-123?page=a.b%3Acomment-tabpanel#comment-10100", ("PROJ-123",)),
        ("/jira/software/c/projects/PROJ/boards/1?selectedIssue=PROJ-123", ("PROJ-123",)),
        ("/jira/servicedesk/projects/PROJ/queues/custom/1/PROJ-123", ("PROJ-123",)),
        ("/issues/?jql=key%20in%20(PROJ-1%2CPROJ-2%20PROJ-3)", ("PROJ-1", "PROJ-2", "PROJ-3")),
        ("/login?continue=https%3A%2F%2Facme.atlassian.net%2Fbrowse%2FPROJ-123", ("PROJ-123",)),
        ("/login?continue=https%3A%2F%2Fother.atlassian.net%2Fbrowse%2FPROJ-123", ()),
    ],
)
def test_urls_of_our_site(path: str, keys: tuple[str, ...]) -> None:
    assert issue_keys(f"{OURS}{path}", site=SITE) == keys
    assert issue_keys(f"see <{SITE}{path}>.", site=SITE) == keys


@pytest.mark.parametrize(
    "url",
    [
        *(f"{THEIRS}/browse/A-1", "other.atlassian.net/browse/AB-1", "HTTPS://Other.Atlassian.net:443/browse/AB-1"),
        *(f"{THEIRS}/issues/?jql=key%20in%20(AB-1%2CAB-2)", f"https://{SITE}@other.atlassian.net/browse/AB-1"),
    ],
)
def test_urls_of_another_site_name_nothing(url: str) -> None:
    assert issue_keys(f"{url}, PROJ-2", site=SITE) == ("PROJ-2",)


@pytest.mark.parametrize("site", ["", "other.atlassian.net", "Other.Atlassian.Net"])
def test_without_a_site_every_host_is_taken(site: str) -> None:
    assert issue_keys(f"{THEIRS}/browse/AB-1", site=site) == ("AB-1",)


def test_other_tools_are_read_but_never_their_host() -> None:
    assert issue_keys("https://node-12.acme.com/tree/feature/PROJ-1", site=SITE) == ("PROJ-1",)


@pytest.mark.parametrize(
    ("tags", "keys"),
    [
        ("proj-123 proj-124", ("PROJ-123", "PROJ-124")),
        ("jira__proj-123", ("PROJ-123",)),
        ("jira__team_2__proj-123 jira__proj-124", ("PROJ-123", "PROJ-124")),
        ("proj-123__done", ("PROJ-123",)),
        ("my_proj-12", ("MY_PROJ-12",)),
        ("tier_2 jira__none", ()),
    ],
)
def test_tags_of_drop_down_and_multi_select_fields(tags: str, keys: tuple[str, ...]) -> None:
    assert issue_keys(tags) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("PROJ-1 UTF-8 my_proj-2", ("PROJ-1", "UTF-8", "MY_PROJ-2")),  # an issue that moved is named by any key
        ("proj_123 tier_2 my_proj_7", ("PROJ-123", "MY_PROJ-7")),
        ("jira__proj_123", ("PROJ-123",)),
        ("proj_012 proj_0 proj_1x sub-proj_1 XPROJ_1", ()),
    ],
)
def test_tags_of_known_projects(text: str, keys: tuple[str, ...]) -> None:
    assert issue_keys(text, projects=PROJECTS) == keys


@pytest.mark.parametrize(
    "unit",
    [
        *("A", "A-", "-", "1", "A1-", "_", "__a", "a_1", "%", "%2", "https://", "https://a/%68ttps://", "a."),
        *("A" * 254 + " ", "AB-" + "1" * 18 + "x ", "AB-1@", "0a1b-", "\u0301\u0316", "A\u20131", "\x00", "\ud800"),
        *("\u200b", "A\u200b", "AB\u200b-1", "\ufdfa", "a@", "a.b@c.", "ab-1.a.", "-1_", "12-jan-", "**A", "__;!!"),
    ],
)
def test_a_long_text_of_anything_is_read_in_no_time(unit: str) -> None:
    text = unit * (LONGEST_TEXT // len(unit))
    start = time.process_time()
    issue_keys(text, projects=PROJECTS, site=SITE)
    assert time.process_time() - start < 5


def test_long_runs_of_combining_marks_are_not_sorted() -> None:
    text = "a" + "\u0301" * 500_000 + "\u0316" * 500_000 + " PROJ-1"
    start = time.process_time()
    assert issue_keys(text) == ("PROJ-1",)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(("times", "keys"), [(0, ("PROJ-1",)), (1, ("PROJ-1",)), (2, ("PROJ-1",)), (3, ()), (4, ())])
def test_an_address_is_looked_for_in_two_wrappings_at_most(times: int, keys: tuple[str, ...]) -> None:
    url = "https://acme.atlassian.net/browse/PROJ-1"
    for number in range(times):
        url = f"https://scanner{number}.example/?u={quote(url, safe='')}"
    assert issue_keys(f"see {url} about this", site="acme.atlassian.net") == keys
