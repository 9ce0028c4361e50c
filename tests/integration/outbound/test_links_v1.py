"""What the original Links API may answer, and nobody documents."""

import json
from urllib.parse import urlsplit

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from linksync.core.issue import Issue
from linksync.core.listed_links import LinkRow
from linksync.errors import UpstreamRefused, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi
from linksync.outbound.links_api import Created
from linksync.outbound.links_v1 import LinksV1, TicketLinksV1

LIST = "https://acme.zendesk.com/api/v2/jira/links"
LINKS = "https://acme.zendesk.com/api/services/jira/links"
ISSUE = Issue("10001", "PROJ-1")
AT = {"created_at": "2026-11-24T10:00:00.000Z", "updated_at": "2026-11-24T10:00:00.000Z"}
SECONDS = 1_795_514_400.0


@pytest.fixture
def links(zendesk: HttpApi) -> LinksV1:
    return LinksV1(zendesk=zendesk)


@pytest.fixture
def ticket(links: LinksV1) -> TicketLinksV1:
    return links.of_ticket("5001")


def row(
    link_id: object = 7, issue_id: object = "10001", key: object = "PROJ-1", ticket_id: object = "5001"
) -> dict[str, object]:
    return {"id": link_id, "ticket_id": ticket_id, "issue_id": issue_id, "issue_key": key} | AT


def listed(recorded: responses.RequestsMock, *rows: object, after: object = None, **query: str) -> None:
    body = {"links": rows, "meta": {"has_more": after is not None, "after_cursor": after}, "total": 1234}
    expected = query_param_matcher({"page[size]": "1000"} | (query or {"filter[ticket_id]": "5001"}))
    recorded.get(LIST, json=body, match=[expected])


def posted(recorded: responses.RequestsMock, status: int, body: object = "") -> None:
    expected = {"link": {"issue_id": "10001", "issue_key": "PROJ-1", "ticket_id": "5001"}}
    text = body if isinstance(body, str) else json.dumps(body)
    recorded.post(LINKS, status=status, body=text, match=[json_params_matcher(expected)])


