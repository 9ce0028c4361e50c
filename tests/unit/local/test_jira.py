"""The simulated Jira behaves as Atlassian's pages say."""

import base64
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.http_server import Json
from local.jira import API_TOKEN, CLIENT_ID, CLIENT_SECRET, EMAIL, UNKNOWN
from local.world import ISSUE_FIELD, World

BASIC = "Basic " + base64.b64encode(f"{EMAIL}:{API_TOKEN}".encode()).decode()
WRONG = "Basic " + base64.b64encode(f"{EMAIL}:guess".encode()).decode()
BULK = "/rest/api/3/issue/bulkfetch"


@pytest.fixture(scope="module")
def running() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def world(running: World) -> World:
    return running


def ask(world: World, method: str, path: str, body: Json = None, *, auth: str = BASIC) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(world.jira.url.removeprefix("http://"), timeout=5)
    headers = {"Authorization": auth, "Content-Type": "application/json"}
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if text.startswith("{") else text
    finally:
        connection.close()


def test_bulk_fetch_answers_in_order_of_ids_and_names_what_it_does_not_know(world: World) -> None:
    first, second = world.issue("BULK"), world.issue("BULK")
    asked = {"issueIdsOrKeys": [second.key, "bulk-1", "NOPE-1"], "fields": ["summary"]}
    status, body = ask(world, "POST", BULK, asked)
    assert (status, [issue["id"] for issue in body["issues"]]) == (200, [first.id, second.id])
    assert body["issues"][0]["fields"] == {"summary": "Issue BULK-1"}
    assert body["issueErrors"] == [{"id": "NOPE-1", "errorMessage": UNKNOWN}]
    assert ask(world, "POST", BULK, {"issueIdsOrKeys": ["X-1"] * 101})[0] == 400


def test_a_moved_issue_is_found_by_its_old_key_until_another_gets_it(world: World) -> None:
    issue = world.issue("OLD")
    world.jira.issues.move(issue.key, "NEW")
    status, body = ask(world, "GET", "/rest/api/3/issue/OLD-1?fields=summary")
    assert (status, body["id"], body["key"]) == (200, issue.id, "NEW-1")
    assert ask(world, "POST", BULK, {"issueIdsOrKeys": ["OLD-1"]})[1]["issues"][0]["key"] == "NEW-1"
    other = world.issue("OLD-1")
    assert ask(world, "GET", "/rest/api/3/issue/OLD-1")[1]["id"] == other.id != issue.id


def test_bad_basic_credentials_make_an_anonymous_reader(world: World) -> None:
    issue = world.issue("SECRET")
    assert ask(world, "GET", f"/rest/api/3/issue/{issue.key}", auth=WRONG)[0] == 404
    assert ask(world, "POST", BULK, {"issueIdsOrKeys": [issue.key]}, auth=WRONG)[1]["issues"] == []
    assert ask(world, "GET", "/rest/api/3/myself", auth=WRONG)[0] == 401
    assert ask(world, "GET", "/rest/api/3/myself")[0] == 200


def test_oauth_works_at_the_gateway_path_and_a_bad_bearer_is_401(world: World) -> None:
    asked = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    status, body = ask(world, "POST", "/oauth/token", asked, auth="")
    assert (status, body["expires_in"]) == (200, 3600)
    auth = f"Bearer {body['access_token']}"
    assert ask(world, "GET", "/ex/jira/a-cloud-id/rest/api/3/myself", auth=auth)[0] == 200
    assert ask(world, "GET", "/rest/api/3/myself", auth="Bearer stale")[0] == 401
    assert ask(world, "POST", "/oauth/token", asked | {"client_secret": "guess"}, auth="")[0] == 401


def test_issues_are_edited_and_deleted_over_http(world: World) -> None:
    issue = world.issue("EDIT")
    assert ask(world, "PUT", "/rest/api/3/issue/edit-1", {"fields": {ISSUE_FIELD: "5001"}})[0] == 204
    assert world.jira.issues.get(issue.id).fields[ISSUE_FIELD] == "5001"
    assert ask(world, "DELETE", "/rest/api/3/issue/EDIT-1", auth=WRONG)[0] == 401
    assert ask(world, "DELETE", "/rest/api/3/issue/EDIT-1")[0] == 204
    status, body = ask(world, "GET", "/rest/api/3/issue/EDIT-1")
    assert (status, body["errorMessages"]) == (404, [UNKNOWN])
