"""A comment on an issue, as calls: who sees it depends on the kind of its project."""

from typing import Any

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from linksync.core.issue import Issue
from linksync.errors import NoticeRefused, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi
from linksync.outbound.jira_notices import JiraNotices

ISSUE = "https://acme.atlassian.net/rest/api/3/issue/10001"
TEXT = "No such ticket: 5999"
COMMENT = {
    "body": {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": TEXT}]}],
    }
}
INTERNAL = {"properties": [{"key": "sd.public.comment", "value": {"internal": True}}]}


def shows(recorded: responses.RequestsMock, kind: str, **others: Any) -> None:
    shown = {"id": "10001", "key": "PROJ-1", "fields": {"project": {"projectTypeKey": kind}}} | others
    recorded.get(ISSUE, json=shown, match=[query_param_matcher({"fields": "project"})])


def comment(jira: HttpApi) -> None:
    JiraNotices(jira).add_comment(Issue("10001", "PROJ-1"), TEXT)


@pytest.mark.parametrize(
    ("kind", "internal"),
    [("service_desk", INTERNAL), ("software", {}), ("business", {}), ("product_discovery", {})],
)
def test_a_comment_is_internal_in_a_service_project_alone(
    recorded: responses.RequestsMock, jira: HttpApi, kind: str, internal: dict[str, object]
) -> None:
    shows(recorded, kind)
    recorded.post(f"{ISSUE}/comment", status=201, json={"id": "7"}, match=[json_params_matcher(COMMENT | internal)])
    comment(jira)


@pytest.mark.parametrize("kind", ["", "customer_service", "Software"])
def test_a_kind_that_nobody_knows_gets_none(recorded: responses.RequestsMock, jira: HttpApi, kind: str) -> None:
    shows(recorded, kind)
    with pytest.raises(NoticeRefused, match="not known whether customers see it"):
        comment(jira)


def test_another_issue_than_the_one_asked_for_tells_nothing(recorded: responses.RequestsMock, jira: HttpApi) -> None:
    shows(recorded, "software", id="10002")
    with pytest.raises(UpstreamUnavailable, match="with another issue than the one asked for") as caught:
        comment(jira)
    assert caught.value.maybe_applied is False


@pytest.mark.parametrize(("status", "body"), [(201, "<html>"), (201, "{}"), (200, '{"id": "7"}')])
def test_a_comment_of_which_no_answer_tells_may_have_been_written(
    recorded: responses.RequestsMock, jira: HttpApi, status: int, body: str
) -> None:
    shows(recorded, "software")
    recorded.post(f"{ISSUE}/comment", status=status, body=body)
    with pytest.raises(UpstreamUnavailable) as caught:
        comment(jira)
    assert caught.value.maybe_applied is True
