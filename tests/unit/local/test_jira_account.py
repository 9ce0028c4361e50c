"""What a client asks of a Jira site beside its issues: who it is, fields, screens, projects, comments, limits."""

from typing import Any

import pytest

from local.jira.site import CLOUD_ID
from local.vendors import ISSUE_FIELD, SimulatedVendors
from tests.unit.local.conftest import Asker

TEXT = "com.atlassian.jira.plugin.system.customfieldtypes:textfield"
AREA = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
DOCUMENT: dict[str, Any] = {
    "type": "doc", "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "5001"}]}],
}  # fmt: skip


def test_a_client_learns_where_it_is_and_who(vendors: SimulatedVendors, jira: Asker) -> None:
    info = jira("GET", "/rest/api/2/serverInfo", auth="").body
    assert (info["deploymentType"], info["baseUrl"]) == ("Cloud", vendors.jira.url)
    assert jira("GET", "/_edge/tenant_info", auth="").body == {"cloudId": CLOUD_ID}
    assert jira("GET", "/rest/api/3/myself").body["accountType"] == "atlassian"
    asked = jira("GET", "/rest/api/3/mypermissions?permissions=ADMINISTER").body
    assert asked["permissions"]["ADMINISTER"]["havePermission"] is True
    lost = jira("GET", "/rest/api/3/nowhere")
    assert (lost.status, lost.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_scoped_token_is_good_at_the_gateway_alone(vendors: SimulatedVendors, jira: Asker) -> None:
    issue, gateway = vendors.issue("A"), f"/ex/jira/{CLOUD_ID}"
    vendors.jira.access.scoped = True
    assert [jira("GET", path).status for path in ("/rest/api/3/myself", f"/rest/api/3/issue/{issue.key}")] == [401, 404]
    assert jira("GET", f"{gateway}/rest/api/3/issue/{issue.key}").status == 200
    assert jira("GET", f"/ex/jira/another/rest/api/3/issue/{issue.key}").status == 404
    assert jira("GET", f"{gateway}/rest/webhooks/1.0/webhook").status == 403


def test_a_field_must_be_on_a_screen_before_anybody_can_write_it(vendors: SimulatedVendors, jira: Asker) -> None:
    made = jira("POST", "/rest/api/3/field", {"name": "Tickets", "type": TEXT, "searcherKey": f"{TEXT}:textsearcher"})
    field_id, issue = made.body["id"], vendors.issue("A")
    assert (made.status, made.body["schema"]["custom"]) == (201, TEXT)
    refused = jira("PUT", f"/rest/api/3/issue/{issue.key}", {"fields": {field_id: "5001"}})
    assert (refused.status, list(refused.body["errors"])) == (400, [field_id])
    (screen,) = jira("GET", "/rest/api/3/screens").body["values"]
    (tab,) = jira("GET", f"/rest/api/3/screens/{screen['id']}/tabs").body
    path = f"/rest/api/3/screens/{screen['id']}/tabs/{tab['id']}/fields"
    assert [jira("POST", path, {"fieldId": field_id}).status for _ in range(2)] == [200, 400]
    assert field_id in {one["id"] for one in jira("GET", path).body}
    assert jira("PUT", f"/rest/api/3/issue/{issue.key}", {"fields": {field_id: "5001"}}).status == 204
    assert jira("POST", "/rest/api/3/screens/addToDefault/customfield_1").status == 404


def test_fields_are_listed_with_their_clauses_and_hidden_from_nobody_who_is_somebody(jira: Asker) -> None:
    ours = next(one for one in jira("GET", "/rest/api/3/field").body if one["id"] == ISSUE_FIELD)
    assert ours["clauseNames"] == ["cf[10050]", "Zendesk tickets"]
    assert jira("GET", "/rest/api/3/field/search?query=zendesk").body["values"] == [ours]
    assert not any(one["custom"] for one in jira("GET", "/rest/api/3/field", auth="").body)


def test_fields_and_screens_are_for_administrators(vendors: SimulatedVendors, jira: Asker) -> None:
    vendors.jira.access.admin = False
    assert jira("POST", "/rest/api/3/field", {"name": "Tickets", "type": TEXT}).status == 403
    assert jira("GET", "/rest/api/3/screens").status == 403


def test_rich_text_is_a_document_in_version_3_and_wiki_text_in_version_2(
    vendors: SimulatedVendors, jira: Asker
) -> None:
    field_id = vendors.jira.fields.add("Notes", "textarea")
    vendors.jira.fields.on_screen.append(field_id)
    path = f"issue/{vendors.issue('A').key}"
    assert jira("PUT", f"/rest/api/3/{path}", {"fields": {field_id: "5001"}}).status == 400
    assert jira("PUT", f"/rest/api/2/{path}", {"fields": {field_id: "5001"}}).status == 204
    assert jira("GET", f"/rest/api/3/{path}?fields={field_id}").body["fields"][field_id] == DOCUMENT
    assert jira("GET", f"/rest/api/2/{path}?fields={field_id}").body["fields"][field_id] == "5001"


def test_labels_are_added_and_removed_one_by_one(vendors: SimulatedVendors, jira: Asker) -> None:
    path = f"/rest/api/3/issue/{vendors.issue('A').key}"
    for operations in ([{"add": "zd-1"}, {"add": "zd-2"}], [{"remove": "zd-1"}], [{"add": "zd-2"}]):
        assert jira("PUT", path, {"update": {"labels": operations}}).status == 204
    assert jira("GET", path).body["fields"]["labels"] == ["zd-2"]


def test_a_comment_is_internal_where_its_property_says_so(vendors: SimulatedVendors, jira: Asker) -> None:
    path = f"/rest/api/3/issue/{vendors.issue('SD').key}/comment"
    internal = {"body": DOCUMENT, "properties": [{"key": "sd.public.comment", "value": {"internal": True}}]}
    assert [jira("POST", path, body).body["jsdPublic"] for body in (internal, {"body": DOCUMENT})] == [False, True]
    assert jira("POST", path, {"body": "wiki text"}).status == 400
    listed = jira("GET", f"{path}?expand=properties").body["comments"]
    assert listed[0]["properties"] == internal["properties"]
    assert jira("POST", path.replace("/3/", "/2/"), {"body": "wiki text"}).body["body"] == "wiki text"


def test_a_project_says_whether_it_is_a_service_project(vendors: SimulatedVendors, jira: Asker) -> None:
    vendors.issue("SD")
    vendors.issue("DEV")
    vendors.jira.about.service_projects.add("SD")
    kinds = [jira("GET", f"/rest/api/3/project/{key}").body["projectTypeKey"] for key in ("SD", "dev")]
    assert kinds == ["service_desk", "software"]
    assert [one["key"] for one in jira("GET", "/rest/api/3/project/search").body["values"]] == ["SD", "DEV"]
    assert jira("GET", "/rest/api/3/project/NOPE").status == 404


def test_bursts_and_writes_of_one_issue_are_refused_with_their_reason(vendors: SimulatedVendors, jira: Asker) -> None:
    limits, path = vendors.jira.limits, f"/rest/api/3/issue/{vendors.issue('A').key}"
    assert jira("GET", "/rest/api/3/myself").headers["X-RateLimit-Limit"] == "100"
    limits.enforced, limits.writes_per_issue, limits.write_seconds = True, 2, 60
    answers = [jira("PUT", path, {"fields": {ISSUE_FIELD: str(n)}}) for n in range(3)]
    assert [answer.status for answer in answers] == [204, 204, 429]
    assert answers[2].headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    limits.per_second["GET"] = 0
    assert jira("GET", path).headers["RateLimit-Reason"] == "jira-burst-based"


@pytest.mark.parametrize("fields", [{"summary": "A"}, {"project": {"key": "A"}, "customfield_1": "x"}])
def test_what_cannot_be_an_issue_is_refused(vendors: SimulatedVendors, jira: Asker, fields: dict[str, Any]) -> None:
    vendors.jira.issues.add_project("A")
    assert jira("POST", "/rest/api/3/issue", {"fields": fields}).status == 400
