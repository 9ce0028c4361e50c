"""What version 2 of the Links API is asked, and what each of its answers tells."""

import json

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from linksync.core.issue import Issue
from linksync.core.listed_links import LinkRow
from linksync.errors import Misconfigured, UpstreamRefused, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi
from linksync.outbound.links_api import Created
from linksync.outbound.links_v2 import LinksV2, TicketLinksV2

LINKS = "https://acme.zendesk.com/api/v2/integrations/jira/ext-1/links"
LINK = f"{LINKS}/ticket/5001/issue/10001"
ISSUE = Issue("10001", "PROJ-1")
ROW = {"ticket_id": "5001", "issue_id": "10001", "issue_key": "PROJ-1"}
SHOWN = LinkRow(ticket_id="5001", issue_id="10001", issue_key="PROJ-1")
OTHERS = "with other links than the ones asked for"


@pytest.fixture
def links(zendesk: HttpApi) -> LinksV2:
    return LinksV2(zendesk=zendesk, external_id="ext-1")


@pytest.fixture
def ticket(links: LinksV2) -> TicketLinksV2:
    return links.of_ticket("5001")


def listed(recorded: responses.RequestsMock, *rows: object, meta: object = None, **query: str) -> None:
    body = {"links": rows, "meta": meta or {"has_more": False}}
    recorded.get(LINKS, json=body, match=[query_param_matcher({"page[size]": "100"} | query)])


def error(code: str, title: str = "") -> dict[str, object]:
    return {"errors": [{"code": code, "title": title, "detail": "…"}]}


def answers(recorded: responses.RequestsMock, method: str, url: str, status: int, body: object) -> None:
    recorded.add(method, url, status=status, body=body if isinstance(body, str) else json.dumps(body))


def test_an_integration_must_be_named(zendesk: HttpApi) -> None:
    with pytest.raises(Misconfigured, match="JiraIntegrationExternalId is required"):
        LinksV2(zendesk=zendesk, external_id="")


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ({}, {}),
        ({"after": "a"}, {"page[after]": "a"}),
        ({"before": "b"}, {"page[before]": "b"}),
        ({"ticket_id": "5001"}, {"ticket_id": "5001"}),
        ({"issue_id": "10001", "after": "a"}, {"issue_id": "10001", "page[after]": "a"}),
    ],
)
def test_what_is_not_asked_for_is_not_in_the_query(
    recorded: responses.RequestsMock, links: LinksV2, asked: dict[str, str], query: dict[str, str]
) -> None:
    listed(recorded, ROW, **query)
    assert links.page(**asked).rows == (SHOWN,)
    for name in ("page[after]", "page[before]", "ticket_id", "issue_id"):
        assert (name in recorded.calls[0].request.params) == (name in query)


@pytest.mark.parametrize(
    ("asked", "meta", "after", "before"),
    [
        ({}, {"has_more": True, "after": "a", "before": None}, "a", ""),
        ({"after": "a"}, {"has_more": True, "after": "b", "before": "a"}, "b", "a"),
        ({"after": "a"}, {"has_more": False, "after": "b", "before": "x"}, "", "x"),
        ({"before": "b"}, {"has_more": True, "after": "b", "before": "a"}, "b", "a"),
        ({"before": "b"}, {"has_more": False, "after": "x", "before": "a"}, "x", ""),
    ],
)
def test_a_page_leads_both_ways(
    recorded: responses.RequestsMock, links: LinksV2, asked: dict[str, str], meta: object, after: str, before: str
) -> None:
    listed(recorded, ROW, meta=meta, **{f"page[{name}]": cursor for name, cursor in asked.items()})
    page = links.page(**asked)
    assert (page.after, page.before) == (after, before)


@pytest.mark.parametrize(
    ("asked", "meta"),
    [
        ({}, {"has_more": True}),
        ({"after": "a"}, {"has_more": True, "after": "a", "before": "x"}),
        ({"before": "b"}, {"has_more": True, "after": "x", "before": "b"}),
    ],
)
def test_a_page_that_leads_nowhere_is_no_list(
    recorded: responses.RequestsMock, links: LinksV2, asked: dict[str, str], meta: object
) -> None:
    listed(recorded, ROW, meta=meta, **{f"page[{name}]": cursor for name, cursor in asked.items()})
    with pytest.raises(UpstreamUnavailable, match="does not lead to the next"):
        links.page(**asked)


@pytest.mark.parametrize("asked", [{"ticket_id": "5002"}, {"issue_id": "10002"}])
def test_a_list_whose_filter_did_nothing_is_not_believed(
    recorded: responses.RequestsMock, links: LinksV2, asked: dict[str, str]
) -> None:
    listed(recorded, ROW, **asked)
    with pytest.raises(UpstreamUnavailable, match=OTHERS):
        links.page(**asked)


@pytest.mark.parametrize("asked", [{}, {"ticket_id": "5001"}, {"issue_id": "10001"}])
def test_every_page_of_a_list_is_read(recorded: responses.RequestsMock, links: LinksV2, asked: dict[str, str]) -> None:
    listed(recorded, ROW, meta={"has_more": True, "after": "a"}, **asked)
    listed(recorded, ROW, **asked, **{"page[after]": "a"})
    rows = {"ticket_id": links.rows_of_ticket, "issue_id": links.rows_of_issue}
    found = next((rows[name](value) for name, value in asked.items()), None) or links.rows()
    assert list(found) == [SHOWN, SHOWN]


