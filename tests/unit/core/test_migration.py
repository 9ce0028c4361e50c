"""Links on their way from one version of the Links API to the other."""

import pytest

from linksync.core.listed_links import LinkRow
from linksync.core.migration import NOT_THERE, OTHER_KEY, Direction, Live, both_sides, discrepancies, live


def row(ticket: str, issue: str = "10001", key: str | None = "PROJ-1", link_id: str = "") -> LinkRow:
    return LinkRow(ticket_id=ticket, issue_id=issue, issue_key=key, link_id=link_id)


def test_each_direction_has_two_ends() -> None:
    assert [(one.source.value, one.target.value) for one in Direction] == [("v1", "v2"), ("v2", "v1")]


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ({"1"}, set(), Live.SOURCE),
        (set(), {"2"}, Live.TARGET),
        ({"1"}, {"1", "2"}, Live.BOTH),
        ({"9"}, {"8"}, Live.UNKNOWN),
    ],
)
def test_a_ticket_that_is_linked_tells_which_version_is_live(source: set[str], target: set[str], told: Live) -> None:
    assert live(["1", "2"], source, target) is told


def test_every_pair_of_the_source_comes_once_with_its_other() -> None:
    source = [row("1", link_id="4"), row("1", link_id="3"), row("2")]
    target = [row("1"), row("3")]
    assert [(one.link_id, other is not None) for one, other in both_sides(source, target)] == [("3", True), ("", False)]


def test_what_differs_is_told_with_its_reason() -> None:
    source = [row("1"), row("2"), row("3", key=None), row("4", key="OLD-1")]
    target = [row("1"), row("3"), row("4"), row("5")]
    told = [(one.row.ticket_id, one.why) for one in discrepancies(source, target)]
    assert told == [("2", NOT_THERE), ("4", OTHER_KEY)]
