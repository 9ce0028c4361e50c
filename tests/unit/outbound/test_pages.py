"""Lists that are read a page at a time, and lines of responses, come to an end."""

import io
from collections.abc import Iterable
from itertools import count, islice

import pytest

from linksync.core.listed_links import LinkRow
from linksync.errors import UpstreamUnavailable
from linksync.outbound import connections
from linksync.outbound.links_api import LinkPage, all_rows, next_cursor
from linksync.outbound.places import Places
from linksync.outbound.responses import Response

PAGE = Response(call="Zendesk: GET /links", status=200, headers={}, body=b"{}")


@pytest.mark.parametrize(
    ("has_more", "cursor", "asked_with", "then"),
    [(True, "b", "a", "b"), (True, "b", "", "b"), (False, "b", "a", ""), (False, "", "", "")],
)
def test_a_page_leads_to_the_next(has_more: bool, cursor: str, asked_with: str, then: str) -> None:
    assert next_cursor(PAGE, has_more=has_more, cursor=cursor, asked_with=asked_with) == then


@pytest.mark.parametrize(("cursor", "asked_with"), [("", ""), ("", "a"), ("a", "a")])
def test_a_page_that_leads_nowhere_is_no_answer(cursor: str, asked_with: str) -> None:
    with pytest.raises(UpstreamUnavailable, match="does not lead to the next"):
        next_cursor(PAGE, has_more=True, cursor=cursor, asked_with=asked_with)


@pytest.mark.parametrize("before", [0, 1, 2, 3, 50])
@pytest.mark.parametrize("around", [1, 2, 3, 7])
def test_a_circle_is_found_however_late_it_begins(before: int, around: int) -> None:
    steps = (str(step if step < before else before + (step - before) % around) for step in count())
    with pytest.raises(UpstreamUnavailable, match="does not lead on"):
        read(islice(steps, 4 * (before + around) + 4))


def test_a_long_list_without_a_circle_is_read_to_its_end() -> None:
    read(map(str, range(10_000)))


def read(cursors: Iterable[str]) -> None:
    places = Places("The list")
    for cursor in cursors:
        places.went_to(cursor)


def test_a_list_of_links_that_leads_in_a_circle_ends() -> None:
    def page(cursor: str) -> LinkPage:
        row = LinkRow(ticket_id="1", issue_id="2")
        return LinkPage(rows=(row,), after={"": "a", "a": "b", "b": "a"}[cursor])

    with pytest.raises(UpstreamUnavailable):
        list(islice(all_rows(page), 100))


@pytest.mark.parametrize("size", [None, -1, -7])
def test_a_line_has_a_longest_length_for_those_too_who_ask_for_none(size: int | None) -> None:
    reader = connections._LineReader(io.BytesIO(b"x" * 200_000))  # type: ignore[arg-type]  # as good as raw
    assert len(reader.readline(size)) == 65_536


def test_a_line_is_no_longer_than_is_asked_for() -> None:
    reader = connections._LineReader(io.BytesIO(b"x" * 200_000))  # type: ignore[arg-type]  # as good as raw
    assert [len(reader.readline(size)) for size in (0, 10, 100_000)] == [0, 10, 100_000]
