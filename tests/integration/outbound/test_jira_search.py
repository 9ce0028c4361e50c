"""Issues in bulk, over recorded answers."""

from typing import Any

import pytest
import responses
from responses.matchers import json_params_matcher

from linksync.core.change_feed import ChangedIssue
from linksync.core.issue import Issue
from linksync.errors import Misconfigured, UpstreamForbidden, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi, Timeouts
from linksync.outbound.jira_search import JiraSearch, PageRefused
from linksync.references.fields import TooManyReferences

SITE = "https://acme.atlassian.net/rest/api/3"
SEARCH = f"{SITE}/search/jql"
FIELD = "customfield_10050"
AT = 1_795_521_600.0
KNOWN = {"X-AAccountId": "5b10"}


def parse(value: object) -> tuple[str, ...] | None:
    match value:
        case None:
            return ()
        case "many":
            raise TooManyReferences
        case str():
            return tuple(value.split())
    return None


@pytest.fixture
def search(jira: HttpApi) -> JiraSearch:
    return JiraSearch(jira=jira, field_id=FIELD, parse=parse)


def row(value: Any = None, **others: Any) -> dict[str, Any]:
    return {
        "id": "10001",
        "key": "proj-1",
        "fields": {"updated": "2026-11-24T13:00:00.000+0100", FIELD: value},
    } | others


def page(*rows: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"issues": list(rows)} | others


def test_changes_are_asked_for_in_milliseconds_in_order_and_with_our_field_alone(
    recorded: responses.RequestsMock, search: JiraSearch
) -> None:
    asked = {
        "jql": "updated >= 1764000000500 ORDER BY updated ASC, key ASC",
        "fields": ["updated", FIELD],
        "maxResults": 500,
    }
    recorded.post(SEARCH, json=page(row("5001 5002"), isLast=True), match=[json_params_matcher(asked)])
    read = search.changed(since=1_764_000_000.5)
    assert read.rows == (ChangedIssue(issue=Issue("10001", "PROJ-1"), refs=("5001", "5002"), updated_at=AT),)
    assert read.token == ""


def test_a_page_may_take_longer_than_a_call(search: JiraSearch) -> None:
    assert search.jira.timeouts == Timeouts(connect=3.05, total=20.0)


def test_numeric_ids_are_taken_as_strings(recorded: responses.RequestsMock, search: JiraSearch) -> None:
    recorded.post(SEARCH, json=page(row(id=10001)))
    assert search.changed(since=0).rows[0].issue == Issue("10001", "PROJ-1")


@pytest.mark.parametrize("flawed", [{"id": "x"}, {"key": ""}, {"fields": {}}, {"fields": {"updated": "soon"}}])
def test_a_row_that_is_no_issue_makes_no_list(
    recorded: responses.RequestsMock, search: JiraSearch, flawed: dict[str, Any]
) -> None:
    recorded.post(SEARCH, json=page(row(), row(**flawed)))
    with pytest.raises(UpstreamUnavailable):
        search.changed(since=0)


@pytest.mark.parametrize("count", [0, 1])
def test_a_count_may_be_none(recorded: responses.RequestsMock, search: JiraSearch, count: int) -> None:
    recorded.post(f"{SITE}/search/approximate-count", json={"count": count})
    assert search.count_with_field() == count


def test_a_page_of_long_texts_is_read(recorded: responses.RequestsMock, search: JiraSearch) -> None:
    rows = [row("5001 " + "x" * 32_000, id=str(number)) for number in range(500)]
    recorded.post(SEARCH, json=page(*rows, isLast=True))
    assert len(search.changed(since=1.0).rows) == 500


