"""Where a backfill's rows come from: a list that does not lead on is no list that was read to its end."""

from collections.abc import Iterator
from typing import Any

import pytest

from linksync.core.change_feed import IssuePage, TicketPage
from linksync.errors import UpstreamUnavailable
from linksync.outbound.zendesk_exports import CursorRefused
from linksync_cli.backfill.rows import JiraRows, Page, ZendeskRows

_MOST = 100


class Zendesk:
    """What each cursor of its lists leads to.

    `searches`: it can search for the field.  `most`: the largest page of its export that does not take too long.
    """

    def __init__(self, after: dict[str, str], *, searches: bool = False, most: int = 1_000) -> None:
        self._after, self._searches, self._most = after, searches, most

    def with_field(self, *, cursor: str) -> TicketPage:
        if not self._searches:
            raise CursorRefused("no such search")
        return TicketPage(rows=(), cursor=self._after[cursor], last=False)

    def changed(self, *, cursor: str, start: float, size: int) -> TicketPage:
        assert start == 1.0
        if size > self._most:
            raise UpstreamUnavailable("it took too long")
        return TicketPage(rows=(), cursor=self._after[cursor], last=self._after[cursor] == "end")


class Jira:
    """What each token of its search leads to."""

    def __init__(self, after: dict[str, str]) -> None:
        self._after = after

    def with_field(self, *, token: str = "") -> IssuePage:
        return IssuePage(rows=(), token=self._after[token])


def read(pages: Iterator[Page]) -> list[str]:
    found = []
    for page in pages:
        found.append(page.after)
        assert len(found) < _MOST, "it goes on for ever"
    return found


@pytest.mark.parametrize(
    "after",
    [
        pytest.param({"": "a", "a": "a"}, id="the same again"),
        pytest.param({"": "a", "a": "b", "b": "a"}, id="a circle"),
    ],
)
@pytest.mark.parametrize("kind", ["search", "export", "jira"])
def test_a_list_that_leads_in_a_circle_is_an_error_and_no_loop(kind: str, after: dict[str, str]) -> None:
    lists: Any = Jira(after) if kind == "jira" else Zendesk(after, searches=kind == "search")
    pages = (JiraRows if kind == "jira" else ZendeskRows)(lists).pages("")
    with pytest.raises(UpstreamUnavailable, match="does not lead on"):
        read(pages)


def test_an_export_that_neither_ends_nor_leads_on_was_not_read_to_its_end() -> None:
    lists: Any = Zendesk({"": "a", "a": ""})
    with pytest.raises(UpstreamUnavailable, match="does not lead on"):
        read(ZendeskRows(lists).pages(""))


def test_an_export_that_ends_is_read_to_its_end() -> None:
    lists: Any = Zendesk({"": "a", "a": "b", "b": "end"})
    assert read(ZendeskRows(lists).pages("")) == ["export a", "export b", ""]


def test_a_page_of_the_export_that_takes_too_long_is_asked_for_in_smaller_ones() -> None:
    lists: Any = Zendesk({"": "a", "a": "end"}, most=100)
    assert read(ZendeskRows(lists).pages("")) == ["export a", ""]
    silent: Any = Zendesk({}, most=0)
    with pytest.raises(UpstreamUnavailable, match="too long"):
        read(ZendeskRows(silent).pages(""))
