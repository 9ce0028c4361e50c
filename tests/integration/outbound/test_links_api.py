"""Both versions of the Links API do the same for us: against a simulated Zendesk, over the wire."""

import json
from collections.abc import Callable, Iterator

import pytest

from linksync.core.issue import Issue
from linksync.core.listed_links import LinkRow, LinksApiVersion
from linksync.errors import UpstreamForbidden, UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.links_api import LinksApi
from linksync.outbound.links_v2 import LinksV2
from linksync.outbound.vendor_apis import VendorApis
from local.http.calls import RecordedCall
from local.zendesk.links import LinkTable
from local.zendesk.site import CLIENT_ID, CLIENT_SECRET, Zendesk

EXTERNAL_ID = "ext-1"
ISSUE = Issue("10001", "PROJ-1")
OTHER = Issue("10002", "PROJ-2")


@pytest.fixture
def zendesk_site() -> Iterator[Zendesk]:
    with Zendesk(EXTERNAL_ID) as site:
        yield site


@pytest.fixture(params=list(LinksApiVersion))
def version(request: pytest.FixtureRequest) -> LinksApiVersion:
    return LinksApiVersion(request.param)


@pytest.fixture
def table(zendesk_site: Zendesk, version: LinksApiVersion) -> LinkTable:
    return zendesk_site.links_v1 if version is LinksApiVersion.V1 else zendesk_site.links


@pytest.fixture
def links(zendesk_site: Zendesk, version: LinksApiVersion) -> LinksApi:
    secret = {"zendesk": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}}
    apis = VendorApis(source=lambda *, fresh=False: secret)
    links = apis.links(apis.zendesk(zendesk_site.url), version=version, external_id=EXTERNAL_ID)
    links.of_ticket("1").ready_to_delete(link_id="1")  # a token is had
    zendesk_site.calls.clear()
    return links


@pytest.fixture
def calls(zendesk_site: Zendesk) -> Callable[[], list[str]]:
    """The methods of the calls so far."""

    def methods() -> list[str]:
        return [call.method for call in zendesk_site.calls.matching()]

    return methods


def pairs(rows: Iterator[LinkRow]) -> list[tuple[str, str, str | None]]:
    return [(row.ticket_id, row.issue_id, row.issue_key) for row in rows]


def test_a_new_link(links: LinksApi, table: LinkTable) -> None:
    assert links.of_ticket("5001").create(ISSUE).made is True
    assert table.pairs() == {("5001", "PROJ-1")}


def test_a_link_that_is_there(links: LinksApi, table: LinkTable) -> None:
    table.add("5001", ISSUE.id, "PROJ-1")
    assert links.of_ticket("5001").create(ISSUE).made is False
    assert len(table.all()) == 1


def test_a_link_that_is_removed(links: LinksApi, table: LinkTable) -> None:
    table.add("5001", ISSUE.id, "PROJ-1")
    table.add("5001", OTHER.id, "PROJ-2")
    assert links.of_ticket("5001").delete(ISSUE.id) is True
    assert table.pairs() == {("5001", "PROJ-2")}


def test_a_link_that_is_not_there(links: LinksApi) -> None:
    assert links.of_ticket("5001").delete(ISSUE.id) is False


def test_one_link_is_shown(
    links: LinksApi, table: LinkTable, version: LinksApiVersion, calls: Callable[[], list[str]]
) -> None:
    table.add("5001", ISSUE.id, "PROJ-1")
    ticket, link_id = links.of_ticket("5001"), "1" if version is LinksApiVersion.V1 else ""
    shown, listed = ticket.show(ISSUE.id, link_id=link_id), ticket.show(ISSUE.id)
    assert shown == listed
    assert shown
    assert (shown.pair, shown.issue_key, shown.link_id) == (("5001", ISSUE.id), "PROJ-1", link_id)
    assert calls() == ["GET", "GET"]
    table.remove("5001", ISSUE.id)
    assert ticket.show(ISSUE.id, link_id=link_id) is ticket.show(ISSUE.id) is None


