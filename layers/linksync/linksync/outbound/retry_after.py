"""How long a vendor asks for no more calls.

`Retry-After` is RFC 9110's (seconds or an HTTP date).  Jira adds `X-RateLimit-Reset` (ISO 8601), Zendesk
`ratelimit-reset` (seconds):
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
https://developer.zendesk.com/api-reference/introduction/rate-limits/
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def retry_after(headers: Mapping[str, str], *, now: float, throttled: bool) -> float | None:
    """Seconds to wait, or None when nothing sensible is asked for (also for zero and for a time that has passed).

    `throttled`: the response is a 429, so the rate-limit headers count as well.  There is no upper bound here.
    """
    asked = headers.get("Retry-After", "").strip()
    wait = _seconds(asked) or _until(http_date(asked), now)
    if wait is None and throttled:
        wait = _until(_iso_date(headers.get("X-RateLimit-Reset", "").strip()), now)
        wait = wait or _seconds(headers.get("ratelimit-reset", "").strip())
    return wait


def _seconds(text: str) -> float | None:
    return (float(text) or None) if _SECONDS.fullmatch(text) else None


def _until(moment: datetime | None, now: float) -> float | None:
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    wait = moment.timestamp() - now
    return wait if wait > 0 else None


def http_date(text: str) -> datetime | None:
    """The time that a header tells; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso_date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
