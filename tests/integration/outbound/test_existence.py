"""Whether what was not found before is there now, over recorded answers."""

from typing import Any

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from linksync.core.issue import Issue
from linksync.errors import UpstreamForbidden, UpstreamUnavailable
from linksync.outbound.existence import VendorExistence
from linksync.outbound.http_api import HttpApi

MANY = "https://acme.zendesk.com/api/v2/tickets/show_many"
FETCH = "https://acme.atlassian.net/rest/api/3/issue/bulkfetch"


@pytest.fixture
def existence(zendesk: HttpApi, jira: HttpApi) -> VendorExistence:
    return VendorExistence(zendesk=zendesk, jira=jira)


def issues(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"issues": [{"id": issue_id, "key": key, "fields": {}} for issue_id, key in pairs], "issueErrors": []}


def asking(*names: str) -> list[Any]:
    return [json_params_matcher({"issueIdsOrKeys": list(names), "fields": ["created"]})]


def test_the_tickets_that_are_there(recorded: responses.RequestsMock, existence: VendorExistence) -> None:
    match = [query_param_matcher({"ids": "5001,5002"})]
    recorded.get(MANY, json={"tickets": [{"id": 5002, "status": "closed"}]}, match=match)
    assert existence.tickets(["5001", "5002"]) == {"5002"}


def test_deleted_tickets_are_listed_and_not_there(recorded: responses.RequestsMock, existence: VendorExistence) -> None:
    rows = [{"id": 5001, "status": "deleted"}, {"id": 5002}, {"id": 5003, "status": "open"}]
    recorded.get(MANY, json={"tickets": rows})
    assert existence.tickets(["5001", "5002", "5003"]) == {"5002", "5003"}


def test_tickets_with_long_descriptions_are_read(recorded: responses.RequestsMock, existence: VendorExistence) -> None:
    rows = [{"id": number, "description": "x" * 65_536} for number in range(100)]
    recorded.get(MANY, json={"tickets": rows})
    assert len(existence.tickets([str(number) for number in range(100)])) == 100


def test_zendesks_own_404_tells_that_none_is_there(
    recorded: responses.RequestsMock, existence: VendorExistence
) -> None:
    recorded.get(MANY, status=404, json={"error": "RecordNotFound", "description": "Not found"})
    recorded.get(MANY, json={"tickets": [{"id": 101}]})
    assert existence.tickets([str(number) for number in range(1, 102)]) == {"101"}


@pytest.mark.parametrize("body", ["<html>", "", "{}", '{"error": "InvalidEndpoint"}', '{"error": "RecordNotFound_"}'])
def test_any_other_404_tells_nothing_of_tickets(
    recorded: responses.RequestsMock, existence: VendorExistence, body: str
) -> None:
    recorded.get(MANY, status=404, body=body)
    with pytest.raises(UpstreamUnavailable):
        existence.tickets(["5001"])


def test_a_hundred_at_a_time(recorded: responses.RequestsMock, existence: VendorExistence) -> None:
    names = [str(number) for number in range(1, 251)]
    batches = (names[:100], names[100:200], names[200:])
    for batch in batches:
        recorded.get(MANY, json={"tickets": []}, match=[query_param_matcher({"ids": ",".join(batch)})])
    for batch in batches:
        recorded.post(FETCH, json=issues(), match=asking(*batch))
    assert existence.tickets(names) == frozenset()
    assert existence.issues(names) == {}


@pytest.mark.usefixtures("recorded")
def test_nothing_asked_is_no_call(existence: VendorExistence) -> None:
    assert existence.tickets([]) == frozenset()
    assert existence.issues([]) == {}


def test_issues_by_id_and_by_key_in_one_call(recorded: responses.RequestsMock, existence: VendorExistence) -> None:
    recorded.post(FETCH, json=issues(("10001", "PROJ-1"), ("10002", "PROJ-2")), match=asking("10001", "PROJ-2", "NO-1"))
    found = existence.issues(["10001", "proj-2", "NO-1"])
    assert found == {"10001": Issue("10001", "PROJ-1"), "proj-2": Issue("10002", "PROJ-2")}


def test_numeric_ids_are_taken_as_strings(recorded: responses.RequestsMock, existence: VendorExistence) -> None:
    recorded.post(FETCH, json={"issues": [{"id": 10001, "key": "proj-1"}]})
    assert existence.issues(["PROJ-1"]) == {"PROJ-1": Issue("10001", "PROJ-1")}


@pytest.mark.parametrize("row", [{"id": "x", "key": "PROJ-1"}, {"id": "10001", "key": ""}, {"key": "PROJ-1"}])
def test_what_is_no_list_of_issues_tells_nothing(
    recorded: responses.RequestsMock, existence: VendorExistence, row: dict[str, str]
) -> None:
    recorded.post(FETCH, json={"issues": [row]})
    with pytest.raises(UpstreamUnavailable):
        existence.issues(["PROJ-1"])


def test_an_issue_that_moved_is_asked_for_by_its_former_key_alone(
    recorded: responses.RequestsMock, existence: VendorExistence
) -> None:
    recorded.post(FETCH, json=issues(("10001", "PROJ-1"), ("10009", "NEW-9")), match=asking("PROJ-1", "OLD-1", "NO-1"))
    recorded.post(FETCH, json=issues(("10009", "NEW-9")), match=asking("OLD-1"))
    recorded.post(FETCH, json=issues(), match=asking("NO-1"))
    found = existence.issues(["PROJ-1", "OLD-1", "NO-1"])
    assert found == {"PROJ-1": Issue("10001", "PROJ-1"), "OLD-1": Issue("10009", "NEW-9")}


def test_a_refusal_or_a_page_is_no_absence(recorded: responses.RequestsMock, existence: VendorExistence) -> None:
    recorded.get(MANY, status=403)
    with pytest.raises(UpstreamForbidden):
        existence.tickets(["5001"])
    recorded.post(FETCH, body="<html>Sign in</html>")
    with pytest.raises(UpstreamUnavailable):
        existence.issues(["PROJ-1"])
