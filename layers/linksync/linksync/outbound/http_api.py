"""One vendor's API over HTTP: the only place in linksync from which a request leaves.

The host is fixed by configuration, redirects are not followed, nothing is taken from the environment (proxies, .netrc),
no cookie is kept, and every wait and every body is bounded.  Nothing is retried here but a 401: once,
with renewed credentials.  Waiting and trying again is the queue's business.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlencode

import requests

from linksync.core.breaker import PROBE_SECONDS
from linksync.errors import UpstreamRefused, UpstreamUnavailable
from linksync.observability import correlation_id
from linksync.outbound.base_url import checked_base_url
from linksync.outbound.deadline import SECONDS_A_CALL, seconds_left, within
from linksync.outbound.exchange import OutgoingRequest, exchange
from linksync.outbound.rate_limits import RateLimit
from linksync.outbound.responses import Advice, Response, error_for
from linksync.outbound.vendor_breaker import VendorBreaker, tell_call

MOST_BODY_BYTES = 2 * 1024 * 1024
_CREDENTIAL_STATUSES = frozenset({401, 403})
_HEADER_ID = re.compile(r"[A-Za-z0-9-]{1,64}")  # it comes off the queue, and a header must not break the request


class Auth(Protocol):
    """How a vendor knows us."""

    def header(self) -> str:
        """The Authorization header's value, or an empty string for none."""

    def renew(self) -> None:
        """Forget what was refused, so that the next header is made afresh."""


class Pace(Protocol):
    """When a call may be made."""

    def before(self, path: str) -> None:
        """Wait for the turn of a call to this path template."""

    def after(self, path: str, limits: Sequence[RateLimit]) -> None:
        """Learn from the limits that its response names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: to connect, and for everything that one `send` does, a token and a second try included."""

    connect: float = 3.05
    total: float = SECONDS_A_CALL


USUAL_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to make.  `path` is a template such as `/api/v2/tickets/{ticket_id}`, filled from `ids`."""

    method: str
    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = field(default=None, repr=False)

    def target(self) -> str:
        """Path and query, each id quoted as one segment.  Raises UpstreamRefused for an id that can be none."""
        for name, value in self.ids.items():
            if value.strip(".") == "":  # "", "." and ".." would name another resource
                raise UpstreamRefused(f"{self.method} {self.path} was not sent: {name} is empty or not an id")
        path = self.path.format_map({name: quote(value, safe="") for name, value in self.ids.items()})
        return f"{path}?{urlencode(self.query)}" if self.query else path


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpApi:
    """Zendesk, Jira or a token endpoint.  `parameter` names the stack's parameter behind `base_url`.

    `forbidden` are the statuses that mean wrong credentials or rights, `most_body_bytes` the longest body that is read.
    `pace`, where given, tells when a call may be made; `breaker` is the vendor's, and `closes_breaker` tells whether a
    success here means that the vendor is well.  Raises Misconfigured for an unsafe `base_url`.
    """

    name: str
    base_url: str
    parameter: str
    advice: Advice
    session: requests.Session = field(repr=False)
    auth: Auth | None = field(default=None, repr=False)
    forbidden: frozenset[int] = _CREDENTIAL_STATUSES
    timeouts: Timeouts = USUAL_TIMEOUTS
    clock: Callable[[], float] = time.time
    most_body_bytes: int = MOST_BODY_BYTES
    pace: Pace | None = field(default=None, repr=False)
    breaker: VendorBreaker = field(default_factory=VendorBreaker, repr=False)
    closes_breaker: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", checked_base_url(self.base_url, parameter=self.parameter))

    def send(self, call: Call, *, accept: frozenset[int]) -> Response:
        """The response, whole, with one of the accepted statuses.  Raises the errors of `responses` for any other."""
        if self.pace is not None:
            self.pace.before(call.path)
        with within(self.timeouts.total):
            response = self._once(call)
            if response.status == 401 and self.auth is not None:
                self.auth.renew()
                response = self._once(call)
        if self.pace is not None:
            self.pace.after(call.path, response.limits)
        if response.status not in accept:
            raise error_for(response, self.advice, forbidden=self.forbidden, now=self.clock())
        if response.flaw:
            raise response.unavailable(response.flaw)
        return response

    def ready(self) -> None:
        """Get credentials, and a token where they need one, before a call.  Raises PutOff while the breaker is open."""
        self.authorization()
        self.breaker.admit(f"A call to {self.name}")

    def authorization(self) -> str:
        """The Authorization header in force, to tell whether the credentials have changed.  Never to be logged."""
        if self.auth is None:
            return ""
        with within(self.timeouts.total):
            return self.auth.header()

    def _once(self, call: Call) -> Response:
        what, headers = f"{self.name}: {call.method} {call.path}", self._headers(call)
        url = self.base_url + call.target()
        with within(self.breaker.admit(what)):
            return self._timed(OutgoingRequest(what=what, method=call.method, url=url, headers=headers, body=call.body))

    def _timed(self, request: OutgoingRequest) -> Response:
        left, begun = seconds_left(), time.monotonic()
        if left <= 0:
            raise UpstreamUnavailable(f"{request.what} was not sent: there was no time left", maybe_applied=False)
        try:
            response = exchange(
                self.session,
                request,
                connect=self.timeouts.connect,
                total=left,
                most_body_bytes=self.most_body_bytes,
            )
        except UpstreamUnavailable:
            self._failed(left)
            raise
        finally:
            tell_call(self.name.lower(), (time.monotonic() - begun) * 1000)
        if response.cut:
            self._failed(left)
        else:
            self.breaker.answered(response, closes=self.closes_breaker)
        return response

    def _failed(self, allotted: float) -> None:
        """Count a failure of the vendor's, and not the end of a time that was too short for anybody."""
        if seconds_left() > 0 or allotted >= min(self.timeouts.total, PROBE_SECONDS) * 0.9:
            self.breaker.failed()

    def _headers(self, call: Call) -> dict[str, str]:
        headers = {} if call.method == "GET" else {"Content-Type": "application/json"}  # Zendesk wants it on DELETE too
        if _HEADER_ID.fullmatch(delivery := correlation_id()):
            headers["X-Correlation-Id"] = delivery
        value = self.authorization()
        return headers | ({"Authorization": value} if value else {})
