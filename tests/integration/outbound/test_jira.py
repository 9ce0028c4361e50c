"""Jira's issues: found by key, read by id, and a 404 believed only from a Jira that knows us."""

import json

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from linksync.core.field_reading import FieldReading
from linksync.core.issue import Issue, LookUp
from linksync.errors import Misconfigured, UpstreamForbidden, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi
from linksync.outbound.jira_issues import JiraIssues
from linksync.worker.dependencies import Issues
from tests.integration.outbound.simulated_vendors import Clock, Vault

BASE = "https://acme.atlassian.net/rest/api/3"
NOT_FOUND = FieldReading(refs=None, found=False)
FIELD = "customfield_10050"


def ticket_ids(value: object) -> tuple[str, ...] | None:
    return None if isinstance(value, dict) else tuple(str(value or "").split())


@pytest.fixture
def issues(jira: HttpApi, clock: Clock) -> JiraIssues:
    return JiraIssues(jira=jira, field_id=FIELD, parse=ticket_ids, clock=clock)


def bulk(recorded: responses.RequestsMock, asked: list[str], **found: str) -> None:
    rows = [{"expand": "…", "id": number, "self": "…", "key": key.replace("_", "-")} for key, number in found.items()]
    body = {"issueIdsOrKeys": asked, "fields": ["created"]}
    found_rows = {"issues": sorted(rows, key=lambda row: row["id"]), "issueErrors": []}
    recorded.post(f"{BASE}/issue/bulkfetch", json=found_rows, match=[json_params_matcher(body)])


def single(recorded: responses.RequestsMock, asked: str, *found: str) -> None:
    json, status = ({"id": found[0], "key": found[1], "fields": {}}, 200) if found else ({"errorMessages": ["…"]}, 404)
    recorded.get(f"{BASE}/issue/{asked}", json=json, status=status, match=[query_param_matcher({"fields": "created"})])


def gone(recorded: responses.RequestsMock) -> None:
    recorded.get(f"{BASE}/issue/10001", status=404, json={"errorMessages": ["…"], "errors": {}})


def myself(recorded: responses.RequestsMock, status: int = 200) -> None:
    recorded.get(f"{BASE}/myself", status=status, json={"accountId": "…", "emailAddress": "customer text"})


