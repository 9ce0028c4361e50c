"""Jira's search answers as Atlassian's pages say."""

from datetime import timedelta, timezone
from typing import Any

import pytest

from local.vendors import ISSUE_FIELD, SimulatedVendors
from tests.unit.local.conftest import Answer, Asker, Clock

SEARCH = "/rest/api/3/search/jql"
FIELD = f"cf[{ISSUE_FIELD.removeprefix('customfield_')}]"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def search(jira: Asker, jql: str, **more: Any) -> Answer:
    return jira("POST", SEARCH, {"jql": jql, "fields": ["key"], **more})


def keys(jira: Asker, jql: str, **more: Any) -> list[str]:
    answer = search(jira, jql, **more)
    assert answer.status == 200, answer.body
    return [issue["key"] for issue in answer.body["issues"]]


def test_the_clauses_that_tools_need(vendors: SimulatedVendors, jira: Asker, clock: Clock) -> None:
    vendors.issue("A-1", "5001 5002")
    clock.now += 60
    vendors.issue("B-1")
    vendors.jira.issues.edit("B-1", {"labels": ["zd-5003"]})
    vendors.issue("A-10", ["zd-5004"])
    at = int((clock.now - 30) * 1000)
    for jql, found in {
        f"updated >= {at} ORDER BY updated ASC, key ASC": ["A-10", "B-1"],
        f"{FIELD} is not EMPTY ORDER BY key": ["A-1", "A-10"],
        '"Zendesk tickets" is EMPTY': ["B-1"],
        f"project = a AND NOT {FIELD} ~ 5001": ["A-10"],
        f"{FIELD} ~ 500": [],
        "project in (A, B) ORDER BY key DESC": ["B-1", "A-10", "A-1"],
        "key in (a-1, B-1) or id = 10003 order by key": ["A-1", "A-10", "B-1"],
        "labels = zd-5003": ["B-1"],
        "project not in (A)": ["B-1"],
        f"(project = A or project = B) and updated < {at}": ["A-1"],
    }.items():
        assert keys(jira, jql) == found, jql


@pytest.mark.parametrize(
    "jql", ["", "ORDER BY key", "project =", "nothing is EMPTY", "project ~~ A", "updated >= soon"]
)
def test_what_cannot_be_run_is_refused(jira: Asker, jql: str) -> None:
    answer = search(jira, jql)
    assert (answer.status, bool(answer.body["errorMessages"])) == (400, True)


def test_quoted_times_have_minutes_and_are_the_callers_own(
    vendors: SimulatedVendors, jira: Asker, clock: Clock
) -> None:
    vendors.issue("A-1")  # at 22:13:20 UTC
    assert keys(jira, 'updated >= "2023-11-14 22:13"') == ["A-1"]
    vendors.jira.search.zone = timezone(timedelta(hours=-5))
    assert keys(jira, 'updated >= "2023-11-14 22:13"') == []
    assert keys(jira, 'updated >= "2023/11/14 17:13" AND updated <= -0m') == ["A-1"]
    clock.now += 3600
    assert keys(jira, "updated >= -30m") == []


def test_pages_are_walked_by_their_token_and_may_be_short(vendors: SimulatedVendors, jira: Asker) -> None:
    names = [vendors.issue("A").key for _ in range(5)]
    vendors.jira.search.largest_page = 2
    seen: list[str] = []
    answer = search(jira, "project = A ORDER BY key", maxResults=5000).body
    while not answer["isLast"]:
        seen += [issue["key"] for issue in answer["issues"]]
        answer = search(jira, "project = A ORDER BY key", nextPageToken=answer["nextPageToken"]).body
    assert seen + [issue["key"] for issue in answer["issues"]] == names
    assert "nextPageToken" not in answer
    assert len(jira("POST", SEARCH, {"jql": "project = A", "maxResults": 50}).body["issues"]) == 5


def test_without_fields_there_are_ids_alone(vendors: SimulatedVendors, jira: Asker) -> None:
    issue = vendors.issue("A")
    assert jira("GET", f"{SEARCH}?jql=project=A").body == {"issues": [{"id": issue.id}], "isLast": True}
    named = jira("GET", f"{SEARCH}?jql=project=A&fields=updated,summary").body["issues"][0]["fields"]
    assert named == {"summary": "Issue A-1", "updated": "2023-11-14T22:13:20.000+0000"}


def test_nobody_finds_nothing_and_is_told_nothing_of_it(vendors: SimulatedVendors, jira: Asker) -> None:
    vendors.issue("A")
    nobody = jira("POST", SEARCH, {"jql": "project = A"}, auth="")
    assert (nobody.status, nobody.body) == (200, {"issues": [], "isLast": True})
    assert "X-AAccountId" not in nobody.headers
    assert jira("GET", "/rest/api/3/myself").headers["X-AAccountId"]


def test_the_index_lags_and_named_issues_are_reconciled(vendors: SimulatedVendors, jira: Asker, clock: Clock) -> None:
    vendors.jira.search.index.lag = 30
    issue = vendors.issue("A")
    assert keys(jira, "project = A") == []
    assert keys(jira, "project = A", reconcileIssues=[int(issue.id)]) == ["A-1"]
    clock.now += 30
    assert keys(jira, "project = A") == ["A-1"]
    vendors.jira.issues.delete(issue.id)
    assert keys(jira, "project = A") == ["A-1"]
    assert keys(jira, "project = A", reconcileIssues=[int(issue.id)]) == []


def test_an_issue_that_may_not_be_read_any_more_is_nowhere(vendors: SimulatedVendors, jira: Asker) -> None:
    issue = vendors.issue("A")
    vendors.jira.issues.hidden.add(issue.id)
    assert keys(jira, "project = A") == []
    assert jira("GET", f"/rest/api/3/issue/{issue.key}").status == 404
    bulk = jira("POST", "/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": [issue.key], "fields": ["summary"]})
    assert (bulk.body["issues"], len(bulk.body["issueErrors"])) == ([], 1)


def test_counts_are_had_and_the_old_search_is_gone(vendors: SimulatedVendors, jira: Asker) -> None:
    vendors.issue("A", "5001")
    assert jira("POST", "/rest/api/3/search/approximate-count", {"jql": f"{FIELD} is not EMPTY"}).body == {"count": 1}
    assert [jira("GET", f"/rest/api/{version}/search?jql=project=A").status for version in (2, 3)] == [410, 410]


def test_a_page_after_a_change_misses_nothing(vendors: SimulatedVendors, jira: Asker, clock: Clock) -> None:
    for _ in range(4):
        clock.now += 1
        vendors.issue("A")
    jql = "project = A ORDER BY updated ASC"
    first = search(jira, jql, maxResults=2).body
    clock.now += 1
    vendors.write_tickets("A-1", "5001")  # goes to the end of the order
    second = keys(jira, jql, nextPageToken=first["nextPageToken"])
    assert second == ["A-3", "A-4", "A-1"]
