"""A row of the Links API's list, as JSON of either version."""

import pytest

from linksync.core.listed_links import LinkRow
from linksync.errors import UpstreamUnavailable
from linksync.outbound.link_rows import Row, links_of
from linksync.outbound.responses import Response

RESPONSE = Response(call="Zendesk: GET /links", status=200, headers={}, body=b"{}")


def row(ticket_id: object = "5001", issue_id: object = "10001", **others: object) -> Row:
    return Row.model_validate({"ticket_id": ticket_id, "issue_id": issue_id} | others)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("5001", "5001"),
        (5001, "5001"),
        ("0005001", "5001"),
        (0, "0"),
        ("", None),
        (None, None),
        (True, None),
        (5001.0, None),
        (-5001, None),
        ("-5001", None),
        (" 5001", None),
        ("x1", None),
        ("٣", None),
        ([5001], None),
    ],
)
def test_an_id_is_of_digits(told: object, expected: str | None) -> None:
    assert (row(told).ticket_id, row("1", told).issue_id, row(id=told).id) == (expected, expected, expected)


@pytest.mark.parametrize(
    ("told", "expected"), [("PROJ-1", "PROJ-1"), ("proj-1", "PROJ-1"), ("", None), (None, None), (5, None)]
)
def test_a_key_is_in_capitals_or_missing(told: object, expected: str | None) -> None:
    assert row(issue_key=told).issue_key == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-11-24T10:00:00.000Z", 1_795_514_400.0),
        ("2026-11-24T11:00:00+01:00", 1_795_514_400.0),
        ("yesterday", None),
        ("", None),
        (None, None),
        (1_795_514_400, None),
        ("0001-01-01T00:00:00", None),
        ("10000-01-01T00:00:00Z", None),
    ],
)
def test_a_time_is_in_seconds_since_the_epoch(told: object, expected: float | None) -> None:
    assert row(created_at=told).created_at == expected


def test_what_a_row_does_not_tell_is_not_known() -> None:
    assert row().link() == LinkRow(ticket_id="5001", issue_id="10001")
    assert row(id=7, issue_key="proj-1", created_at="1970-01-01T00:00:05Z").link() == LinkRow(
        ticket_id="5001", issue_id="10001", issue_key="PROJ-1", link_id="7", created_at=5.0
    )


@pytest.mark.parametrize("nothing", [Row(), row(None), row(issue_id=None)])
def test_a_row_that_names_no_pair_is_no_link(nothing: Row) -> None:
    assert nothing.link() is None
    assert links_of(RESPONSE, [nothing, row()]) == (row().link(),)
    with pytest.raises(UpstreamUnavailable, match="with a list of something other than links"):
        links_of(RESPONSE, [nothing])


def test_no_rows_are_no_links() -> None:
    assert links_of(RESPONSE, [], ticket_id="5001", issue_id="10001") == ()


@pytest.mark.parametrize(
    ("ticket_id", "issue_id", "asked_for"),
    [
        ("", "", True),
        ("5001", "", True),
        ("", "10001", True),
        ("5001", "10001", True),
        ("5002", "", False),
        ("", "10002", False),
        ("5002", "10001", False),
        ("5001", "10002", False),
    ],
)
def test_links_are_those_of_the_ticket_and_the_issue_asked_for(ticket_id: str, issue_id: str, asked_for: bool) -> None:
    rows = [row(), row("5001", "10001", id=8)]
    if asked_for:
        assert len(links_of(RESPONSE, rows, ticket_id=ticket_id, issue_id=issue_id)) == 2
    else:
        with pytest.raises(UpstreamUnavailable, match="with other links than the ones asked for"):
            links_of(RESPONSE, rows, ticket_id=ticket_id, issue_id=issue_id)


def test_one_link_of_another_spoils_the_list() -> None:
    with pytest.raises(UpstreamUnavailable):
        links_of(RESPONSE, [row(), row("5002")], ticket_id="5001")
