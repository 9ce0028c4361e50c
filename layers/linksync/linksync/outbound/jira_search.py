"""Issues in bulk: what changed since a time, whose field is filled in, and about how many that is.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-server-info/#api-rest-api-3-serverinfo-get
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ConfigDict, Field

from linksync.core.change_feed import ChangedIssue, IssuePage
from linksync.core.issue import Issue
from linksync.errors import UpstreamRefused
from linksync.outbound.http_api import Call, HttpApi, Timeouts
from linksync.outbound.jira_issues import MyselfResponse, ticket_ids_in
from linksync.outbound.responses import Response, ResponseModel
from linksync.references.fields import TooManyReferences

PAGE = 500
MOST_BODY_BYTES = 16 * 1024 * 1024
"""A page of issues whose texts are as long as Jira takes them."""
_TIMEOUTS = Timeouts(total=20.0)
_UPDATED = "updated"
_OK = frozenset({200})
_CUSTOM_FIELD = re.compile(r"customfield_([0-9]+)")
_KNOWN_CALLER = "X-AAccountId"


class PageRefused(UpstreamRefused):
    """Jira does not take the page's token any more: the search begins anew."""


class _Fields(ResponseModel):
    model_config = ConfigDict(extra="allow")  # ours among them

    updated: datetime


class _IssueRow(ResponseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(pattern=r"^[0-9]+$")
    key: str = Field(min_length=1)
    fields: _Fields


class _SearchResponse(ResponseModel):
    issues: tuple[_IssueRow, ...]
    next_page_token: str | None = Field(default=None, alias="nextPageToken")
    is_last: bool | None = Field(default=None, alias="isLast")


class _CountResponse(ResponseModel):
    count: int = Field(ge=0)


class _ServerInfoResponse(ResponseModel):
    server_time: datetime = Field(alias="serverTime")


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraSearch:
    """Lists of issues with the field `field_id` (IssueFieldId; empty: none) read by `parse`.

    `parse` gives the ticket ids in a field's value, or None for a shape that it does not know.
    """

    jira: HttpApi
    field_id: str
    parse: Callable[[object], tuple[str, ...] | None]

    def __post_init__(self) -> None:
        object.__setattr__(self, "jira", replace(self.jira, timeouts=_TIMEOUTS, most_body_bytes=MOST_BODY_BYTES))

    def changed(self, *, since: float, token: str = "", size: int = PAGE) -> IssuePage:
        """A page of the issues updated at `since` or later, the earliest update first.

        Jira reads a bare number as milliseconds since the epoch; a date in quotes it reads in its user's time zone, by
        the minute.  Raises PageRefused for a token that is of no use any more.
        """
        return self._page(f"updated >= {int(since * 1000)} ORDER BY updated ASC, key ASC", token, size)

    def with_field(self, *, token: str = "", size: int = PAGE) -> IssuePage:
        """A page of the issues whose field is filled in, the oldest issue first.  Raises PageRefused."""
        return self._page(f"{self._filled_in()} ORDER BY created ASC, key ASC", token, size)

    def count_with_field(self) -> int:
        """About how many issues have the field filled in."""
        call = Call(method="POST", path="/rest/api/3/search/approximate-count", body={"jql": self._filled_in()})
        return self.jira.send(call, accept=_OK).read(_CountResponse).count

    def server_time(self) -> float:
        """Jira's clock."""
        call = Call(method="GET", path="/rest/api/3/serverInfo")
        return self.jira.send(call, accept=_OK).read(_ServerInfoResponse).server_time.timestamp()

    def _page(self, jql: str, token: str, size: int) -> IssuePage:
        fields = [_UPDATED, *([self.field_id] if self.field_id else ())]
        body = {"jql": jql, "fields": fields, "maxResults": size} | ({"nextPageToken": token} if token else {})
        call = Call(method="POST", path="/rest/api/3/search/jql", body=body)
        try:
            response = self.jira.send(call, accept=_OK)
        except UpstreamRefused as refusal:
            raise PageRefused(str(refusal)) from None
        page = response.read(_SearchResponse)
        self._prove(response, page)
        after = "" if page.is_last else page.next_page_token or ""
        if after and after == token:
            raise response.unavailable("with a page that leads to itself")
        return IssuePage(rows=tuple(self._issue(row) for row in page.issues), token=after)

    def _prove(self, response: Response, page: _SearchResponse) -> None:
        """Jira shows an empty list to callers whom it does not know: believe one only when it knows us."""
        if not page.issues and not response.headers.get(_KNOWN_CALLER):
            call = Call(method="GET", path="/rest/api/3/myself")
            self.jira.send(call, accept=_OK).read(MyselfResponse)

    def _issue(self, row: _IssueRow) -> ChangedIssue:
        shown = row.fields.model_extra or {}
        issue = ChangedIssue(issue=Issue(row.id, row.key.upper()), refs=None, updated_at=row.fields.updated.timestamp())
        if self.field_id not in shown:
            return issue
        try:
            return replace(issue, refs=ticket_ids_in(shown[self.field_id], self.parse))
        except TooManyReferences:
            return replace(issue, too_many=True)

    def _filled_in(self) -> str:
        match = _CUSTOM_FIELD.fullmatch(self.field_id)
        return f"{f'cf[{match[1]}]' if match else self.field_id} is not EMPTY"
