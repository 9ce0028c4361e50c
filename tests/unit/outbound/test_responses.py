"""What a response tells before anybody reads its body: whether it is whole, what it changed, what it limits."""

import pytest

from linksync.errors import UpstreamUnavailable
from linksync.outbound.responses import BROKEN_OFF, TOO_SLOW, Response, ResponseModel


def response(status: int, body: bytes = b"", *, flaw: str = "", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(call="Zendesk GET /api/v2/tickets/{id}", status=status, headers=named, body=body, flaw=flaw)


def test_it_shows_neither_headers_nor_body() -> None:
    shown = repr(response(200, b"a customer's text", Set_Cookie="a session"))
    assert "customer" not in shown
    assert "session" not in shown


class Named(ResponseModel):
    name: int


def test_no_error_holds_what_could_not_be_read() -> None:
    with pytest.raises(UpstreamUnavailable) as error:
        response(200, b'{"name": "a customer"}').read(Named)
    assert "customer" not in str(error.value)
    with pytest.raises(ValueError, match="name") as refused:
        Named.model_validate_json(b'{"name": "a customer"}')
    assert "customer" not in str(refused.value)


@pytest.mark.parametrize("status", [200, 201, 299, 300, 404, 500])
@pytest.mark.parametrize(
    ("flaw", "cut"), [("", False), (TOO_SLOW, True), (BROKEN_OFF, True), ("with too large a body", False)]
)
def test_a_success_is_cut_when_its_body_did_not_come(status: int, flaw: str, *, cut: bool) -> None:
    assert response(status, flaw=flaw).cut == (cut and status < 300)


@pytest.mark.parametrize("status", [103, 200, 301, 399, 408, 500, 502, 503, 504, 599])
def test_what_may_have_changed_something(status: int) -> None:
    assert response(status).maybe_applied


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 409, 425, 429, 499])
def test_a_4xx_changed_nothing(status: int) -> None:
    assert not response(status).maybe_applied


def test_a_503_that_says_when_to_come_back_changed_nothing() -> None:
    assert response(503, Retry_After="5").maybe_applied is False


ONE_ENDPOINT = "total=10; remaining=0; resets=2"


@pytest.mark.parametrize(
    ("headers", "every_call"),
    [
        ({}, True),
        ({"X_Rate_Limit": "700", "X_Rate_Limit_Remaining": "0"}, True),
        ({"X_Rate_Limit": "700", "X_Rate_Limit_Remaining": "12"}, False),
        ({"X_Rate_Limit": "700"}, True),
        ({"zendesk_ratelimit_tickets_update": ONE_ENDPOINT}, True),
        ({"zendesk_ratelimit_tickets_update": "total=10; remaining=3"}, True),  # says nothing of the plan
        (
            {
                "X_Rate_Limit": "700",
                "X_Rate_Limit_Remaining": "12",
                "zendesk_ratelimit_tickets_update": ONE_ENDPOINT,
            },
            False,
        ),
        ({"RateLimit_Reason": "jira-burst-based"}, False),
        ({"RateLimit_Reason": "jira-per-issue-on-write"}, False),
        ({"RateLimit_Reason": "jira-quota-global-based"}, True),
    ],
)
def test_a_429_is_of_every_call_unless_it_tells_of_one_endpoint(headers: dict[str, str], *, every_call: bool) -> None:
    assert response(429, **headers).throttles_every_call is every_call
    assert response(503, **headers).throttles_every_call is False


@pytest.mark.parametrize(
    ("status", "body", "foreign"),
    [(404, b"<html>", True), (404, b"[]", True), (404, b"", True), (404, b"{}", False), (400, b"<html>", False)],
)
def test_a_404_without_a_json_object_is_not_the_apis(status: int, body: bytes, *, foreign: bool) -> None:
    assert response(status, body).foreign_404 is foreign


@pytest.mark.parametrize(
    ("body", "code", "title"),
    [
        (b'{"errors": [{"code": "LinkAlreadyExists", "title": "It is there"}]}', "LinkAlreadyExists", "It is there"),
        (b'{"errors": [{"code": "a <b>customer</b>"}]}', "", ""),
        (b'{"error": "invalid_grant"}', "invalid_grant", ""),
        (b'{"error": "some_other"}', "", ""),
        (b'{"error": {"code": "InvalidEndpoint"}}', "", ""),
        (b'{"errors": []}', "", ""),
        (b"<html>", "", ""),
    ],
)
def test_the_word_for_an_error(body: bytes, code: str, title: str) -> None:
    assert (response(400, body).code, response(400, body).title) == (code, title)
