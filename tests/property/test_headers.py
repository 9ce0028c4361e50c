"""Whatever a vendor's headers hold, reading them raises nothing and asks for nothing absurd."""

from hypothesis import given
from hypothesis import strategies as st

from linksync.outbound.rate_limits import rate_limits
from linksync.outbound.retry_after import retry_after

NOW = 1_700_000_000.0

NAMES = [
    *("Retry-After", "X-RateLimit-Reset", "ratelimit-reset", "ratelimit-limit", "ratelimit-remaining"),
    *("x-rate-limit", "x-rate-limit-remaining", "X-RateLimit-Limit", "zendesk-ratelimit-tickets-index"),
]
DATES = st.datetimes().map(lambda moment: moment.isoformat()) | st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}".format,
    *[st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.integers(0, 25), st.integers(0, 61)],
    *[st.integers(0, 61), st.sampled_from("+-"), st.integers(0, 24), st.integers(0, 60)],
)
HTTP_DATES = st.builds(
    "{}, {} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Mon", "Tue", "Xyz"]),
    *[st.integers(-1, 40), st.sampled_from(["Jan", "Feb", "Foo"]), st.integers(-1, 99_999)],
    *[st.integers(-1, 30), st.integers(-1, 70), st.integers(-1, 70)],
    st.sampled_from(["GMT", "+2359", "-2400", "", "+99999"]),
)
PAIRS = st.lists(st.sampled_from(["total=10", "remaining=-1", "resets=2", "total=", "=", "total=9" * 40]), max_size=5)
VALUES = st.text() | DATES | HTTP_DATES | st.integers().map(str) | st.floats().map(str) | PAIRS.map("; ".join)
HEADERS = st.dictionaries(st.sampled_from(NAMES), VALUES)


@given(HEADERS, st.booleans())
def test_a_wait_is_a_time_to_come_or_none(headers: dict[str, str], throttled: bool) -> None:
    wait = retry_after(headers, now=NOW, throttled=throttled)
    assert wait is None or 0 < wait < float("inf")


@given(HEADERS)
def test_a_limit_allows_something(headers: dict[str, str]) -> None:
    for limit in rate_limits(headers):
        assert limit.total > 0
        assert (limit.remaining or 0) >= 0
        assert (limit.resets or 0) >= 0
