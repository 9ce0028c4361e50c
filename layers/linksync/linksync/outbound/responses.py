"""What a vendor answered, and what an unwelcome status means.  No other place interprets statuses.

    408, 425, 5xx, or an answer nobody promised     UpstreamUnavailable
    429                                             UpstreamThrottled
    401, 403 (a token endpoint's 400 too)           UpstreamForbidden
    3xx and every other 4xx                         UpstreamRefused

No message holds any text of a remote side, except an error code made of plain letters.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from linksync.errors import LinksyncError, UpstreamForbidden, UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.rate_limits import RateLimit, rate_limits
from linksync.outbound.retry_after import retry_after

_PASSING = frozenset({408, 425})
# The server itself says that it failed.  A gateway's 502 or 504 tells only that it got no answer from behind.
_NOT_APPLIED = frozenset({425, 500, 503})
# Zendesk's codes are words; OAuth's are RFC 6749's.  Anything else in that place could be somebody's text.
_CODE = re.compile(r"[A-Za-z ]{1,60}|(invalid|unauthorized|unsupported)_(client|grant|grant_type|request|scope)")


class ResponseModel(BaseModel):
    """Base of what remote sides say: unknown members are ignored, refused values never shown."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One response.  `call` names side, method and path template; `flaw` says why the body is missing, or is empty."""

    call: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    flaw: str = ""

    def read[M: ResponseModel](self, model: type[M]) -> M:
        """The body as the JSON promised.  Anything else (a proxy's page) is UpstreamUnavailable: no evidence."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            raise self.unavailable("without the JSON that its documentation promises") from None

    @property
    def limits(self) -> tuple[RateLimit, ...]:
        """What its headers tell of the limits on requests."""
        return rate_limits(self.headers)

    def unavailable(self, how: str) -> UpstreamUnavailable:
        """The error for an answer that counts as none."""
        return UpstreamUnavailable(f"{self.call} was answered {self.status} {how}; it will be tried again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What an operator should mend, said after a refusal: one sentence each."""

    unauthorized: str
    forbidden: str
    refused: str


def error_for(response: Response, advice: Advice, *, forbidden: frozenset[int], now: float) -> LinksyncError:
    """The error that an unaccepted answer amounts to."""
    status, what = response.status, f"{response.call} was answered {response.status}{_code(response.body)}"
    if status == 429:
        wait = retry_after(response.headers, now=now, throttled=True)
        return UpstreamThrottled(f"{what}; it will be tried again", retry_after=wait)
    if status >= 500 or status in _PASSING:
        wait = retry_after(response.headers, now=now, throttled=False)
        return UpstreamUnavailable(
            f"{what}; it will be tried again", retry_after=wait, maybe_applied=status not in _NOT_APPLIED
        )
    if status in forbidden:
        return UpstreamForbidden(f"{what}. {advice.forbidden if status == 403 else advice.unauthorized}")
    if 300 <= status < 400:
        return UpstreamRefused(f"{what}. Redirects are not followed: check the base URL in the stack's parameters.")
    if status >= 400:
        return UpstreamRefused(f"{what}. {advice.refused}")
    return response.unavailable("which its documentation does not promise")


def _code(body: bytes) -> str:
    """Zendesk's and OAuth's word for the error, in brackets; empty when there is none or it is not a plain word."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    match document:
        case {"errors": [{"code": str(code)}, *_]} | {"error": str(code)} if _CODE.fullmatch(code):
            return f" ({code})"
    return ""
