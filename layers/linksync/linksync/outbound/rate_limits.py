"""What a response's headers tell of the limits on requests.

Zendesk: `X-Rate-Limit`, `X-Rate-Limit-Remaining` and `ratelimit-…` for the plan, one `zendesk-ratelimit-…` header for
each endpoint with a limit of its own: `total=10; remaining=9; resets=2`, in this or another order.
Jira: `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset` (ISO 8601).
https://developer.zendesk.com/api-reference/introduction/rate-limits/
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ENDPOINT = "zendesk-ratelimit-"
_PLAN = (
    ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
    ("x-rate-limit", "x-rate-limit-remaining", ""),
    ("x-ratelimit-limit", "x-ratelimit-remaining", ""),
)
_NUMBER = re.compile(r"[0-9]{1,9}")
_PAIR = re.compile(r"\s*(total|remaining|resets)\s*=\s*([0-9]{1,9})\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """`total` requests a minute, of which so many are left; `resets` seconds until there are more (None: unknown).

    `endpoint` names the requests that it is on; empty for the plan's, which is on all.
    """

    total: int
    remaining: int | None = None
    resets: int | None = None
    endpoint: str = ""


def rate_limits(headers: Mapping[str, str]) -> tuple[RateLimit, ...]:
    """Every limit that the headers tell of; headers that say something else are passed over."""
    lower = {name.lower(): value for name, value in headers.items()}
    plan = next((limit for names in _PLAN if (limit := _plan(lower, *names))), None)
    endpoints = (
        _endpoint(name.removeprefix(_ENDPOINT), value) for name, value in lower.items() if name.startswith(_ENDPOINT)
    )
    return tuple(limit for limit in (plan, *endpoints) if limit is not None)


def _plan(headers: Mapping[str, str], total: str, remaining: str, resets: str) -> RateLimit | None:
    limit = _number(headers.get(total, ""))
    if not limit:
        return None
    return RateLimit(
        total=limit, remaining=_number(headers.get(remaining, "")), resets=_number(headers.get(resets, ""))
    )


def _endpoint(name: str, value: str) -> RateLimit | None:
    pairs = (match for part in value.split(";") if (match := _PAIR.fullmatch(part)))
    named = {match[1]: int(match[2]) for match in pairs}
    if not named.get("total"):
        return None
    return RateLimit(total=named["total"], remaining=named.get("remaining"), resets=named.get("resets"), endpoint=name)


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text.strip()) else None
