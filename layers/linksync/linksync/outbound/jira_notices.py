"""What is written on an issue when its field names a ticket that does not exist: a comment that customers do not see.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-post
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-get
"""

import time
from collections.abc import Callable

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
_KIND_LASTS = 3_600.0
"""Seconds for which the kind of a project is remembered."""


class _ProjectResponse(ResponseModel):
    kind: str = Field(alias="projectTypeKey")


class _CommentResponse(ResponseModel):
    id: str


class JiraNotices:
    """Writes comments.  Raises NoticeRefused for an issue that takes none from us, RetryLater for the rest."""

    def __init__(self, jira: HttpApi, *, clock: Callable[[], float] = time.time) -> None:
        self._jira = jira
        self._clock = clock
        self._customers_see: dict[str, tuple[bool, float]] = {}

    def add_comment(self, issue: Issue, text: str) -> None:
        """Add a comment, an internal one where customers see the project's issues.  Two calls make two comments."""
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        body: dict[str, object] = {"body": {"type": "doc", "version": 1, "content": [paragraph]}}
        with refusals(), within(SECONDS_A_CALL):
            if self._customers_see_issues_of(issue.key.rpartition("-")[0]):
                body["properties"] = _INTERNAL
            path = "/rest/api/3/issue/{issue}/comment"
            call = Call(method="POST", path=path, ids={"issue": issue.id}, body=body)
            self._jira.send(call, accept=frozenset({201})).read(_CommentResponse)

    def _customers_see_issues_of(self, key: str) -> bool:
        """Whether it is a service project.  Raises NoticeRefused where that cannot be told."""
        known, until = self._customers_see.get(key, (False, 0.0))
        if self._clock() >= until:
            known = self._ask(key)
            self._customers_see[key] = known, self._clock() + _KIND_LASTS
        return known

    def _ask(self, key: str) -> bool:
        call = Call(method="GET", path="/rest/api/3/project/{project}", ids={"project": key})
        with looking():
            kind = self._jira.send(call, accept=frozenset({200})).read(_ProjectResponse).kind
        if kind not in _CUSTOMERS_SEE:
            raise NoticeRefused(f"Project {key} is of a kind of which it is not known whether customers see comments")
        return _CUSTOMERS_SEE[kind]
