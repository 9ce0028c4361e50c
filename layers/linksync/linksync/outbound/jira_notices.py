"""What is written on an issue when its field names a ticket that does not exist: a comment that customers do not see.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-post
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get
"""

from pydantic import Field

from linksync.core.issue import Issue
from linksync.errors import NoticeRefused
from linksync.outbound.deadline import SECONDS_A_CALL, within
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.looking import looking
from linksync.outbound.notice_calls import refusals
from linksync.outbound.responses import ResponseModel

_INTERNAL = [{"key": "sd.public.comment", "value": {"internal": True}}]
# Of any other kind it is not known who sees a comment: it gets none.
_CUSTOMERS_SEE = {"service_desk": True, "software": False, "business": False, "product_discovery": False}
_ISSUE = "/rest/api/3/issue/{issue}"


class _Project(ResponseModel):
    kind: str = Field(default="", alias="projectTypeKey")


class _Fields(ResponseModel):
    project: _Project = _Project()


class _IssueResponse(ResponseModel):
    id: str
    fields: _Fields


class _CommentResponse(ResponseModel):
    id: str


class JiraNotices:
    """Writes comments.  Raises NoticeRefused for an issue that takes none from us, RetryLater for the rest."""

    def __init__(self, jira: HttpApi) -> None:
        self._jira = jira

    def add_comment(self, issue: Issue, text: str) -> None:
        """Add a comment, an internal one where customers see the project's issues.  Two calls make two comments."""
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        body: dict[str, object] = {"body": {"type": "doc", "version": 1, "content": [paragraph]}}
        with refusals(), within(SECONDS_A_CALL):
            if self._customers_see(issue):
                body["properties"] = _INTERNAL
            call = Call(method="POST", path=_ISSUE + "/comment", ids={"issue": issue.id}, body=body)
            self._jira.send(call, accept=frozenset({201})).read(_CommentResponse)

    def _customers_see(self, issue: Issue) -> bool:
        """Whether it is in a service project now: the key by which it is known may be one from before a move.

        Raises NoticeRefused where that cannot be told.
        """
        call = Call(method="GET", path=_ISSUE, ids={"issue": issue.id}, query={"fields": "project"})
        with looking():
            response = self._jira.send(call, accept=frozenset({200}))
            shown = response.read(_IssueResponse)
            if shown.id != issue.id:
                raise response.mistaken("issue")
        kind = shown.fields.project.kind
        if kind not in _CUSTOMERS_SEE:
            raise NoticeRefused(f"Issue {issue.key} is in a project of which it is not known whether customers see it")
        return _CUSTOMERS_SEE[kind]
