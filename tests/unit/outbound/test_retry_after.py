"""How long a vendor asks for no more calls."""

import pytest
from requests.structures import CaseInsensitiveDict

from linksync.outbound.retry_after import retry_after

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def asked(throttled: bool = True, **headers: str) -> float | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return retry_after(CaseInsensitiveDict(named), now=NOW, throttled=throttled)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("93", 93.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("86400", 86400.0),
        ("Tue, 14 Nov 2023 22:15:20 GMT", 120.0),
        ("Tuesday, 14-Nov-23 22:15:20 GMT", 120.0),
        ("Tue, 14 Nov 2023 22:15:20 -0000", 120.0),
    ],
)
def test_seconds_and_http_dates_are_understood(value: str, expected: float) -> None:
    assert expected == asked(Retry_After=value)
    assert expected == asked(throttled=False, Retry_After=value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "0.0",
        "-5",
        "soon",
        "nan",
        "inf",
        "1e9",
        "1_000",
        "٣",
        "9" * 400,
        "Tue, 14 Nov 2023 22:13:19 GMT",
        "Tue, 99 Nov 2023 22:15:20 GMT",
        "Tue, 14 Nov 99999 22:15:20 GMT",
        "{}",
    ],
)
def test_what_is_no_time_to_come_is_ignored(value: str) -> None:
    assert asked(Retry_After=value) is None


@pytest.mark.parametrize(
    "value", ["2023-11-14T22:14:20Z", "2023-11-14T22:14Z", "2023-11-14T23:14:20+01:00", "2023-11-14T22:14:20.000"]
)
def test_jiras_reset_counts_on_a_429_without_retry_after(value: str) -> None:
    expected = 40.0 if value == "2023-11-14T22:14Z" else 60.0
    assert expected == asked(X_RateLimit_Reset=value)
    assert asked(throttled=False, X_RateLimit_Reset=value) is None


def test_zendesks_reset_counts_on_a_429_without_retry_after() -> None:
    assert asked(ratelimit_reset="41") == 41.0
    assert asked(throttled=False, ratelimit_reset="41") is None
    assert asked(ratelimit_reset="0") is None


def test_retry_after_goes_before_the_resets_and_garbage_falls_back_on_them() -> None:
    assert asked(Retry_After="7", X_RateLimit_Reset="2023-11-14T22:14:20Z", ratelimit_reset="41") == 7.0
    assert asked(Retry_After="x", X_RateLimit_Reset="yesterday", ratelimit_reset="41") == 41.0
    assert asked(X_RateLimit_Reset="2023-11-14T22:00:00Z", ratelimit_reset="") is None
