"""Tickets in bulk, over recorded answers."""

from typing import Any

import pytest
import responses
from responses.matchers import query_param_matcher

from linksync.core.change_feed import ChangedTicket, TicketPage
from linksync.errors import Misconfigured, UpstreamForbidden, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi
from linksync.outbound.zendesk_exports import CursorRefused, ZendeskExports
from linksync.references.fields import TooManyReferences

EXPORT = "https://acme.zendesk.com/api/v2/incremental/tickets/cursor"
SEARCH = "https://acme.zendesk.com/api/v2/search/export"
COUNT = "https://acme.zendesk.com/api/v2/search/count"
AT = "2026-11-24T12:00:00Z"
AT_EPOCH = 1_795_521_600.0


def parse(text: str) -> tuple[str, ...]:
    if text == "many":
        raise TooManyReferences
    return tuple(text.split())


@pytest.fixture
def exports(zendesk: HttpApi) -> ZendeskExports:
    return ZendeskExports(zendesk=zendesk, field_id="360", parse=parse)


def row(value: Any = None, **others: Any) -> dict[str, Any]:
    fields = [{"id": 1, "value": "PROJ-9"}, {"id": 360, "value": value}]
    return {"id": 5001, "updated_at": AT, "generated_timestamp": 1_795_521_660, "custom_fields": fields} | others


def page(*rows: dict[str, Any], cursor: str | None = "abc", end: bool = True) -> dict[str, Any]:
    return {"tickets": list(rows), "after_cursor": cursor, "end_of_stream": end}


def test_the_first_page_begins_at_a_time_and_asks_for_the_tickets_of_ai_agents_too(
    recorded: responses.RequestsMock, exports: ZendeskExports
) -> None:
    asked = {"start_time": "1700000000", "per_page": "1000", "support_type_scope": "all"}
    recorded.get(EXPORT, json=page(row("PROJ-1 PROJ-2")), match=[query_param_matcher(asked)])
    read = exports.changed(cursor="", start=1_700_000_000.9)
    ticket = ChangedTicket(ticket_id="5001", refs=("PROJ-1", "PROJ-2"), updated_at=AT_EPOCH)
    assert read == TicketPage(rows=(ticket,), cursor="abc", last=True, generated_at=1_795_521_660.0)


def test_how_new_a_page_is_goes_by_the_rows_that_tell(
    recorded: responses.RequestsMock, exports: ZendeskExports
) -> None:
    silent, older = row("PROJ-1", generated_timestamp=None), row("PROJ-1", generated_timestamp=1_795_521_000)
    recorded.get(EXPORT, json=page(older, silent, row("PROJ-1"), silent))
    assert exports.changed(cursor="abc", start=1.0).generated_at == 1_795_521_660.0