def test_a_new_link_has_an_id(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    listed(recorded)
    posted(recorded, 201, {"link": row()})
    assert ticket.create(ISSUE) == Created(made=True, link_id="7", created_at=SECONDS)
    assert ticket.holds("10001") == LinkRow(
        ticket_id="5001", issue_id="10001", issue_key="PROJ-1", link_id="7", created_at=SECONDS
    )


@pytest.mark.parametrize(
    "numbers", [{"link_id": "7", "issue_id": 10001, "ticket_id": 5001}, {"key": None}, {"key": ""}]
)
def test_a_link_that_is_there_is_seen_before_anything_is_posted(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, numbers: dict[str, object]
) -> None:
    listed(recorded, row(**numbers))
    assert ticket.create(ISSUE) == Created(made=False, link_id="7", created_at=SECONDS)


def test_of_several_rows_of_a_pair_the_lowest_counts(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    listed(recorded, row(10), row(9), row("100"))
    assert ticket.create(ISSUE).link_id == "9"


@pytest.mark.parametrize(
    ("date", "made"),
    [
        ("Tue, 24 Nov 2026 10:00:06 GMT", True),
        ("Tue, 24 Nov 2026 10:00:08 GMT", True),
        ("Tue, 24 Nov 2026 10:00:09 GMT", False),
        ("Wed, 25 Nov 2026 10:00:00 GMT", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_a_200_may_show_a_link_that_was_there_before(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, date: str, made: bool
) -> None:
    """An agent's, made after the links were listed.  Theirs must not be taken for ours, and be deleted one day."""
    listed(recorded)
    recorded.post(LINKS, status=200, json={"link": row()}, headers={"Date": date})
    assert ticket.create(ISSUE) == Created(made=made, link_id="7", created_at=SECONDS)


def test_a_200_without_a_time_shows_what_was_there(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    listed(recorded)
    recorded.post(
        LINKS,
        status=200,
        json={"link": row() | {"created_at": None}},
        headers={"Date": "Tue, 24 Nov 2026 10:00:06 GMT"},
    )
    assert ticket.create(ISSUE).made is False


DUPLICATES = [
    (409, ""),
    (409, "Conflict"),
    (409, {"error": "DatabaseConflict"}),
    (422, {"error": "RecordInvalid", "description": "Issue is already linked to ticket 5001"}),
    (422, {"error": "RecordInvalid", "details": {"issue_id": [{"error": "TakenValue"}]}}),
    (422, {"error": "RecordInvalid", "description": "Duplicate link"}),
    (400, "link exists"),
]


@pytest.mark.parametrize(("status", "body"), DUPLICATES)
def test_what_may_mean_that_it_is_there_counts_when_the_list_shows_it(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, status: int, body: object
) -> None:
    listed(recorded)
    posted(recorded, status, body)
    listed(recorded, row(8))
    assert ticket.create(ISSUE) == Created(made=False, link_id="8", created_at=SECONDS)


@pytest.mark.parametrize(("status", "body"), DUPLICATES)
def test_and_does_not_when_the_list_does_not(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, status: int, body: object
) -> None:
    listed(recorded)
    posted(recorded, status, body)
    listed(recorded, row(8, issue_id="10002"))
    with pytest.raises(UpstreamUnavailable if status == 409 else UpstreamRefused) as caught:
        ticket.create(ISSUE)
    assert getattr(caught.value, "maybe_applied", False) is False


@pytest.mark.parametrize(("status", "body"), DUPLICATES)
@pytest.mark.parametrize(("listing", "shown"), [(500, ""), (504, ""), (200, "<html>")])
def test_a_list_that_fails_leaves_no_doubt_that_the_create_made_nothing(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, status: int, body: object, listing: int, shown: str
) -> None:
    """Else the link that an agent made meanwhile is taken for ours at the next try."""
    listed(recorded)
    posted(recorded, status, body)
    recorded.get(LIST, status=listing, body=shown)
    with pytest.raises(UpstreamUnavailable) as caught:
        ticket.create(ISSUE)
    assert caught.value.maybe_applied is False


@pytest.mark.parametrize(
    ("status", "body", "not_found"),
    [(404, {"error": "RecordNotFound"}, True), (422, {"error": "RecordInvalid"}, False), (400, "Bad Request", False)],
)
def test_a_create_that_is_refused_for_another_reason(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, status: int, body: object, not_found: bool
) -> None:
    """Only a 404 of the API's own tells that ticket or issue is not there."""
    listed(recorded)
    posted(recorded, status, body)
    with pytest.raises(UpstreamRefused, match="Zendesk does not link ticket 5001 to PROJ-1") as caught:
        ticket.create(ISSUE)
    assert caught.value.not_found is not_found


def test_a_create_that_a_page_answers_is_tried_again(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    listed(recorded)
    posted(recorded, 404, "<html>No such page</html>")
    with pytest.raises(UpstreamUnavailable):
        ticket.create(ISSUE)


NO_JSON, ANOTHER = "without the JSON that its documentation promises", "with another link than the one asked for"


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("", NO_JSON),
        ("<html>", NO_JSON),
        ("{}", NO_JSON),
        ({"link": {}}, ANOTHER),
        ({"link": row(issue_id="10002")}, ANOTHER),
        ({"link": row(ticket_id="5002")}, ANOTHER),
    ],
)
def test_a_success_that_shows_another_link_or_none_is_looked_at_again(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, body: object, how: str
) -> None:
    listed(recorded)
    posted(recorded, 201, body)
    with pytest.raises(UpstreamUnavailable, match=how) as caught:
        ticket.create(ISSUE)
    assert caught.value.maybe_applied is True


@pytest.mark.parametrize("other", [{"issue_id": "10002"}, {"ticket_id": "5002"}])
def test_a_look_at_a_link_that_shows_another_tells_nothing(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, other: dict[str, object]
) -> None:
    recorded.get(f"{LINKS}/7", json={"link": row(**other)})
    with pytest.raises(UpstreamUnavailable, match="with other links than the ones asked for"):
        ticket.show("10001", link_id="7")


def test_before_a_list_no_link_is_held(ticket: TicketLinksV1) -> None:
    assert ticket.holds("10001") is None


def test_a_create_is_ready_when_the_links_are_listed(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    listed(recorded)
    ticket.ready_to_create()
    assert len(recorded.calls) == 1
    posted(recorded, 201, {"link": row()})
    assert ticket.create(ISSUE).made is True


@pytest.mark.parametrize(("link_id", "lists"), [("", 1), ("7", 0)])
def test_a_delete_is_ready_when_the_links_id_is_known(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, link_id: str, lists: int
) -> None:
    if not link_id:
        listed(recorded, row(7))
    ticket.ready_to_delete(link_id=link_id)
    assert len(recorded.calls) == lists
    recorded.delete(f"{LINKS}/7", status=204)
    assert ticket.delete("10001", link_id=link_id) is True


def test_a_link_is_deleted_by_its_id(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    recorded.delete(f"{LINKS}/7", status=204)
    assert ticket.delete("10001", link_id="7") is True
    assert recorded.calls[0].request.headers["Content-Type"] == "application/json"


def test_without_its_id_every_row_of_the_pair_goes(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    listed(recorded, row(7), row(8, issue_id="10002"), row(9))
    recorded.delete(f"{LINKS}/7", status=404, json={"error": "RecordNotFound"})
    recorded.delete(f"{LINKS}/9", status=204)
    assert ticket.delete("10001") is True
    assert ticket.holds("10001") is None
    assert ticket.holds("10002") is not None


@pytest.mark.parametrize("body", ["<html>", "", '{"error": "InvalidEndpoint", "description": "Not found"}'])
@pytest.mark.parametrize(
    ("ids", "there"), [([7], True), ([8, 7], True), ([7, 8], True), ([8], False), ([], False)], ids=str
)
def test_a_404_that_is_not_the_links_own_is_checked_by_a_list(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, body: str, ids: list[int], there: bool
) -> None:
    recorded.delete(f"{LINKS}/7", status=404, body=body)
    listed(recorded, *map(row, ids))
    if there:
        with pytest.raises(UpstreamUnavailable):
            ticket.delete("10001", link_id="7")
    else:
        assert ticket.delete("10001", link_id="7") is False


def test_its_own_404_needs_no_list(recorded: responses.RequestsMock, ticket: TicketLinksV1) -> None:
    recorded.delete(f"{LINKS}/7", status=404, json={"error": "RecordNotFound", "description": "Not found"})
    assert ticket.delete("10001", link_id="7") is False


CURSOR_URL = (
    "https://acme.zendesk.com/api/v2/jira/links?filter%5Bticket_id%5D=5001&page%5Bafter%5D=abc%3D%3D&page%5Bsize%5D=1"
)


@pytest.mark.parametrize(
    ("cursor", "after"),
    [
        ("abc==", "abc=="),
        (42, "42"),
        (CURSOR_URL, "abc=="),
        (CURSOR_URL.replace("acme.zendesk.com", "support.acme.example"), "abc=="),
        (CURSOR_URL.replace("https://acme.zendesk.com", "http://acme.zendesk.com.evil.example"), "abc=="),
    ],
)
def test_a_cursor_is_a_token_or_a_url_that_holds_it(
    recorded: responses.RequestsMock, links: LinksV1, cursor: object, after: str
) -> None:
    listed(recorded, row(7), after=cursor)
    listed(recorded, row(8), **{"page[after]": after, "filter[ticket_id]": "5001"})
    assert [found.link_id for found in links.rows_of_ticket("5001")] == ["7", "8"]
    assert {urlsplit(call.request.url).netloc for call in recorded.calls} == {"acme.zendesk.com"}


@pytest.mark.parametrize(
    "cursor",
    [
        "https://acme.zendesk.com/api/v2/jira/links",
        "https://evil.example/api/v2/jira/links?page%5Bafter%5D=",
        "",
    ],
)
def test_a_page_that_does_not_lead_to_the_next_is_no_list(
    recorded: responses.RequestsMock, links: LinksV1, cursor: str
) -> None:
    listed(recorded, row(7), after=cursor)
    with pytest.raises(UpstreamUnavailable):
        list(links.rows_of_ticket("5001"))
    assert len(recorded.calls) == 1


def test_a_page_that_is_not_the_last_and_has_no_cursor_is_no_list(
    recorded: responses.RequestsMock, links: LinksV1
) -> None:
    recorded.get(LIST, json={"links": [row()], "meta": {"has_more": True, "after_cursor": None}})
    with pytest.raises(UpstreamUnavailable, match="does not lead to the next"):
        links.page()


def test_a_page_that_tells_of_no_more_is_the_last(recorded: responses.RequestsMock, links: LinksV1) -> None:
    recorded.get(LIST, json={"links": [row()], "meta": {}})
    assert [found.link_id for found in links.rows()] == ["7"]


def test_a_list_that_leads_to_itself_ends(recorded: responses.RequestsMock, links: LinksV1) -> None:
    listed(recorded, row(7), after="abc")
    listed(recorded, row(7), after="abc", **{"page[after]": "abc", "filter[ticket_id]": "5001"})
    with pytest.raises(UpstreamUnavailable):
        list(links.rows_of_ticket("5001"))


def test_the_last_pages_cursor_is_not_looked_at(recorded: responses.RequestsMock, links: LinksV1) -> None:
    body = {"links": [row()], "meta": {"has_more": False, "after_cursor": "https://other.example/?page[after]=x"}}
    recorded.get(LIST, json=body)
    page = links.page()
    assert (len(page.rows), page.after) == (1, "")


def test_the_total_is_told(recorded: responses.RequestsMock, links: LinksV1) -> None:
    listed(recorded, row())
    assert links.page(ticket_id="5001").total == 1234


def test_rows_of_a_former_site_and_of_the_earliest_days_are_just_rows(
    recorded: responses.RequestsMock, links: LinksV1
) -> None:
    recorded.get(LIST, json={"links": [row(1, 3, None, 5001), row(2, "77777", "old-1")], "meta": {"has_more": False}})
    assert [(found.issue_id, found.issue_key) for found in links.rows()] == [("3", None), ("77777", "OLD-1")]


def test_a_row_without_a_pair_is_passed_over(recorded: responses.RequestsMock, links: LinksV1) -> None:
    rows = [
        row(1, None),
        row(2, ""),
        row(3, True),
        row(4, "x1"),
        row(5, ticket_id=None),
        row(6, [1]),
        row(7, "٣"),
        row(8),
    ]
    recorded.get(LIST, json={"links": rows, "meta": {"has_more": False}})
    assert [found.link_id for found in links.rows()] == ["8"]


@pytest.mark.parametrize("moment", [None, "", "yesterday", 5, "0001-01-01T00:00:00+23:59"])
def test_a_row_without_a_time_is_a_row(recorded: responses.RequestsMock, links: LinksV1, moment: object) -> None:
    recorded.get(LIST, json={"links": [row() | {"created_at": moment}], "meta": {"has_more": False}})
    assert next(links.rows()).link_id == "7"


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "{}",
        '{"links": []}',
        '{"meta": {"has_more": false}}',
        '{"links": [{"id": 1}], "meta": {}}',
        '{"links": {}, "meta": {}}',
    ],
)
def test_what_is_no_list_of_links_shows_no_absence(
    recorded: responses.RequestsMock, ticket: TicketLinksV1, body: str
) -> None:
    recorded.get(LIST, body=body)
    with pytest.raises(UpstreamUnavailable):
        ticket.ready_to_create()


def test_a_list_whose_filter_did_nothing_is_not_believed(
    recorded: responses.RequestsMock, ticket: TicketLinksV1
) -> None:
    listed(recorded, row(7), row(8, ticket_id="5002"))
    with pytest.raises(UpstreamUnavailable, match="with other links than the ones asked for"):
        ticket.ready_to_create()
