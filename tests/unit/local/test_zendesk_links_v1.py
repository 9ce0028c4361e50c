"""The original links API answers as Zendesk's page and recorded answers say."""

from typing import Any

import pytest

from local.vendors import SimulatedVendors
from local.zendesk.links_v1 import Duplicate
from tests.unit.local.conftest import Asker

LINKS = "/api/services/jira/links"
LINK = {"link": {"issue_id": "10001", "issue_key": "PROJ-1", "ticket_id": "5001"}}


def listed(zendesk: Asker, query: str = "") -> dict[str, Any]:
    answer = zendesk("GET", f"/api/v2/jira/links{query}")
    assert answer.status == 200
    body: dict[str, Any] = answer.body
    return body


def test_a_link_has_an_id_of_its_own_and_strings_else(vendors: SimulatedVendors, zendesk: Asker) -> None:
    made = zendesk("POST", LINKS, {"link": {"issue_id": 10001, "issue_key": "PROJ-1", "ticket_id": 5001}})
    row = made.body["link"]
    assert (made.status, row["id"], row["ticket_id"], row["issue_id"]) == (201, 1, "5001", "10001")
    assert row["url"] == f"{vendors.zendesk.url}{LINKS}/1"
    assert zendesk("GET", f"{LINKS}/1").body == {"link": row}
    assert zendesk("DELETE", f"{LINKS}/1").status == 204
    gone = [zendesk(method, f"{LINKS}/1") for method in ("GET", "DELETE")]
    assert [(answer.status, answer.body["error"]) for answer in gone] == [(404, "RecordNotFound")] * 2


def test_the_two_versions_have_tables_of_their_own(vendors: SimulatedVendors, zendesk: Asker) -> None:
    zendesk("POST", LINKS, LINK)
    assert vendors.zendesk.links.pairs() == set()
    assert vendors.zendesk.links_v1.pairs() == {("5001", "PROJ-1")}


@pytest.mark.parametrize(
    ("duplicate", "status", "rows"), [("conflict", 409, 1), ("invalid", 422, 1), ("row", 201, 2), ("shown", 200, 1)]
)
def test_a_duplicate_does_what_the_switch_says(
    vendors: SimulatedVendors, zendesk: Asker, duplicate: Duplicate, status: int, rows: int
) -> None:
    vendors.zendesk.links_v1.duplicate = duplicate
    assert [zendesk("POST", LINKS, LINK).status for _ in range(2)] == [201, status]
    assert len(listed(zendesk)["links"]) == rows


def test_the_list_is_filtered_by_ticket_alone(vendors: SimulatedVendors, zendesk: Asker) -> None:
    for number in range(4):
        vendors.zendesk.links_v1.add(5001 + number % 2, 10001 + number, f"PROJ-{number}")
    assert [row["issue_id"] for row in listed(zendesk, "?filter[ticket_id]=5002")["links"]] == ["10002", "10004"]
    assert len(listed(zendesk, "?filter[issue_id]=10002&issue_id=10002")["links"]) == 4


@pytest.mark.parametrize("as_url", [True, False])
def test_the_list_is_paged_by_a_cursor_that_may_be_a_url(
    vendors: SimulatedVendors, zendesk: Asker, as_url: bool
) -> None:
    table = vendors.zendesk.links_v1
    table.cursor_is_url = as_url
    for number in range(5):
        table.add(5001, 10001 + number, f"PROJ-{number}")
    first = listed(zendesk, "?page[size]=3&filter[ticket_id]=5001")
    cursor = first["meta"]["after_cursor"]
    assert cursor.startswith(vendors.zendesk.url) is as_url
    query = "?" + cursor.partition("?")[2] if as_url else f"?page[size]=3&page[after]={cursor}"
    second = listed(zendesk, query)
    assert [row["id"] for page in (first, second) for row in page["links"]] == [1, 2, 3, 4, 5]
    assert [(page["meta"]["has_more"], page["total"]) for page in (first, second)] == [(True, 5), (False, 5)]


def test_old_rows_have_no_key_and_the_deprecated_list_ends_with_an_empty_page(
    vendors: SimulatedVendors, zendesk: Asker
) -> None:
    vendors.zendesk.links_v1.insert(5001, 10001, None)
    vendors.zendesk.links_v1.insert(5002, 10002, "PROJ-2")
    rows = zendesk("GET", LINKS).body["links"]
    assert [row["issue_key"] for row in rows] == [None, "PROJ-2"]
    assert zendesk("GET", f"{LINKS}?since_id=1&ticket_id=5002").body["links"] == rows[1:]
    assert zendesk("GET", f"{LINKS}?since_id=2").body == {"links": [], "total": 0}


def test_the_switch_may_close_this_version_too(vendors: SimulatedVendors, zendesk: Asker) -> None:
    vendors.zendesk.links_v1.manage_links = False
    assert zendesk("GET", "/api/v2/jira/links").status == 403
    vendors.zendesk.links_v1.gated = False
    assert zendesk("GET", "/api/v2/jira/links").status == 200


@pytest.mark.parametrize("body", [{}, {"link": None}, {"link": LINK["link"] | {"ticket_id": "x"}}, LINK["link"]])
def test_a_body_that_is_no_link_is_refused(zendesk: Asker, body: object) -> None:
    assert zendesk("POST", LINKS, body).status == 400


def test_a_removed_pair_is_found_by_what_is_left_of_it(vendors: SimulatedVendors) -> None:
    table = vendors.zendesk.links_v1
    first, second = (table.insert(5001, 10001, "PROJ-1") for _ in range(2))
    table.drop(first.number)
    assert table.find("5001", "10001") == second
    assert table.remove(5001, 10001)
    assert not table.remove(5001, 10001)