def test_later_pages_go_by_the_cursor_alone(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    asked = {"cursor": "abc", "per_page": "50", "support_type_scope": "all"}
    recorded.get(EXPORT, json=page(cursor=None, end=False), match=[query_param_matcher(asked)])
    assert exports.changed(cursor="abc", start=1.0, size=50) == TicketPage(rows=(), cursor="", last=False)


@pytest.mark.parametrize(
    ("value", "refs"), [(None, ()), ("", ()), (["proj_1", "proj_2"], ("proj_1", "proj_2")), (12, ("12",))]
)
def test_a_field_is_read_as_it_is_on_a_single_ticket(
    recorded: responses.RequestsMock, exports: ZendeskExports, value: Any, refs: tuple[str, ...]
) -> None:
    recorded.get(EXPORT, json=page(row(value)))
    assert [ticket.refs for ticket in exports.changed(cursor="c", start=0).rows] == [refs]


def test_a_row_without_the_field_is_no_evidence(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    recorded.get(EXPORT, json=page(row(custom_fields=[{"id": 1, "value": "PROJ-1"}]), row(custom_fields=None)))
    assert [ticket.refs for ticket in exports.changed(cursor="c", start=0).rows] == [None, None]


def test_a_row_with_too_many_references_is_told_from_one_without(
    recorded: responses.RequestsMock, exports: ZendeskExports
) -> None:
    recorded.get(EXPORT, json=page(row("many")))
    (ticket,) = exports.changed(cursor="c", start=0).rows
    assert (ticket.refs, ticket.too_many) == (None, True)


@pytest.mark.parametrize(
    "other", [{"status": None}, {"updated_at": None}, {"tags": [{"name": "vip"}]}, {"custom_fields": {"360": "PROJ-1"}}]
)
def test_a_row_of_another_shape_is_its_lanes_to_judge_and_hides_no_other(
    recorded: responses.RequestsMock, exports: ZendeskExports, other: dict[str, Any]
) -> None:
    """What the tickets of AI agents look like is not documented."""
    recorded.get(EXPORT, json=page(row("PROJ-1", id=1, **other), row("PROJ-2", id=2)))
    strange, usual = exports.changed(cursor="c", start=0).rows
    assert (strange.ticket_id, strange.refs, strange.too_many) == ("1", None, True)
    assert (usual.ticket_id, usual.refs) == ("2", ("PROJ-2",))


@pytest.mark.parametrize("rows", [[{"id": 1, "name": "A user"}], [{"ticket": 1}, row("PROJ-1")], ["5001"]])
def test_what_is_no_list_of_tickets_is_no_answer(
    recorded: responses.RequestsMock, exports: ZendeskExports, rows: list[Any]
) -> None:
    recorded.get(EXPORT, json=page(*rows))
    with pytest.raises(UpstreamUnavailable):
        exports.changed(cursor="c", start=0)


def test_a_ticket_in_the_bin_is_told_from_one_that_is_gone_for_good(
    recorded: responses.RequestsMock, exports: ZendeskExports
) -> None:
    binned, erased = row(status="deleted", subject="Help"), row(status="deleted", subject="SCRUBBED")
    alive = row(status="open", subject="SCRUBBED")
    recorded.get(EXPORT, json=page(binned, erased, alive))
    rows = exports.changed(cursor="c", start=0).rows
    assert [(ticket.deleted, ticket.erased) for ticket in rows] == [(True, False), (True, True), (False, False)]


@pytest.mark.parametrize(
    ("row_of", "merged"),
    [
        ({"status": "closed", "tags": ["vip", "closed_by_merge"]}, True),
        ({"status": "closed", "tags": ["vip"]}, False),
        ({"status": "closed", "tags": None}, False),
        ({"status": "open", "tags": ["closed_by_merge"]}, False),
    ],
)
def test_a_merged_ticket_is_closed_and_tagged(
    recorded: responses.RequestsMock, exports: ZendeskExports, row_of: dict[str, object], *, merged: bool
) -> None:
    recorded.get(EXPORT, json=page(row("PROJ-1") | row_of))
    assert [one.merged for one in exports.changed(cursor="c", start=0).rows] == [merged]


def test_a_field_of_a_shape_that_holds_no_keys_is_an_operators(
    recorded: responses.RequestsMock, exports: ZendeskExports
) -> None:
    recorded.get(EXPORT, json=page(row({"file": "a.png"})))
    with pytest.raises(Misconfigured, match="TicketFieldId"):
        exports.changed(cursor="c", start=0)


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_a_cursor_that_is_refused_is_told_from_other_failures(
    recorded: responses.RequestsMock, exports: ZendeskExports, status: int
) -> None:
    recorded.get(EXPORT, status=status, json={"error": "InvalidCursor"})
    with pytest.raises(CursorRefused):
        exports.changed(cursor="old", start=0)


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, UpstreamForbidden), (429, UpstreamThrottled), (503, UpstreamUnavailable)],
)
def test_other_failures_are_what_they_are_elsewhere(
    recorded: responses.RequestsMock, exports: ZendeskExports, status: int, error: type[Exception]
) -> None:
    recorded.get(EXPORT, status=status)
    with pytest.raises(error):
        exports.changed(cursor="c", start=0)


def test_a_proxys_page_is_no_end_of_the_stream(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    recorded.get(EXPORT, body="<html>Please sign in</html>", content_type="text/html")
    with pytest.raises(UpstreamUnavailable):
        exports.changed(cursor="c", start=0)


def test_a_page_may_be_longer_than_other_answers(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    recorded.get(EXPORT, json=page(row("PROJ-1", description="x" * 3_000_000)))
    assert len(exports.changed(cursor="c", start=0).rows) == 1


def test_a_search_for_filled_in_fields(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    asked = {"query": "custom_field_360:*", "filter[type]": "ticket", "page[size]": "100"}
    body = {"results": [row("PROJ-1")], "meta": {"has_more": True, "after_cursor": "next"}}
    recorded.get(SEARCH, json=body, match=[query_param_matcher(asked)])
    recorded.get(
        SEARCH,
        json={"results": [], "meta": {"has_more": False, "after_cursor": "again"}},
        match=[query_param_matcher(asked | {"page[after]": "next"})],
    )
    first = exports.with_field()
    assert (first.cursor, first.last, len(first.rows)) == ("next", False, 1)
    assert exports.with_field(cursor=first.cursor).last


def test_a_search_that_has_more_and_no_cursor_ends(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    recorded.get(SEARCH, json={"results": [row("PROJ-1")], "meta": {"has_more": True, "after_cursor": None}})
    assert exports.with_field().last


def test_an_expired_cursor_of_a_search_is_told(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    recorded.get(SEARCH, status=400, json={"error": "InvalidCursor"})
    with pytest.raises(CursorRefused):
        exports.with_field(cursor="of yesterday")


def test_how_many_have_the_field_filled_in(recorded: responses.RequestsMock, exports: ZendeskExports) -> None:
    asked = {"query": "type:ticket custom_field_360:*"}
    recorded.get(COUNT, json={"count": 20_000}, match=[query_param_matcher(asked)])
    assert exports.count_with_field() == 20_000