def test_keys_are_found_in_one_call_whatever_their_order_and_case(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    bulk(recorded, ["PROJ-2", "PROJ-1"], PROJ_1="10001", PROJ_2="10002")
    expected = {"PROJ-2": Issue("10002", "PROJ-2"), "proj-1": Issue("10001", "PROJ-1")}
    assert expected == issues.look_up(["PROJ-2", "proj-1"]).found


def test_two_spellings_of_a_key_are_asked_for_once_and_both_answered(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    bulk(recorded, ["PROJ-1"], PROJ_1="10001")
    issue = Issue("10001", "PROJ-1")
    assert issues.look_up(["proj-1", "PROJ-1", "proj-1"]).found == {"proj-1": issue, "PROJ-1": issue}


@pytest.mark.usefixtures("recorded")
def test_no_keys_cost_no_call(issues: Issues) -> None:
    assert issues.look_up([]).found == {}


def test_a_hundred_keys_a_call(recorded: responses.RequestsMock, issues: Issues) -> None:
    keys = [f"PROJ-{n}" for n in range(1, 251)]
    for start in (0, 100, 200):
        chunk = keys[start : start + 100]
        bulk(recorded, chunk, **{key.replace("-", "_"): f"1{key[5:]}" for key in chunk})
    assert issues.look_up(keys).found == {key: Issue(f"1{key[5:]}", key) for key in keys}
    assert len(recorded.calls) == 3


def test_a_moved_issue_is_asked_for_alone_and_answers_its_current_key(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    bulk(recorded, ["PROJ-1", "PROJ-2"], NEW_5="10001", PROJ_2="10002")
    single(recorded, "PROJ-1", "10001", "NEW-5")
    assert issues.look_up(["PROJ-1", "PROJ-2"]).found == {
        "PROJ-1": Issue("10001", "NEW-5"),
        "PROJ-2": Issue("10002", "PROJ-2"),
    }


def test_a_moved_issue_asked_for_by_both_its_keys(recorded: responses.RequestsMock, issues: Issues) -> None:
    bulk(recorded, ["PROJ-1", "NEW-5"], NEW_5="10001")
    single(recorded, "PROJ-1", "10001", "NEW-5")
    assert issues.look_up(["PROJ-1", "NEW-5"]).found == dict.fromkeys(["PROJ-1", "NEW-5"], Issue("10001", "NEW-5"))


def test_an_unknown_key_among_good_ones_is_missing_and_the_others_stand(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    bulk(recorded, ["PROJ-1", "UTF-8", "PROJ-2"], PROJ_1="10001", PROJ_2="10002")
    single(recorded, "UTF-8")
    myself(recorded)
    expected = {"PROJ-1": Issue("10001", "PROJ-1"), "PROJ-2": Issue("10002", "PROJ-2")}
    assert expected == issues.look_up(["PROJ-1", "UTF-8", "PROJ-2"]).found


def test_an_issue_that_bulkfetch_could_not_return_this_time_is_asked_for_alone(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    errors = [{"id": "PROJ-1", "errorMessage": "Could not be fetched"}]
    recorded.post(f"{BASE}/issue/bulkfetch", json={"issues": [], "issueErrors": errors})
    single(recorded, "PROJ-1", "10001", "PROJ-1")
    assert issues.look_up(["PROJ-1"]).found == {"PROJ-1": Issue("10001", "PROJ-1")}


def test_numeric_ids_are_taken_as_strings(recorded: responses.RequestsMock, issues: Issues) -> None:
    recorded.post(f"{BASE}/issue/bulkfetch", json={"issues": [{"id": 10001, "key": "proj-1"}]})
    assert issues.look_up(["PROJ-1"]).found == {"PROJ-1": Issue("10001", "PROJ-1")}


def test_being_known_is_proved_after_what_is_not_found_once_for_all(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    for _ in range(2):  # a proof of a moment ago tells nothing of a revocation since
        bulk(recorded, ["UTF-8", "COVID-19"])
        single(recorded, "UTF-8")
        single(recorded, "COVID-19")
        myself(recorded)
        assert issues.look_up(["UTF-8", "COVID-19"]).not_found == {"UTF-8", "COVID-19"}
    assert [call.request.path_url.rpartition("/")[2] for call in recorded.calls][-1] == "myself"


def test_being_known_is_proved_anew_when_the_credentials_changed(
    recorded: responses.RequestsMock, issues: Issues, vault: Vault
) -> None:
    for _ in range(2):
        bulk(recorded, ["UTF-8"])
        single(recorded, "UTF-8")
        myself(recorded)
        issues.look_up(["UTF-8"])
        vault.cached = {"jira": {"email": "bot@acme.example", "api_token": "rotated-hunter2"}}


def test_a_404_to_somebody_unknown_is_forbidden_and_not_an_unknown_key(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    bulk(recorded, ["PROJ-1"])
    single(recorded, "PROJ-1")
    myself(recorded, 401)
    myself(recorded, 401)
    with pytest.raises(UpstreamForbidden, match=r'Check "jira" in the secret ApiCredentials'):
        issues.look_up(["PROJ-1"])


@pytest.mark.parametrize("body", [{}, {"accountId": ""}, {"accountId": None}, {"displayName": "Anonymous"}])
def test_a_200_to_nobody_proves_nothing(
    recorded: responses.RequestsMock, issues: Issues, body: dict[str, object]
) -> None:
    gone(recorded)
    recorded.get(f"{BASE}/myself", json=body)
    with pytest.raises(UpstreamUnavailable):
        issues.read("10001")


def test_data_center_names_who_we_are_in_another_way(recorded: responses.RequestsMock, issues: Issues) -> None:
    gone(recorded)
    recorded.get(f"{BASE}/myself", json={"name": "bot", "key": "JIRAUSER10100"})
    assert issues.read("10001") == NOT_FOUND


def test_a_look_up_tells_what_was_found_and_what_jira_does_not_know(
    recorded: responses.RequestsMock, issues: JiraIssues
) -> None:
    bulk(recorded, ["PROJ-1", "UTF-8"], PROJ_1="10001")
    single(recorded, "UTF-8")
    myself(recorded)
    expected = LookUp(found={"proj-1": Issue("10001", "PROJ-1")}, not_found=frozenset({"utf-8"}))
    assert issues.look_up(["proj-1", "utf-8"]) == expected


@pytest.mark.parametrize("seconds", [3, 4, 6, 60])
def test_keys_for_which_there_is_no_time_are_neither_found_nor_not_found(
    recorded: responses.RequestsMock, issues: JiraIssues, clock: Clock, seconds: int
) -> None:
    """Six seconds after the first question none is put any more."""

    def slow(_: object) -> tuple[int, dict[str, str], str]:
        clock.now += seconds
        return 404, {}, '{"errorMessages": ["…"]}'

    keys = [f"UTF-{n}" for n in range(101)]
    bulk(recorded, keys[:100])
    asked = keys[:2] if seconds < 6 else keys[:1]
    for key in asked:
        recorded.add_callback(responses.GET, f"{BASE}/issue/{key}", slow)
    myself(recorded)
    assert issues.look_up(keys) == LookUp(not_found=frozenset(asked))


def test_a_second_hundred_is_not_asked_about_once_the_time_is_over(
    recorded: responses.RequestsMock, issues: JiraIssues, clock: Clock
) -> None:
    keys = [f"PROJ-{n}" for n in range(101)]
    rows = [{"id": f"1{n}", "key": key} for n, key in enumerate(keys[:100])]

    def slow(_: object) -> tuple[int, dict[str, str], str]:
        clock.now += 6
        return 200, {}, json.dumps({"issues": rows})

    recorded.add_callback(responses.POST, f"{BASE}/issue/bulkfetch", slow)
    assert issues.look_up(keys) == LookUp(found={row["key"]: Issue(row["id"], row["key"]) for row in rows})


@pytest.mark.parametrize(("status", "kind"), [(503, UpstreamUnavailable), (429, UpstreamThrottled)])
def test_a_404_that_cannot_be_proved_is_asked_for_again(
    recorded: responses.RequestsMock, issues: Issues, status: int, kind: type[Exception]
) -> None:
    gone(recorded)
    myself(recorded, status)
    gone(recorded)
    recorded.get(f"{BASE}/myself", body="<html>a proxy</html>")
    gone(recorded)
    myself(recorded)
    with pytest.raises(kind):
        issues.read("10001")
    with pytest.raises(UpstreamUnavailable):
        issues.read("10001")
    assert issues.read("10001") == NOT_FOUND


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[]",
        '{"issues": [{"id": "x", "key": "PROJ-1"}]}',
        '{"issues": [{"id": "1"}]}',
        '{"issues": [{"id": "1", "key": ""}]}',
    ],
)
def test_an_answer_that_is_no_list_of_issues_is_asked_for_again(
    recorded: responses.RequestsMock, issues: Issues, body: str
) -> None:
    recorded.post(f"{BASE}/issue/bulkfetch", body=body)
    with pytest.raises(UpstreamUnavailable):
        issues.look_up(["PROJ-1"])


@pytest.mark.parametrize(
    ("value", "expected"), [("5001 5002", ("5001", "5002")), (5001, ("5001",)), (None, ()), ("", ())]
)
def test_an_issues_field(recorded: responses.RequestsMock, issues: Issues, value: object, expected: object) -> None:
    body = {"id": "10001", "key": "NEW-5", "fields": {FIELD: value}}
    recorded.get(f"{BASE}/issue/10001", body=json.dumps(body), match=[query_param_matcher({"fields": FIELD})])
    assert issues.read("10001") == FieldReading(refs=expected, issue=Issue("10001", "NEW-5"))  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [{"fields": {}}, {"fields": {"summary": "5001"}}, {}])
def test_an_issue_without_the_field_is_no_evidence(
    recorded: responses.RequestsMock, issues: Issues, body: dict[str, object]
) -> None:
    recorded.get(f"{BASE}/issue/10001", json={"id": "10001", "key": "PROJ-1"} | body)
    assert issues.read("10001") == FieldReading(refs=None, issue=Issue("10001", "PROJ-1"))


def test_another_issue_than_the_one_asked_for_is_no_response(recorded: responses.RequestsMock, issues: Issues) -> None:
    recorded.get(f"{BASE}/issue/10001", json={"id": "10002", "key": "PROJ-2", "fields": {FIELD: "5001"}})
    with pytest.raises(UpstreamUnavailable, match="another issue than the one asked for"):
        issues.read("10001")


def test_an_issue_that_jira_does_not_know_is_not_found(recorded: responses.RequestsMock, issues: Issues) -> None:
    gone(recorded)
    myself(recorded)
    assert issues.read("10001") == NOT_FOUND


@pytest.mark.parametrize("body", ["<html>Site unavailable</html>", "", "{}", '{"errorMessages": []}', '{"error": "x"}'])
def test_a_404_that_is_not_jiras_own_is_no_response(
    recorded: responses.RequestsMock, issues: Issues, body: str
) -> None:
    recorded.get(f"{BASE}/issue/10001", status=404, body=body)
    with pytest.raises(UpstreamUnavailable):
        issues.read("10001")
    assert len(recorded.calls) == 1


def test_a_look_up_that_a_page_answers_tells_nothing(recorded: responses.RequestsMock, issues: Issues) -> None:
    bulk(recorded, ["PROJ-1"])
    recorded.get(f"{BASE}/issue/PROJ-1", status=404, body="<html>Site unavailable</html>")
    with pytest.raises(UpstreamUnavailable, match="answered 404 without the JSON"):
        issues.look_up(["PROJ-1"])


def test_an_issue_that_may_not_be_read_is_forbidden_and_not_one_that_is_not_found(
    recorded: responses.RequestsMock, issues: Issues
) -> None:
    recorded.get(f"{BASE}/issue/10001", status=403, json={"errorMessages": ["…"]})
    with pytest.raises(UpstreamForbidden):
        issues.read("10001")


def test_a_field_of_another_shape_is_misconfigured(recorded: responses.RequestsMock, issues: Issues) -> None:
    recorded.get(f"{BASE}/issue/10001", json={"id": "10001", "key": "P-1", "fields": {FIELD: {"customer": "text"}}})
    with pytest.raises(Misconfigured, match="IssueFieldId names a field") as caught:
        issues.read("10001")
    assert "customer" not in str(caught.value)


def test_with_that_direction_off_an_issue_still_has_a_key(recorded: responses.RequestsMock, jira: HttpApi) -> None:
    single(recorded, "10001", "10001", "NEW-5")
    issues = JiraIssues(jira=jira, field_id="", parse=ticket_ids)
    assert issues.read("10001") == FieldReading(refs=None, issue=Issue("10001", "NEW-5"))


def test_nothing_is_concluded_from_404s_to_credentials_that_changed_meanwhile(
    recorded: responses.RequestsMock, issues: JiraIssues, vault: Vault
) -> None:
    def rotated(_: object) -> tuple[int, dict[str, str], str]:
        vault.cached = {"jira": {"email": "bot@acme.example", "api_token": "rotated-hunter2"}}
        return 404, {}, '{"errorMessages": ["…"]}'

    bulk(recorded, ["UTF-8"])
    recorded.add_callback(responses.GET, f"{BASE}/issue/UTF-8", rotated)
    myself(recorded)
    assert issues.look_up(["UTF-8"]) == LookUp()


@pytest.mark.parametrize("there", [True, False])
def test_an_issue_is_read_again_when_the_credentials_changed_meanwhile(
    recorded: responses.RequestsMock, issues: JiraIssues, vault: Vault, there: bool
) -> None:
    def rotated(_: object) -> tuple[int, dict[str, str], str]:
        vault.cached = {"jira": {"email": "bot@acme.example", "api_token": "rotated-hunter2"}}
        return 404, {}, '{"errorMessages": ["…"]}'

    field = [query_param_matcher({"fields": FIELD})]
    recorded.add_callback(responses.GET, f"{BASE}/issue/10001", rotated, match=field)
    myself(recorded)
    if there:
        recorded.get(f"{BASE}/issue/10001", json={"id": "10001", "key": "P-1", "fields": {FIELD: "5001"}}, match=field)
    else:
        gone(recorded)
    found = FieldReading(refs=("5001",), issue=Issue("10001", "P-1"))
    assert issues.read("10001") == (found if there else NOT_FOUND)


@pytest.mark.usefixtures("recorded")
def test_without_credentials_no_look_up_is_ready(issues: JiraIssues, vault: Vault) -> None:
    issues.ready()
    vault.stored = vault.cached = {}
    with pytest.raises(Misconfigured):
        issues.ready()
