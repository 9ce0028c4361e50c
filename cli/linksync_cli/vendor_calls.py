"""Calls to Zendesk and Jira as set-up and doctor make them: with the operator's proxies, and told before they are made.

In a dry run what reads is sent, and what writes is only told.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from requests.utils import get_environ_proxies

from linksync.errors import RetryLater, UpstreamRefused, UpstreamUnavailable
from linksync.outbound.connections import new_session
from linksync.outbound.http_api import Call, HttpApi, Timeouts
from linksync.outbound.responses import Advice, Response, ResponseModel
from linksync.outbound.vendor_apis import VendorApis

_GOOD = frozenset({200, 201, 202, 204})
_MOST_BODY_BYTES = 32 * 1024 * 1024  # trigger definitions list every group and agent
_TRIES, _LONGEST_WAIT = 4, 60.0  # seconds
_READS_BY_POST = frozenset(
    {"/rest/api/3/search/jql", "/rest/api/3/search/approximate-count", "/rest/api/3/issue/bulkfetch"}
)
_SECRET_NAMES = frozenset({"secret", "client_secret", "api_token", "token", "password"})
HIDDEN = "…"
_ZENDESK = Advice(
    unauthorized=(
        "The OAuth client or token is wrong, revoked or expired: make a client in Admin Center > Apps and integrations"
        " > APIs > OAuth clients, and set LINKSYNC_ZENDESK_CLIENT_ID and LINKSYNC_ZENDESK_CLIENT_SECRET."
    ),
    forbidden="The user behind the credentials must be an admin, and an OAuth client needs the scopes read and write.",
    refused="Zendesk does not take this as it stands: run it again with --dry-run, and compare what it shows.",
)
_JIRA = Advice(
    unauthorized=(
        "The token is wrong, revoked or expired (a year at most): make one at"
        " https://id.atlassian.com/manage-profile/security/api-tokens and set LINKSYNC_JIRA_EMAIL and"
        " LINKSYNC_JIRA_API_TOKEN."
    ),
    forbidden="The account needs the permission for this: webhooks, fields and screens are for Jira administrators.",
    refused="Jira does not take this as it stands: run it again with --dry-run, and compare what it shows.",
)


class VendorCalls:
    """One vendor.  `calls` are the writes that were made, or that a dry run would have made."""

    wait: Callable[[float], None] = staticmethod(time.sleep)

    def __init__(self, api: HttpApi, *, dry_run: bool = False) -> None:
        self.api, self.dry_run = api, dry_run
        self.calls: list[str] = []

    def read[M: ResponseModel](self, path: str, model: type[M], **ids: str) -> M:
        """The response to a GET, read.  Raises the errors of `linksync.errors`."""
        return self.get(path, ids=ids).read(model)

    def rows[M: ResponseModel](self, path: str, model: type[M]) -> M:
        """The response to a GET, read, where the API answers a bare list: the model has it as `rows`."""
        response = self.get(path)
        return replace(response, body=b'{"rows":' + response.body + b"}").read(model)

    def get(
        self,
        path: str,
        *,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        accept: frozenset[int] = _GOOD,
    ) -> Response:
        """The response to a GET, whatever its body is."""
        return self._sent(Call(method="GET", path=path, ids=ids or {}, query=query or {}), accept)

    def pages[M: Page](self, path: str, model: type[M], *, size: int = 100) -> Iterator[M]:
        """Every page of a list that Zendesk pages by cursor.  A cursor that repeats ends it."""
        query, seen = {"page[size]": str(size)}, {""}
        while True:
            page = self.get(path, query=query).read(model)
            yield page
            after = page.meta.after_cursor or ""
            if not page.meta.has_more or after in seen:
                return
            seen.add(after)
            query["page[after]"] = after

    def write(self, method: str, path: str, body: Mapping[str, Any] | None = None, **ids: str) -> Response | None:
        """The response to a write; None in a dry run."""
        call = Call(method=method, path=path, ids=ids, body=body)
        shown = f" {json.dumps(hidden(body), ensure_ascii=False)}" if body else ""
        self.calls.append(f"{method} {self.api.base_url}{call.target()}{shown}")
        return None if self.dry_run else self._sent(call, _GOOD)

    def _sent(self, call: Call, accept: frozenset[int]) -> Response:
        """What came back, tried again where that is surely safe: a read, or what was surely not applied."""
        return tried_again(lambda: self.api.send(call, accept=accept), call, wait=self.wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientApi(HttpApi):
    """An API without a queue behind it: a call that is put off is tried again here, after a wait."""

    wait: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, api: HttpApi) -> "PatientApi":
        """The same API, patient."""
        return cls(**{one.name: getattr(api, one.name) for one in fields(HttpApi)})

    def send(self, call: Call, *, accept: frozenset[int]) -> Response:
        """See HttpApi."""
        return tried_again(lambda: HttpApi.send(self, call, accept=accept), call, wait=self.wait)


def tried_again(send: Callable[[], Response], call: Call, *, wait: Callable[[float], None]) -> Response:
    """What came back, tried again where that is surely safe: a read, or what was surely not applied."""
    for attempt in range(_TRIES):
        try:
            return send()
        except RetryLater as problem:
            pause = problem.retry_after if problem.retry_after is not None else 2.0**attempt
            reads = call.method == "GET" or call.path in _READS_BY_POST
            applied = isinstance(problem, UpstreamUnavailable) and problem.maybe_applied and not reads
            if applied or attempt == _TRIES - 1 or pause > _LONGEST_WAIT:
                raise
            wait(pause)
    raise AssertionError


class PageMeta(ResponseModel):
    """Where a list goes on."""

    has_more: bool = False
    after_cursor: str | None = None


class Page(ResponseModel):
    """Base of a page of a list."""

    meta: PageMeta = PageMeta()


def zendesk_calls(base_url: str, entry: Mapping[str, str], *, dry_run: bool = False) -> VendorCalls:
    """Zendesk, with this entry of the secret.  Raises Misconfigured for an unsafe URL."""
    api = _apis({"zendesk": entry}, base_url).zendesk(base_url)
    return VendorCalls(replace(api, advice=_ZENDESK, most_body_bytes=_MOST_BODY_BYTES), dry_run=dry_run)


def jira_calls(base_url: str, entry: Mapping[str, str], *, dry_run: bool = False) -> VendorCalls:
    """Jira, with this entry of the secret.  Raises Misconfigured for an unsafe URL."""
    api = _apis({"jira": entry}, base_url).jira(base_url)
    return VendorCalls(replace(api, advice=_JIRA, most_body_bytes=_MOST_BODY_BYTES), dry_run=dry_run)


def _apis(document: Mapping[str, object], base_url: str) -> VendorApis:
    session = new_session()
    session.proxies.update(get_environ_proxies(base_url))
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
    return VendorApis(
        source=lambda *, fresh=False: document,  # noqa: ARG005  read once, for one run
        session=session,
        timeouts=Timeouts(total=30),
    )


def hidden(value: Any) -> Any:  # noqa: ANN401  whatever JSON can hold
    """The value with what is secret left out."""
    match value:
        case dict() if value.get("headerSecure"):
            return value | {"value": HIDDEN}
        case dict():
            return {name: HIDDEN if name in _SECRET_NAMES else hidden(one) for name, one in value.items()}
        case list():
            return [hidden(one) for one in value]
    return value


def is_gone(problem: UpstreamRefused) -> bool:
    """Whether a vendor answered that there is no such thing."""
    return " was answered 404" in str(problem)
