"""Issues and the issue field that holds ticket ids, read from Jira.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/#api-rest-api-3-myself-get
"""

import time
from collections.abc import Callable, Sequence
from itertools import batched

from pydantic import AliasChoices, ConfigDict, Field

from linksync.core.field_reading import FieldReading
from linksync.core.issue import Issue, LookUp
from linksync.errors import Misconfigured
from linksync.outbound.deadline import SECONDS_A_CALL, within
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.responses import ResponseModel

_BATCH = 100
_ISSUE = "/rest/api/3/issue/{issue}"
_LEAST_FIELD = "created"  # small, on every issue, and nobody's text; asking for none at all may bring them all
_FOUND_OR_NOT = frozenset({200, 404})
_ASKING_SECONDS = 6.0  # the last question is put before this is over, and takes SECONDS_A_CALL at most


class _IssueResponse(ResponseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(pattern=r"^[0-9]+$")
    key: str = Field(min_length=1)
    fields: dict[str, object] = Field(default_factory=dict)

    def issue(self) -> Issue:
        return Issue(self.id, self.key.upper())


class _BulkResponse(ResponseModel):
    # `issueErrors` is not read: it lists what may come at the next try, and never what does not exist.
    issues: tuple[_IssueResponse, ...] = ()


class _NotFoundResponse(ResponseModel):
    """Jira's own 404.  It is the same for an issue that is not there and for one that we may not see."""

    messages: tuple[str, ...] = Field(alias="errorMessages", min_length=1)


class MyselfResponse(ResponseModel):
    """Whoever is not anonymous has an account id at Jira Cloud, a name at Data Center."""

    name: str = Field(validation_alias=AliasChoices("accountId", "name"), min_length=1)


class JiraIssues:
    """The issues of one Jira site."""

    def __init__(
        self,
        *,
        jira: HttpApi,
        field_id: str,
        parse: Callable[[object], tuple[str, ...] | None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`field_id` is IssueFieldId; empty: that direction is off.

        `parse` gives the ticket ids in a field's value, or None for a shape that it does not know.
        """
        self._jira = jira
        self._field_id = field_id
        self._parse = parse
        self._clock = clock

    def ready(self) -> None:
        """Get credentials before a call.  Raises PutOff where none would be made."""
        self._jira.ready()

    def look_up(self, keys: Sequence[str]) -> LookUp:
        """What these keys mean today, asked in this order.

        One call for each hundred keys, and one for each key not in its response: it is unknown, or its issue moved.  A
        text with hundreds of words that look like keys must not use up the run: after some seconds no more are asked
        about.  It takes SECONDS_A_LOOK_UP at most.
        """
        names = list(dict.fromkeys(key.upper() for key in keys))
        until, asked_as = self._clock() + _ASKING_SECONDS, self._jira.authorization()
        found: dict[str, Issue] = {}
        not_found: set[str] = set()
        for batch in batched(names, _BATCH, strict=False):
            if self._clock() < until:
                found |= self._bulk(batch)
                not_found |= self._ask_one_by_one([name for name in batch if name not in found], found, until)
        if not_found and not self._is_proved(asked_as):
            not_found.clear()  # they were answered to credentials that are not proved: a 404 proves nothing then
        return LookUp(
            found={key: found[key.upper()] for key in keys if key.upper() in found},
            not_found=frozenset(key for key in keys if key.upper() in not_found),
        )

    def read(self, issue_id: str) -> FieldReading:
        """The ticket ids that the issue's field names now; unknown without such a field, or a field to read.

        `found` is False when Jira, which knows us, answers that there is no such issue.  Raises Misconfigured for a
        field of a shape that cannot hold ticket ids.
        """
        shown = self._get(issue_id, field=self._field_id or _LEAST_FIELD)
        if shown is None:
            return FieldReading(refs=None, found=False)
        if self._field_id not in shown.fields:
            return FieldReading(refs=None, issue=shown.issue())
        refs = ticket_ids_in(shown.fields[self._field_id], self._parse)
        return FieldReading(refs=refs, issue=shown.issue())

    def _bulk(self, names: Sequence[str]) -> dict[str, Issue]:
        body = {"issueIdsOrKeys": list(names), "fields": [_LEAST_FIELD]}
        call = Call(method="POST", path="/rest/api/3/issue/bulkfetch", body=body)
        shown = self._jira.send(call, accept=frozenset({200})).read(_BulkResponse)
        found = {issue.key: issue for issue in (row.issue() for row in shown.issues)}
        return {name: found[name] for name in names if name in found}

    def _ask_one_by_one(self, names: Sequence[str], found: dict[str, Issue], until: float) -> set[str]:
        """Adds the issues that it finds.  Returns the names that Jira does not know; the rest were not asked about."""
        not_found = set()
        for name in names:
            if self._clock() >= until:
                break
            if shown := self._show(name, field=_LEAST_FIELD):
                found[name] = shown.issue()
            else:
                not_found.add(name)
        return not_found

    def _get(self, issue: str, *, field: str) -> _IssueResponse | None:
        """The issue; None when Jira, which knows us, has none by this id or key that we may see."""
        with within(SECONDS_A_CALL):
            asked_as = self._jira.authorization()
            shown = self._show(issue, field=field)
            if shown is None and not self._is_proved(asked_as):
                shown = self._show(issue, field=field)
        return shown

    def _show(self, issue: str, *, field: str) -> _IssueResponse | None:
        """The issue; None when Jira answers its own 404, which callers that it does not know get, too."""
        call = Call(method="GET", path=_ISSUE, ids={"issue": issue}, query={"fields": field})
        with within(SECONDS_A_CALL):
            response = self._jira.send(call, accept=_FOUND_OR_NOT)
        if response.status == 404:
            response.read(_NotFoundResponse)
            return None
        shown = response.read(_IssueResponse)
        if issue.isdigit() and shown.id != issue:
            raise response.mistaken("issue")
        return shown

    def _is_proved(self, asked_as: str) -> bool:
        """Whether the credentials that were used are still ours, and good: Jira answers 404 to whom it does not know.

        It is asked after the 404s that are to be believed.  A proof from before would not tell of a revocation between.
        """
        call = Call(method="GET", path="/rest/api/3/myself")
        self._jira.send(call, accept=frozenset({200})).read(MyselfResponse)
        return self._jira.authorization() == asked_as


def ticket_ids_in(value: object, parse: Callable[[object], tuple[str, ...] | None]) -> tuple[str, ...]:
    """What `parse` reads in the field's value.  Raises Misconfigured for a shape that cannot hold ticket ids."""
    refs = parse(value)
    if refs is None:
        raise Misconfigured("IssueFieldId names a field that holds neither text, a number, labels nor a selection")
    return refs
