"""What a request is, whatever API Gateway (or anybody else) hands over."""

import base64
from typing import Any

import pytest

from linksync.inbound.request import request_of


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ({"headers": {"X-Name": "v"}}, "v"),
        ({"headers": {"x-name": "v"}}, "v"),
        ({"headers": {"X-NAME": "v"}, "multiValueHeaders": {}}, "v"),
        ({"headers": {"X-Name": "v"}, "multiValueHeaders": None}, "v"),
        ({"headers": {"X-Name": "last"}, "multiValueHeaders": {"X-Name": ["first", "last"]}}, ""),
        ({"headers": {"X-Name": "v"}, "multiValueHeaders": {"X-Other": ["v"]}}, ""),
        ({"multiValueHeaders": {"X-Name": ["v"], "x-name": ["v"]}}, ""),
        ({"headers": {"X-Name": "v", "x-name": "v"}}, ""),
        ({"multiValueHeaders": {"X-Name": []}}, ""),
        ({"multiValueHeaders": {"X-Name": "v"}}, ""),
        ({"multiValueHeaders": {"X-Name": [None]}}, ""),
        ({"multiValueHeaders": {"X-Name": [["v"]]}}, ""),
        ({"headers": {"X-Name": 5}}, ""),
        ({"headers": {"X-Name": ["v"]}}, ""),
        ({"headers": {5: "v", None: "v"}}, ""),
        ({"headers": ["X-Name", "v"]}, ""),
        ({"headers": {"X-Name": "v\u00e9"}}, ""),
        ({"headers": {"X-Name": "v\r\nX-Other: w"}}, ""),
        ({"headers": {"X-Name": "v\0"}}, ""),
        ({"headers": {"X-Name": "v" * 4096}}, "v" * 4096),
        ({"headers": {"X-Name": "v" * 4097}}, ""),
        ({}, ""),
    ],
)
def test_a_header_is_one_orderly_value_or_nothing(headers: dict[str, Any], value: str) -> None:
    assert request_of(headers).header("x-name") == value


@pytest.mark.parametrize(
    ("body", "encoded", "raw"),
    [
        ("{}", False, b"{}"),
        (base64.b64encode(b"\xff\x00").decode(), True, b"\xff\x00"),
        ("e30=", False, b"e30="),
        ("e30=", "true", b"e30="),
        ("e30=", 1, b"e30="),
        ("e30", True, b"e30"),
        ("e3 0=", True, b"e3 0="),
        ("\u2603", False, "\u2603".encode()),
        ("\ud800", False, b"\xed\xa0\x80"),
        ("\ud800", True, b"\xed\xa0\x80"),
        (None, False, b""),
        (None, True, b""),
        ({"a": 1}, False, b""),
        (5, True, b""),
    ],
)
def test_the_raw_body(body: object, encoded: object, raw: bytes) -> None:
    assert request_of({"body": body, "isBase64Encoded": encoded}).body == raw


@pytest.mark.parametrize(
    "event", [None, [], "x", 5, {}, {"requestContext": None, "headers": 5, "path": [], "resource": {}}]
)
def test_anything_is_a_request(event: object) -> None:
    request = request_of(event)
    assert (request.resource, request.path, request.body) == ("", "", b"")


@pytest.mark.parametrize("given", [None, 5, "", "short", "x" * 65, "0e7f2a52-8d0c\n", "<script>alert(1)</script>"])
def test_a_correlation_id_is_orderly(given: object) -> None:
    assert request_of({"requestContext": {"requestId": "0e7f2a52-8d0c"}}).id == "0e7f2a52-8d0c"
    request = request_of({"requestContext": {"requestId": given}})
    assert request.id != given
    assert len(request.id) == 36


def test_an_identifier_is_safe_to_log() -> None:
    request = request_of({"headers": {"id": "01EXAMPLE0000000000000001", "no-id": 'x", "level": "ERROR'}})
    assert request.identifier("id") == "01EXAMPLE0000000000000001"
    assert request.identifier("no-id") == ""