def test_what_does_not_show_the_link_tells_nothing_of_it(
    links: LinksApi, table: LinkTable, version: LinksApiVersion, zendesk_site: Zendesk
) -> None:
    """A page of a proxy's, and another link than the one asked for."""
    table.add("5001", ISSUE.id, "PROJ-1")
    ticket, link_id = links.of_ticket("5001"), "1" if version is LinksApiVersion.V1 else ""
    other = json.dumps({"link": {"id": 1, "ticket_id": "7", "issue_id": OTHER.id, "issue_key": "PROJ-2"}})
    for status, body in ((404, "<html>"), (200, "<html>"), (200, other)):
        zendesk_site.faults.add(method="GET", path="/links/", status=status, body=body, times=1)
        with pytest.raises(UpstreamUnavailable):
            ticket.show(ISSUE.id, link_id=link_id)


def test_made_removed_and_made_again(links: LinksApi, table: LinkTable) -> None:
    ticket = links.of_ticket("5001")
    first = ticket.create(ISSUE)
    assert ticket.delete(ISSUE.id, link_id=first.link_id) is True
    assert ticket.create(Issue(ISSUE.id, "NEW-5")).made is True
    assert table.pairs() == {("5001", "NEW-5")}


def test_what_gaining_links_costs(
    links: LinksApi, version: LinksApiVersion, table: LinkTable, calls: Callable[[], list[str]]
) -> None:
    table.add("5001", "10007", "PROJ-7")
    ticket = links.of_ticket("5001")
    for number in range(10):
        ticket.ready_to_create()
        ticket.create(Issue(str(10000 + number), f"PROJ-{number}"))
    expected = ["GET", *["POST"] * 9] if version is LinksApiVersion.V1 else ["POST"] * 10
    assert calls() == expected


def test_what_losing_links_costs(
    links: LinksApi, version: LinksApiVersion, table: LinkTable, calls: Callable[[], list[str]]
) -> None:
    for number in range(10):
        table.add("5001", str(10000 + number), f"PROJ-{number}")
    ticket = links.of_ticket("5001")
    for number in range(9):
        ticket.ready_to_delete(link_id=str(number + 1))
        ticket.delete(str(10000 + number), link_id=str(number + 1))
    assert calls() == ["DELETE"] * 9
    ticket.ready_to_delete()
    ticket.delete("10009")
    assert calls()[9:] == (["GET", "DELETE"] if version is LinksApiVersion.V1 else ["DELETE"])
    assert table.all() == []


def test_lists(links: LinksApi, table: LinkTable) -> None:
    for ticket_id, issue_id, key in (
        ("5001", "10001", "PROJ-1"),
        ("5002", "10001", "PROJ-1"),
        ("5001", "999", "OLD-9"),
    ):
        table.add(ticket_id, issue_id, key)
    everything = [("5001", "10001", "PROJ-1"), ("5002", "10001", "PROJ-1"), ("5001", "999", "OLD-9")]
    assert pairs(links.rows()) == everything
    assert pairs(links.rows_of_ticket("5001")) == [everything[0], everything[2]]
    assert pairs(links.rows_of_issue("10001")) == everything[:2]
    assert pairs(links.rows_of_ticket("7")) == pairs(links.rows_of_issue("7")) == []


def test_a_long_list_is_read_a_page_at_a_time(
    links: LinksApi, version: LinksApiVersion, table: LinkTable, calls: Callable[[], list[str]]
) -> None:
    size = 1000 if version is LinksApiVersion.V1 else 100
    for number in range(2 * size + 1):
        table.add("5001" if number % 2 else "5002", str(10000 + number), f"PROJ-{number}")
    rows = links.rows()
    assert next(rows).issue_id == "10000"
    assert calls() == ["GET"]
    assert [row.issue_id for row in rows] == [str(10000 + number) for number in range(1, 2 * size + 1)]
    assert calls() == ["GET"] * 3
    assert len(list(links.rows_of_ticket("5001"))) == size


