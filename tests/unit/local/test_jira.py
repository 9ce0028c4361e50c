"""The simulated Jira behaves as Atlassian's pages say."""

import base64
import http.client
import json
from typing import Any

import pytest

from local.http.messages import Json
from local.jira.site import API_TOKEN, CLIENT_ID, CLIENT_SECRET, CLOUD_ID, EMAIL, UNKNOWN
from local.vendors import ISSUE_FIELD, SimulatedVendors

BASIC = "Basic " + base64.b64encode(f"{EMAIL}:{API_TOKEN}".encode()).decode()
WRONG = "Basic " + base64.b64encode(f"{EMAIL}:guess".encode()).decode()
BULK = "/rest/api/3/issue/bulkfetch"


@pytest.fixture
def vendors(running: SimulatedVendors) -> SimulatedVendors:
    return running


def ask(vendors: SimulatedVendors, method: str, path: str, body: Json = None, *, auth: str = BASIC) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(vendors.jira.url.removeprefix("http://"), timeout=5)
    headers = {"Authorization": auth, "Content-Type": "application/json"}
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if text.startswith("{") else text
    finally:
        connection.close()


def test_bulk_fetch_answers_in_order_of_ids_and_names_what_it_does_not_know(vendors: SimulatedVendors) -> None:
    first, second = vendors.issue("BULK"), vendors.issue("BULK")
    asked = {"issueIdsOrKeys": [second.key, "bulk-1", "NOPE-1"], "fields": ["summary"]}
    status, body = ask(vendors, "POST", BULK, asked)
    assert (status, [issue["id"] for issue in body["issues"]]) == (200, [first.id, second.id])
    assert body["issues"][0]["fields"] == {"summary": "Issue BULK-1"}
    assert body["issueErrors"] == [{"id": "NOPE-1", "errorMessage": UNKNOWN}]
    assert ask(vendors, "POST", BULK, {"issueIdsOrKeys": ["X-1"] * 101})[0] == 400


def test_a_moved_issue_is_found_by_its_old_key_until_another_gets_it(vendors: SimulatedVendors) -> None:
    issue = vendors.issue("OLD")
    vendors.jira.issues.move(issue.key, "NEW")
    status, body = ask(vendors, "GET", "/rest/api/3/issue/OLD-1?fields=summary")
    assert (status, body["id"], body["key"]) == (200, issue.id, "NEW-1")
    assert ask(vendors, "POST", BULK, {"issueIdsOrKeys": ["OLD-1"]})[1]["issues"][0]["key"] == "NEW-1"
    other = vendors.issue("OLD-1")
    assert ask(vendors, "GET", "/rest/api/3/issue/OLD-1")[1]["id"] == other.id != issue.id


def test_bad_basic_credentials_make_an_anonymous_reader(vendors: SimulatedVendors) -> None:
    issue = vendors.issue("SECRET")
    assert ask(vendors, "GET", f"/rest/api/3/issue/{issue.key}", auth=WRONG)[0] == 404
    assert ask(vendors, "POST", BULK, {"issueIdsOrKeys": [issue.key]}, auth=WRONG)[1]["issues"] == []
    assert ask(vendors, "GET", "/rest/api/3/myself", auth=WRONG)[0] == 401
    assert ask(vendors, "GET", "/rest/api/3/myself")[0] == 200


def test_oauth_works_at_the_gateway_path_and_a_bad_bearer_is_401(vendors: SimulatedVendors) -> None:
    asked = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    status, body = ask(vendors, "POST", "/oauth/token", asked, auth="")
    assert (status, body["expires_in"]) == (200, 3600)
    auth = f"Bearer {body['access_token']}"
    assert ask(vendors, "GET", f"/ex/jira/{CLOUD_ID}/rest/api/3/myself", auth=auth)[0] == 200
    assert ask(vendors, "GET", "/rest/api/3/myself", auth="Bearer stale")[0] == 401
    assert ask(vendors, "POST", "/oauth/token", asked | {"client_secret": "guess"}, auth="")[0] == 401


def test_issues_are_edited_and_deleted_over_http(vendors: SimulatedVendors) -> None:
    issue = vendors.issue("EDIT")
    assert ask(vendors, "PUT", "/rest/api/3/issue/edit-1", {"fields": {ISSUE_FIELD: "5001"}})[0] == 204
    assert vendors.jira.issues.get(issue.id).fields[ISSUE_FIELD] == "5001"
    assert ask(vendors, "DELETE", "/rest/api/3/issue/EDIT-1", auth=WRONG)[0] == 401
    assert ask(vendors, "DELETE", "/rest/api/3/issue/EDIT-1")[0] == 204
    status, body = ask(vendors, "GET", "/rest/api/3/issue/EDIT-1")
    assert (status, body["errorMessages"]) == (404, [UNKNOWN])
