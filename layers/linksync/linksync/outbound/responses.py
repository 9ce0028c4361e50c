"""What a vendor answered, and what an unwelcome status means.  No other place interprets statuses.

    408, 409, 425, 5xx, a 404 without JSON, what nobody promised    UpstreamUnavailable
    429                                                             UpstreamThrottled
    401, 403 (a token endpoint's 400 too)                           UpstreamForbidden
    3xx and every other 4xx                                         UpstreamRefused

Zendesk asks for a 409 to be sent again, and promises JSON with a 404: a page comes from something in front of the API.
https://developer.zendesk.com/api-reference/introduction/requests/

No message holds any text of a vendor, except an error code made of plain letters.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from linksync.errors import LinksyncError, UpstreamForbidden, UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.rate_limits import RateLimit, rate_limits
from linksync.outbound.retry_after import http_date, retry_after

_PASSING = frozenset({408, 409, 425})
_LIMITS_OF_ONE_ENDPOINT = frozenset({"jira-burst-based", "jira-per-issue-on-write"})
# Zendesk's codes are words; OAuth's are RFC 6749's.  Anything else in that place could be somebody's text.
_CODE = re.compile(r"[A-Za-z ]{1,60}|(invalid|unauthorized|unsupported)_(client|grant|grant_type|request|scope)")


TOO_SLOW, BROKEN_OFF = "with a body that took too long", "with a body that broke off"
CUT = frozenset({TOO_SLOW, BROKEN_OFF})
"""The flaws of a body that are its sender's failure; one that is too large is not."""


class ResponseModel(BaseModel):
    """Base of the vendors' JSON: unknown members are ignored, refused values never shown."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One response.  `call` names vendor, method and path template; `flaw` is why the body is missing, or empty."""

    call: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    flaw: str = ""

    def read[M: ResponseModel](self, model: type[M]) -> M:
        """The body as the JSON promised.  Raises UpstreamUnavailable for anything else, such as a proxy's page."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            raise self.unavailable("without the JSON that its documentation promises") from None

    @property
    def cut(self) -> bool:
        """Whether it promised a body that did not come.  Of a refusal the status tells enough without one."""
        return self.flaw in CUT and self.status < 300

    @property
    def limits(self) -> tuple[RateLimit, ...]:
        """What its headers tell of the limits on requests."""
        return rate_limits(self.headers)

    @property
    def answered_at(self) -> float | None:
        """When it was answered, by the vendor's clock, in seconds since the epoch; None when it does not tell."""
        told = http_date(self.headers.get("Date", "").strip())
        return told.timestamp() if told else None

    @property
    def code(self) -> str:
        """Zendesk's or OAuth's word for the error; empty when there is none or it is not a plain word."""
        match self._json():
            case {"errors": [{"code": str(code)}, *_]} | {"error": str(code)} if _CODE.fullmatch(code):
                return code
        return ""

    @property
    def title(self) -> str:
        """What Zendesk's integrations say beside their code, to be compared and never to be shown; empty without it."""
        match self._json():
            case {"errors": [{"title": str(title)}, *_]}:
                return title
        return ""

    @property
    def maybe_applied(self) -> bool:
        """Whether the call may have changed something, now that its response is no success.

        A 4xx tells that it did not, but for 408: a server may stop waiting at any time.  Zendesk gives a 503 with
        `Retry-After` for a transaction that the database gave up, an overloaded edge for a request that it did not pass
        on.  A 500 may come from what an application does after its commit, and any other 5xx (a bare 503 too) from a
        gateway whose connection broke after the request was through.
        """
        if self.status == 503:
            return "Retry-After" not in self.headers
        return self.status == 408 or not 400 <= self.status < 500

    @property
    def throttles_every_call(self) -> bool:
        """Whether it is a 429 of a limit that all our calls count against.

        Both vendors have limits on single endpoints, tickets and issues too.  Zendesk then still shows requests that
        are left of the plan's, Jira names the limit.
        """
        if self.status != 429:
            return False
        of_the_plan = next((limit for limit in self.limits if not limit.endpoint), None)
        endpoint_alone = of_the_plan is not None and bool(of_the_plan.remaining)
        return not endpoint_alone and self.headers.get("RateLimit-Reason", "") not in _LIMITS_OF_ONE_ENDPOINT

    @property
    def foreign_404(self) -> bool:
        """Whether it is a 404 of something other than the API, which answers with a JSON object."""
        return self.status == 404 and not isinstance(self._json(), dict)

    def unavailable(self, how: str) -> UpstreamUnavailable:
        """The error for a response that is as good as none; `how` goes into its message."""
        message = f"{self.call} was answered {self.status} {how}; it will be tried again"
        return UpstreamUnavailable(message, maybe_applied=self.maybe_applied)

    def mistaken(self, what: str) -> UpstreamUnavailable:
        """The error for a response about another `what`: a cache between answered, or a connection out of step."""
        return self.unavailable(f"with another {what} than the one asked for")

    def _json(self) -> object:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What an operator should mend after a refusal: one sentence each."""

    unauthorized: str
    forbidden: str
    refused: str


def error_for(response: Response, advice: Advice, *, forbidden: frozenset[int], now: float) -> LinksyncError:
    """The error that a response with an unaccepted status amounts to."""
    status = response.status
    what = f"{response.call} was answered {status}" + (f" ({response.code})" if response.code else "")
    if status == 429:
        wait = retry_after(response.headers, now=now, throttled=True)
        return UpstreamThrottled(f"{what}; it will be tried again", retry_after=wait)
    if status >= 500 or status in _PASSING:
        wait = retry_after(response.headers, now=now, throttled=False)
        message = f"{what}; it will be tried again"
        return UpstreamUnavailable(message, retry_after=wait, maybe_applied=response.maybe_applied)
    if status in forbidden:
        return UpstreamForbidden(f"{what}. {advice.forbidden if status == 403 else advice.unauthorized}")
    if 300 <= status < 400:
        return UpstreamRefused(f"{what}. Redirects are not followed: check the base URL in the stack's parameters.")
    if response.foreign_404:
        return response.unavailable("by something other than its API")
    if status >= 400:
        return UpstreamRefused(f"{what}. {advice.refused}")
    return response.unavailable("which its documentation does not promise")