def test_a_list_is_taken_up_where_it_was_left(links: LinksApi, table: LinkTable) -> None:
    for number in range(1500):
        table.add("5001", str(10000 + number), f"PROJ-{number}")
    first = links.page()
    second = links.page(after=first.after)
    assert second.rows[0].issue_id == str(10000 + len(first.rows))


def test_manage_links_off_is_forbidden(links: LinksApi, table: LinkTable) -> None:
    table.manage_links = False
    for refused in (
        lambda: links.of_ticket("5001").create(ISSUE),
        lambda: links.of_ticket("5001").delete(ISSUE.id),
        lambda: list(links.rows()),
    ):
        with pytest.raises(UpstreamForbidden, match="Manage links"):
            refused()


@pytest.mark.parametrize(
    ("status", "kind"), [(429, UpstreamThrottled), (503, UpstreamUnavailable), (404, UpstreamUnavailable)]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_fails_is_raised(
    links: LinksApi, zendesk_site: Zendesk, table: LinkTable, method: str, status: int, kind: type[Exception]
) -> None:
    table.add("5001", OTHER.id, "PROJ-2")
    zendesk_site.faults.add(method=method, status=status, body="<html>")
    call = {
        "GET": lambda: list(links.rows()),
        "POST": lambda: links.of_ticket("5001").create(ISSUE),
        "DELETE": lambda: links.of_ticket("5001").delete(OTHER.id),
    }
    with pytest.raises(kind):
        call[method]()


def test_a_create_whose_response_is_lost_is_found_to_be_there(
    links: LinksApi, zendesk_site: Zendesk, table: LinkTable
) -> None:
    zendesk_site.faults.add(method="POST", reset=True, applied=True, times=1)
    with pytest.raises(UpstreamUnavailable) as caught:
        links.of_ticket("5001").create(ISSUE)
    assert caught.value.maybe_applied is True
    assert links.of_ticket("5001").create(ISSUE).made is False
    assert len(table.all()) == 1


def test_a_refused_create(links: LinksApi, zendesk_site: Zendesk) -> None:
    zendesk_site.faults.add(method="POST", status=422, body='{"error": "RecordInvalid", "details": {"ticket": []}}')
    with pytest.raises(UpstreamRefused, match=r"422 \(RecordInvalid\)"):
        links.of_ticket("5001").create(ISSUE)


def of(calls: list[RecordedCall]) -> list[str]:
    return [call.query for call in calls]


def test_pages_are_as_large_as_they_may_be(links: LinksApi, version: LinksApiVersion, zendesk_site: Zendesk) -> None:
    list(links.rows_of_ticket("5001"))
    (query,) = of(zendesk_site.calls.matching())
    assert f"page%5Bsize%5D={'1000' if version is LinksApiVersion.V1 else '100'}" in query


def test_version_two_is_read_backwards_too(zendesk_site: Zendesk) -> None:
    secret = {"zendesk": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}}
    apis = VendorApis(source=lambda *, fresh=False: secret)
    links = LinksV2(zendesk=apis.zendesk(zendesk_site.url), external_id=EXTERNAL_ID)
    for number in range(250):
        zendesk_site.links.add("5001", str(10000 + number), f"PROJ-{number}")
    third = links.page(after=links.page(after=links.page().after).after)
    assert third.rows[0].issue_id == "10200"
    second = links.page(before=third.before)
    assert [second.rows[0].issue_id, second.rows[-1].issue_id] == ["10100", "10199"]
    first = links.page(before=second.before)
    assert [first.rows[0].issue_id, first.rows[-1].issue_id, first.before] == ["10000", "10099", ""]
    assert links.page(after=first.after) == second
    with pytest.raises(UpstreamRefused, match="BadRequest"):
        links.page(after="abc", before="abc")