@pytest.mark.parametrize(
    ("told", "token"),
    [
        ({"nextPageToken": "t2"}, "t2"),
        ({"nextPageToken": "t2", "isLast": False}, "t2"),
        ({"nextPageToken": "t2", "isLast": True}, ""),
        ({"isLast": False}, ""),
        ({"nextPageToken": None}, ""),
        ({"nextPageToken": "", "isLast": False}, ""),
    ],
)
def test_the_end_is_told_in_more_than_one_way(
    recorded: responses.RequestsMock, search: JiraSearch, told: dict[str, Any], token: str
) -> None:
    recorded.post(SEARCH, json=page(row(), **told))
    assert search.changed(since=0).token == token


def test_a_page_that_leads_to_itself_is_an_error_and_no_loop(
    recorded: responses.RequestsMock, search: JiraSearch
) -> None:
    recorded.post(SEARCH, json=page(row(), nextPageToken="t2"))
    with pytest.raises(UpstreamUnavailable, match="leads to itself"):
        search.changed(since=0, token="t2")


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_token_that_is_refused_is_told(recorded: responses.RequestsMock, search: JiraSearch, status: int) -> None:
    recorded.post(SEARCH, status=status, json={"errorMessages": ["The provided next page token is invalid."]})
    with pytest.raises(PageRefused):
        search.changed(since=0, token="old")


def test_an_empty_list_is_believed_of_a_site_that_knows_us(
    recorded: responses.RequestsMock, search: JiraSearch
) -> None:
    recorded.post(SEARCH, json=page(isLast=True), headers=KNOWN)
    assert search.changed(since=0).rows == ()


def test_an_empty_list_for_nobody_knows_whom_is_proved(recorded: responses.RequestsMock, search: JiraSearch) -> None:
    recorded.post(SEARCH, json=page(isLast=True))
    recorded.get(f"{SITE}/myself", status=403)
    with pytest.raises(UpstreamForbidden):
        search.changed(since=0)


def test_fields_that_are_absent_too_full_or_of_another_shape(
    recorded: responses.RequestsMock, search: JiraSearch
) -> None:
    absent = row(fields={"updated": "2026-11-24T12:00:00.000Z"})
    recorded.post(SEARCH, json=page(absent, row("many"), row(None)))
    rows = search.changed(since=0).rows
    assert [(issue.refs, issue.too_many) for issue in rows] == [(None, False), (None, True), ((), False)]
    recorded.post(SEARCH, json=page(row({"progress": 5})))
    with pytest.raises(Misconfigured, match="IssueFieldId"):
        search.changed(since=0)


def test_without_a_field_only_keys_are_asked_for(recorded: responses.RequestsMock, jira: HttpApi) -> None:
    asked = {"jql": "updated >= 0 ORDER BY updated ASC, key ASC", "fields": ["updated"], "maxResults": 500}
    recorded.post(SEARCH, json=page(row()), match=[json_params_matcher(asked)])
    (issue,) = JiraSearch(jira=jira, field_id="", parse=parse).changed(since=0).rows
    assert issue.refs is None


@pytest.mark.parametrize(("field_id", "named"), [(FIELD, "cf[10050]"), ("labels", "labels")])
def test_issues_with_the_field_filled_in_and_how_many(
    recorded: responses.RequestsMock, jira: HttpApi, field_id: str, named: str
) -> None:
    search = JiraSearch(jira=jira, field_id=field_id, parse=parse)
    jql = f"{named} is not EMPTY"
    asked = {
        "jql": f"{jql} ORDER BY created ASC, key ASC",
        "fields": ["updated", field_id],
        "maxResults": 100,
        "nextPageToken": "t1",
    }
    recorded.post(SEARCH, json=page(row("5001")), match=[json_params_matcher(asked)])
    assert len(search.with_field(token="t1", size=100).rows) == 1
    recorded.post(f"{SITE}/search/approximate-count", json={"count": 153}, match=[json_params_matcher({"jql": jql})])
    assert search.count_with_field() == 153


def test_jiras_own_clock(recorded: responses.RequestsMock, search: JiraSearch) -> None:
    recorded.get(f"{SITE}/serverInfo", json={"serverTime": "2026-11-24T22:00:00.000+1000", "version": "1001"})
    assert search.server_time() == AT