def test_a_link_is_made_by_ids_and_key(recorded: responses.RequestsMock, ticket: TicketLinksV2) -> None:
    expected = {"link": {"issue_id": "10001", "issue_key": "PROJ-1", "ticket_id": "5001"}}
    recorded.post(LINKS, status=201, match=[json_params_matcher(expected)])
    assert ticket.create(ISSUE) == Created(made=True)


def test_a_link_that_was_there_is_not_ours(recorded: responses.RequestsMock, ticket: TicketLinksV2) -> None:
    answers(recorded, "POST", LINKS, 409, error("LinkAlreadyExists"))
    assert ticket.create(ISSUE) == Created(made=False)


def test_a_create_for_what_is_not_there_is_refused(recorded: responses.RequestsMock, ticket: TicketLinksV2) -> None:
    answers(recorded, "POST", LINKS, 404, error("NotFound", "Ticket not found"))
    with pytest.raises(UpstreamRefused, match=r"404 \(NotFound\): Zendesk has no ticket 5001, or no Jira") as caught:
        ticket.create(ISSUE)
    assert caught.value.not_found is True


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, "<html>"), (404, "{}"), (404, error("5001")), (409, ""), (409, error("DatabaseConflict"))],
)
def test_a_create_of_which_nothing_can_be_told_is_tried_again(
    recorded: responses.RequestsMock, ticket: TicketLinksV2, status: int, body: object
) -> None:
    answers(recorded, "POST", LINKS, status, body)
    with pytest.raises(UpstreamUnavailable, match="neither that the link is there nor that it cannot be"):
        ticket.create(ISSUE)


NO_LINK = error("NotFound", "Link not found")
ABSENCES = [NO_LINK, error("NotFound", "link not found."), error("NotFound", " LINK NOT FOUND. ")]
ELSE_MISSING = [
    error("NotFound"),
    error("NotFound", "Integration not found"),
    error("NotFound", "Link not found_"),
    error("NotFound", "No link"),
]
FOREIGN = ["<html>", "", "{}", error("Unknown", "Link not found"), {"error": "InvalidEndpoint"}]


@pytest.mark.parametrize("body", ABSENCES)
def test_the_apis_own_404_for_a_link_tells_that_there_is_none(
    recorded: responses.RequestsMock, ticket: TicketLinksV2, body: object
) -> None:
    answers(recorded, "DELETE", LINK, 404, body)
    assert ticket.delete("10001") is False
    answers(recorded, "GET", LINK, 404, body)
    assert ticket.show("10001") is None


@pytest.mark.parametrize("body", [*ELSE_MISSING, *FOREIGN])
def test_any_other_404_to_a_delete_is_checked_by_a_look(
    recorded: responses.RequestsMock, ticket: TicketLinksV2, body: object
) -> None:
    answers(recorded, "DELETE", LINK, 404, body)
    answers(recorded, "GET", LINK, 404, NO_LINK)
    assert ticket.delete("10001") is False


@pytest.mark.parametrize(
    ("status", "body", "kind", "how"),
    [
        *[(404, body, UpstreamRefused, "not for want of a link") for body in ELSE_MISSING],
        *[(404, body, UpstreamUnavailable, "by something other than its API") for body in FOREIGN],
        *[
            (200, body, UpstreamUnavailable, "although the link was not to be there")
            for body in ({"link": ROW}, NO_LINK, error("NotFound"), "<html>")
        ],
    ],
)
def test_a_delete_whose_look_does_not_show_an_absence_is_not_done(
    recorded: responses.RequestsMock,
    ticket: TicketLinksV2,
    status: int,
    body: object,
    kind: type[Exception],
    how: str,
) -> None:
    answers(recorded, "DELETE", LINK, 404, "<html>")
    answers(recorded, "GET", LINK, status, body)
    with pytest.raises(kind, match=how):
        ticket.delete("10001")


@pytest.mark.parametrize(
    ("body", "kind"),
    [*[(body, UpstreamRefused) for body in ELSE_MISSING], *[(body, UpstreamUnavailable) for body in FOREIGN]],
)
def test_a_look_that_gets_any_other_404_tells_nothing(
    recorded: responses.RequestsMock, ticket: TicketLinksV2, body: object, kind: type[Exception]
) -> None:
    answers(recorded, "GET", LINK, 404, body)
    with pytest.raises(kind):
        ticket.show("10001")


def test_a_link_is_shown(recorded: responses.RequestsMock, ticket: TicketLinksV2) -> None:
    answers(recorded, "GET", LINK, 200, {"link": ROW})
    assert ticket.show("10001") == SHOWN
    assert ticket.holds("10001") is None


@pytest.mark.parametrize("other", [{"ticket_id": "5002"}, {"issue_id": "10002"}])
def test_a_look_that_shows_another_link_tells_nothing(
    recorded: responses.RequestsMock, ticket: TicketLinksV2, other: dict[str, str]
) -> None:
    answers(recorded, "GET", LINK, 200, {"link": ROW | other})
    with pytest.raises(UpstreamUnavailable, match=OTHERS):
        ticket.show("10001")
