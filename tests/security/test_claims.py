"""docs/security.md claims nothing that no test shows: each test that it names is there, and each claim names one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+)`", PAGE)))
DEFINED = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *def (test_\w+)\(", file.read_text("utf-8"), re.MULTILINE)
}


def section(heading: str) -> str:
    """The text below a heading of the second level."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", NAMED)
def test_each_test_that_the_page_names_exists(name: str) -> None:
    assert name in DEFINED


def test_each_row_of_the_threat_model_names_its_tests() -> None:
    rows = [line for line in section("Threat model").splitlines() if line.startswith("|")][2:]
    assert len(rows) > 15
    assert [row[:60] for row in rows if not re.search(r"`test_\w+`[^|]*\|$", row)] == []


def test_each_function_names_the_tests_of_what_it_may_do() -> None:
    rows = [line for line in section("What each function may do").splitlines() if line.startswith("|")][2:]
    assert len(rows) == 3
    assert [row[:40] for row in rows if not re.search(r"`test_\w+`[^|]*\|$", row)] == []


def test_each_way_to_narrow_the_door_names_a_test_or_a_vendors_page() -> None:
    paragraphs = re.split(r"\n\n(?!    |\$)", section("Narrowing the door"))
    prose = [one for one in paragraphs if len(one) > 200 and not one.startswith("```")]
    assert [one[:60] for one in prose if "`test_" not in one and "https://docs.aws.amazon.com/" not in one] == []


def test_each_promise_about_data_names_its_tests() -> None:
    promises = re.split(r"^- ", section("Data"), flags=re.MULTILINE)[1:]
    # What is logged is a list of what may be there; that nothing else is, the next one shows.
    assert [one[:40] for one in promises if "`test_" not in one and not one.startswith("**Logged**")] == []
