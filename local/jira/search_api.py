"""Jira's search by JQL, over an index that may lag.

Follows https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/: the enhanced search wants a
bounded query, shows ids alone unless fields are asked for, gives pages by a token, and for nobody answers 200 with
nothing; the old search is gone (410).
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any

from local.http.messages import HttpRequest, Json, Reply, Route
from local.jira.access import Access
from local.jira.fields import FieldsApi
from local.jira.issue import IssueChange, NoSuchIssue, SimulatedIssue, as_text
from local.jira.issue_json import IssueJson
from local.jira.issues import IssueStore
from local.jira.jql import BadJql, Dialect, Query, parsed
from local.jira.paths import API, is_v3
from local.lagging_index import LaggingIndex

USUAL_PAGE, LARGEST_PAGE = 50, 5000
TOKEN_SECONDS = 7 * 86_400
MOST_RECONCILED = 50
GONE = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


class SearchApi:
    """The handlers.

    index.lag: how far the search is behind, in seconds.  largest_page: how many issues a page holds at most when fields
    are asked for, whatever `maxResults` says.  zone: the caller's own, in which times in JQL are read.
    """

    def __init__(self, issues: IssueStore, fields: FieldsApi, access: Access, json_: IssueJson) -> None:
        self.index: LaggingIndex[str, SimulatedIssue] = LaggingIndex(issues.clock)
        self.largest_page = 100
        self.zone: tzinfo = UTC
        self._issues = issues
        self._fields = fields
        self._access = access
        self._json = json_
        issues.listeners.append(self.on_change)

    def routes(self) -> list[Route]:
        """The enhanced search, the count, and the 410 of the removed one."""
        return [
            ("GET", API + "/search/jql", self._answered(self._search)),
            ("POST", API + "/search/jql", self._answered(self._search)),
            ("POST", API + "/search/approximate-count", self._answered(self._count)),
            ("GET", API + "/search", self._gone),
            ("POST", API + "/search", self._gone),
        ]

    def on_change(self, change: IssueChange) -> None:
        """A listener for `IssueStore.listeners`."""
        if change.kind == "deleted":
            self.index.remove(change.issue.id)
        else:
            self.index.put(change.issue.id, change.issue)

    def query(self, jql: str) -> Query:
        """A query as this site understands it.  Raises BadJql."""
        return parsed(jql, Dialect(self._fields.named, self.zone, self._issues.clock))

    def _search(self, request: HttpRequest) -> Reply:
        asked = _asked(request)
        query = self._bounded(str(asked.get("jql") or ""))
        if not self._access.known(request):
            return Reply(200, {"issues": [], "isLast": True})
        names = list(asked.get("fields") or ["id"])
        size = max(
            1, min(int(asked.get("maxResults") or USUAL_PAGE), LARGEST_PAGE if names == ["id"] else self.largest_page)
        )
        found = self._found(query, [str(one) for one in asked.get("reconcileIssues") or ()])
        after = self._read_token(str(asked.get("nextPageToken") or ""))
        rest = [issue for issue in found if after is None or _Place(issue, query) > _Place(issue, query, after)]
        return Reply(200, self._page(rest, size, names, query, v3=is_v3(request.args[0])))

    def _page(
        self, rest: list[SimulatedIssue], size: int, names: list[str], query: Query, *, v3: bool
    ) -> dict[str, Any]:
        page, more = rest[:size], len(rest) > size
        shown = [self._json.shown(issue, names, v3=v3) for issue in page]
        if names == ["id"]:
            shown = [{"id": issue.id} for issue in page]
        token = self._make_token(_Place(page[-1], query).values) if more else None
        return {"issues": shown, "isLast": not more} | ({"nextPageToken": token} if token else {})

    def _found(self, query: Query, reconciled: list[str]) -> list[SimulatedIssue]:
        """Every issue that is found, in order.  Those to be reconciled are looked at as they are now."""
        if len(reconciled) > MOST_RECONCILED:
            raise BadJql(f"At most {MOST_RECONCILED} issues can be reconciled.")
        issues = {issue.id: issue for issue in self.index.values()}
        for number in reconciled:
            issues.pop(number, None)
            try:
                issues[number] = self._issues.get(number)
            except NoSuchIssue:
                continue
        seen = [one for one in issues.values() if one.id not in self._issues.hidden and query.holds(one)]
        return sorted(seen, key=lambda issue: _Place(issue, query))

    def _bounded(self, jql: str) -> Query:
        query = self.query(jql)
        if not query.bounded:
            raise BadJql(UNBOUNDED)
        return query

    def _count(self, request: HttpRequest) -> Reply:
        query = self._bounded(str(request.json().get("jql") or ""))
        found = self._found(query, []) if self._access.known(request) else []
        return Reply(200, {"count": len(found)})

    def _gone(self, _request: HttpRequest) -> Reply:
        return Reply(410, {"errorMessages": [GONE], "errors": {}})

    def _answered(self, handler: Callable[[HttpRequest], Reply]) -> Callable[[HttpRequest], Reply]:
        def answer(request: HttpRequest) -> Reply:
            try:
                return handler(request)
            except BadJql as problem:
                return Reply(400, {"errorMessages": [str(problem)], "warningMessages": []})

        return answer

    def _make_token(self, values: list[Json]) -> str:
        return base64.urlsafe_b64encode(json.dumps([self._issues.clock(), values]).encode()).decode()

    def _read_token(self, token: str) -> list[Json] | None:
        if not token:
            return None
        made, values = json.loads(base64.urlsafe_b64decode(token.encode()))
        if self._issues.clock() - made > TOKEN_SECONDS:
            raise BadJql("The nextPageToken has expired.")
        return list(values)


class _Place:
    """Where an issue stands in a query's order; ids break ties."""

    def __init__(self, issue: SimulatedIssue, query: Query, values: list[Json] | None = None) -> None:
        self._descending = [descending for _, descending in query.order] + [False]
        own = [_order_value(issue, field) for field, _ in query.order]
        self.values: list[Json] = [*own, int(issue.id)] if values is None else values

    def __lt__(self, other: "_Place") -> bool:
        for mine, theirs, descending in zip(self.values, other.values, self._descending, strict=True):
            if mine != theirs:
                return bool((mine > theirs) if descending else (mine < theirs))
        return False

    def __gt__(self, other: "_Place") -> bool:
        return other < self


def _order_value(issue: SimulatedIssue, field: str) -> Json:
    if field in ("updated", "created"):
        return getattr(issue, f"{field}_at")
    return list(issue.rank) if field in ("key", "issuekey") else as_text(issue.fields.get(field))


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The parameters, from the body or the query."""
    if request.method == "POST":
        return request.json()
    lists = {name: request.values(name) for name in ("fields", "reconcileIssues")}
    return {**request.query, **lists}
