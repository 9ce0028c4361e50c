"""The simulated Zendesk behaves as Zendesk's pages say."""

import base64
import http.client
import json
from typing import Any

import pytest

from local.http.messages import Json
from local.vendors import TICKET_FIELD, SimulatedVendors
from local.zendesk.site import API_TOKEN, CLIENT_ID, CLIENT_SECRET, EMAIL

BASIC = "Basic " + base64.b64encode(f"{EMAIL}/token:{API_TOKEN}".encode()).decode()
LINK = {"link": {"issue_id": "10001", "issue_key": "PROJ-1", "ticket_id": "5001"}}


@pytest.fixture
def vendors(running: SimulatedVendors) -> SimulatedVendors:
    running.zendesk.faults.clear()
    running.zendesk.links.manage_links = True
    for link in running.zendesk.links.all():
        running.zendesk.links.remove(link.ticket_id, link.issue_id)
    return running


def ask(
    vendors: SimulatedVendors,
    method: str,
    path: str,
    body: Json = None,
    *,
    auth: str = BASIC,
    kind: str = "application/json",
) -> tuple[int, Any, dict[str, str]]:
    connection = http.client.HTTPConnection(vendors.zendesk.url.removeprefix("http://"), timeout=5)
    headers = {"Authorization": auth} | ({"Content-Type": kind} if kind else {})
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        shown = json.loads(text) if "json" in (answer.headers["Content-Type"] or "") else text
        return answer.status, shown, dict(answer.headers.items())
    finally:
        connection.close()


def links(vendors: SimulatedVendors, rest: str = "", external_id: str = "") -> str:
    return f"/api/v2/integrations/jira/{external_id or vendors.zendesk.links.external_id}/links{rest}"


def code(body: Json) -> str:
    return str(body["errors"][0]["code"])


def test_a_link_is_created_once_shown_and_deleted_once(vendors: SimulatedVendors) -> None:
    assert ask(vendors, "POST", links(vendors), LINK)[:2] == (201, LINK)
    status, body, _ = ask(vendors, "POST", links(vendors), LINK)
    assert (status, code(body)) == (409, "LinkAlreadyExists")
    one = links(vendors, "/ticket/5001/issue/10001")
    assert ask(vendors, "GET", one)[:2] == (200, LINK)
    assert ask(vendors, "DELETE", one)[0] == 204
    assert [ask(vendors, method, one)[0] for method in ("DELETE", "GET")] == [404, 404]


@pytest.mark.parametrize("body", [{}, {"link": []}, {"link": {**LINK["link"], "issue_id": 10001}}, [1]])
def test_a_body_that_is_no_link_is_refused(vendors: SimulatedVendors, body: Json) -> None:
    status, answer, _ = ask(vendors, "POST", links(vendors), body)
    assert (status, code(answer)) == (400, "BadRequest")


def test_the_content_type_is_required_to_write(vendors: SimulatedVendors) -> None:
    assert ask(vendors, "POST", links(vendors), LINK, kind="")[0] == 415
    assert ask(vendors, "DELETE", links(vendors, "/ticket/5001/issue/10001"), kind="")[0] == 400


def test_the_switch_and_the_external_id_close_everything(vendors: SimulatedVendors) -> None:
    assert ask(vendors, "GET", links(vendors, external_id="other"))[0] == 404
    vendors.zendesk.links.manage_links = False
    status, body, _ = ask(vendors, "GET", links(vendors))
    assert (status, code(body)) == (403, "Forbidden")


