"""Addresses that Proofpoint wrapped, character by character."""

import pytest

from linksync.references.mail_scanners import wrapped
from linksync.references.text import Url, segments

CLOUD, OLD = "urldefense.com", "urldefense.proofpoint.com"


@pytest.mark.parametrize(
    ("host", "path", "tail", "address"),
    [
        (CLOUD, "/v3/__https://a.b/c__", "", "https://a.b/c"),
        (CLOUD, "/v3/__https://a.b/c_d_", "", "https://a.b/c_d"),
        (CLOUD, "/v3/__https://a.b/c*d*e__", "Iz8", "https://a.b/c#d?e"),
        (CLOUD, "/v3/__https://a.b/c**Ad*e__", "Iz8h", "https://a.b/c#?d!e"),  # a run of two
        (CLOUD, "/v3/__https://a.b/c**Bd__", "Iz8h", "https://a.b/c#?!d"),  # a run of three
        (CLOUD, "/v3/__https://a.b/c*d__", "4oCZ", "https://a.b/c’d"),
        (CLOUD, "/v3/__https://a.b/c*d**Ae__", "Iw==", "https://a.b/c#d**e"),  # fewer characters than places
        (CLOUD, "/v3/__https://a.b/c*d__", "A", "https://a.b/c*d"),  # no base64
        (OLD, "/v2/url?u=https-3A__a.b_c-5Fd-2D1-2520e&d=x_y-5F", "", "https://a.b/c_d-1%20e"),
        (OLD, "/V2/URL?u=http-3A__a.b", "", "http://a.b"),
        (OLD, "/v1/url?u=https://a.b/c&k=x", "", None),  # only escaped
        (CLOUD, "/v3/https://a.b", "", None),
        ("a.urldefense.com", "/v3/__https://a.b__", "", None),
    ],
)
def test_the_address(host: str, path: str, tail: str, address: str | None) -> None:
    assert wrapped(host, path, tail) == address


def test_what_follows_the_address_is_no_prose() -> None:
    text = f"see https://{CLOUD}/v3/__https://a.b/c*d__;Iw!!A-1b/!x_y-2=$ and https://a.b/c__;PROJ-1"
    assert list(segments(text)) == [
        "see ",
        Url(CLOUD, "https://a.b/c#d"),
        " and ",
        Url("a.b", "/c__"),
        ";PROJ-1",
    ]
