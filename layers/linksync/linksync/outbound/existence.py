"""Whether what was not found before is there now: many at once, by calls that may leave out what is not there.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post
https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#show-multiple-tickets
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Literal

from pydantic import ConfigDict, Field

from linksync.core.issue import Issue
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.responses import ResponseModel

_AT_ONCE = 100
_OK = frozenset({200})
_MOST_BODY_BYTES = 16 * 1024 * 1024  # a hundred tickets, each with its description
_LEAST_FIELD = "created"


class _TicketRow(ResponseModel):
    id: int
    status: str = ""


class _TicketsResponse(ResponseModel):
    tickets: tuple[_TicketRow, ...]


class RecordNotFound(ResponseModel):
    """Zendesk's own 404 for a ticket.  A wrong path or plan is answered 404 as well, with another word."""

    error: Literal["RecordNotFound"]


class _IssueRow(ResponseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(pattern=r"^[0-9]+$")
    key: str = Field(min_length=1)


class _IssuesResponse(ResponseModel):
    issues: tuple[_IssueRow, ...]


def listed_tickets(zendesk: HttpApi, ticket_ids: Sequence[str]) -> frozenset[str]:
    """Those of these tickets that Zendesk lists, without those in the bin.  One call for each hundred."""
    found: set[str] = set()
    whole = replace(zendesk, most_body_bytes=_MOST_BODY_BYTES)
    for batch in batched(ticket_ids, _AT_ONCE, strict=False):
        call = Call(method="GET", path="/api/v2/tickets/show_many", query={"ids": ",".join(batch)})
        response = whole.send(call, accept=frozenset({200, 404}))
        if (
            response.status == 404
        ):  # as for a single ticket; it is not documented whether it may come where all are unknown
            response.read(RecordNotFound)
            continue
        rows = response.read(_TicketsResponse).tickets
        found |= {str(row.id) for row in rows if row.status != "deleted"}
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorExistence:
    """What Zendesk and Jira know today."""

    zendesk: HttpApi
    jira: HttpApi

    def tickets(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        """Those of these tickets that Zendesk knows today; deleted ones are left out.  One call for each hundred."""
        return listed_tickets(self.zendesk, ticket_ids)

    def issues(self, ids_or_keys: Sequence[str]) -> dict[str, Issue]:
        """The issues that these ids and keys mean today, by what was asked for.  One call for each hundred.

        An issue that moved answers to its former key, and nothing in the response ties the two: it is asked for by that
        key alone, where the response holds an issue that nobody seems to have asked for.
        """
        found: dict[str, Issue] = {}
        for batch in batched(dict.fromkeys(name.upper() for name in ids_or_keys), _AT_ONCE, strict=False):
            rows = self._fetch(batch)
            known = {name: issue for issue in rows for name in (issue.id, issue.key) if name in batch}
            if any(issue.id not in known and issue.key not in known for issue in rows):
                alone = ((name, self._fetch([name])) for name in batch if name not in known)
                known |= {name: rows[0] for name, rows in alone if rows}
            found |= known
        return {name: found[name.upper()] for name in ids_or_keys if name.upper() in found}

    def _fetch(self, names: Sequence[str]) -> list[Issue]:
        body = {"issueIdsOrKeys": list(names), "fields": [_LEAST_FIELD]}
        call = Call(method="POST", path="/rest/api/3/issue/bulkfetch", body=body)
        response = self.jira.send(call, accept=_OK).read(_IssuesResponse)
        return [Issue(row.id, row.key.upper()) for row in response.issues]