def test_lists_are_paged_both_ways_and_filtered(vendors: SimulatedVendors) -> None:
    for number in range(5):
        vendors.zendesk.links.add(5001 + number % 2, 10001 + number, f"PROJ-{number}")
    first = ask(vendors, "GET", links(vendors, "?page[size]=2&page[after]=&page[before]="))[1]
    after = first["meta"]["after"]
    second = ask(vendors, "GET", links(vendors, f"?page[size]=2&page[after]={after}"))[1]
    third = ask(vendors, "GET", links(vendors, f"?page[size]=2&page[after]={second['meta']['after']}"))[1]
    back = ask(vendors, "GET", links(vendors, f"?page[size]=2&page[before]={second['meta']['before']}"))[1]
    ids = [[link["issue_id"] for link in page["links"]] for page in (first, second, third, back)]
    assert ids == [["10001", "10002"], ["10003", "10004"], ["10005"], ["10001", "10002"]]
    assert [page["meta"]["has_more"] for page in (first, second, third)] == [True, True, False]
    assert ask(vendors, "GET", links(vendors, "?ticket_id=5002"))[1]["count"] == 2
    assert ask(vendors, "GET", links(vendors, "?issue_id=10003&ticket_id=5001"))[1]["count"] == 1
    status, body, _ = ask(vendors, "GET", links(vendors, f"?page[after]={after}&page[before]={after}"))
    assert (status, code(body)) == (400, "BadRequest")


def token(vendors: SimulatedVendors, **changed: Json) -> tuple[int, Any]:
    asked = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": "read write",
        "expires_in": 300,
    }
    return ask(vendors, "POST", "/oauth/tokens", asked | changed, auth="")[:2]


def test_tokens_are_issued_expire_and_carry_scopes(vendors: SimulatedVendors) -> None:
    path = links(vendors)
    bearer = f"Bearer {token(vendors)[1]['access_token']}"
    assert ask(vendors, "GET", path, auth=bearer)[0] == 200
    reader = f"Bearer {token(vendors, scope='read')[1]['access_token']}"
    assert ask(vendors, "POST", path, LINK, auth=reader)[0] == 403
    vendors.zendesk.accounts.tokens.revoke_all()
    assert ask(vendors, "GET", path, auth=bearer)[:2][1]["error"] == "invalid_token"
    assert token(vendors, client_secret="guess") == (401, {"error": "invalid_client", **_described()})
    assert [token(vendors, expires_in=seconds)[0] for seconds in (299, 172_801)] == [400, 400]


def _described() -> dict[str, str]:
    return {"error_description": "Client authentication failed"}


@pytest.mark.parametrize("auth", ["", "Basic !", "Basic " + base64.b64encode(b"admin@acme.example/token:no").decode()])
def test_nobody_comes_in_without_credentials(vendors: SimulatedVendors, auth: str) -> None:
    assert ask(vendors, "GET", "/api/v2/tickets/5001.json", auth=auth)[0] == 401


def test_tickets_are_read_edited_and_lost(vendors: SimulatedVendors) -> None:
    number = vendors.ticket("PROJ-1")
    edit = {"ticket": {"custom_fields": [{"id": int(TICKET_FIELD), "value": "PROJ-2"}]}}
    assert ask(vendors, "PUT", f"/api/v2/tickets/{number}.json", edit)[0] == 200
    status, body, headers = ask(vendors, "GET", f"/api/v2/tickets/{number}")
    assert (status, body["ticket"]["custom_fields"]) == (200, [{"id": int(TICKET_FIELD), "value": "PROJ-2"}])
    assert headers["X-Rate-Limit"] == headers["ratelimit-limit"] == "700"
    vendors.zendesk.tickets.soft_delete(number)
    assert ask(vendors, "GET", f"/api/v2/tickets/{number}.json")[:2] == (
        404,
        {"error": "RecordNotFound", "description": "Not found"},
    )


def test_a_merged_ticket_is_closed_to_edits(vendors: SimulatedVendors) -> None:
    source, target = vendors.ticket(), vendors.ticket()
    vendors.zendesk.tickets.merge(source, target)
    assert ask(vendors, "PUT", f"/api/v2/tickets/{source}.json", {"ticket": {"custom_fields": []}})[0] == 422
    assert ask(vendors, "GET", f"/api/v2/tickets/{source}.json")[1]["ticket"]["tags"] == ["closed_by_merge"]


def test_the_rate_limit_refuses_where_it_is_enforced(vendors: SimulatedVendors) -> None:
    limit = vendors.zendesk.limits.plan
    limit.per_minute, limit.enforced = 0, True
    status, _, headers = ask(vendors, "GET", links(vendors))
    limit.per_minute, limit.enforced = 700, False
    assert (status, 1 <= int(headers["Retry-After"]) <= 60) == (429, True)
