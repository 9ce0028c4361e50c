"""What every status of a vendor means."""

import pytest
import responses

from linksync.errors import (
    LinksyncError,
    RetryLater,
    UpstreamForbidden,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.responses import ResponseModel
from tests.integration.outbound.simulated_vendors import Shown

URL = "https://acme.zendesk.com/api/v2/things/7"
GET = Call(method="GET", path="/api/v2/things/{thing}", ids={"thing": "7"})
OK = frozenset({200})


class Thing(ResponseModel):
    name: str


def failure(api: HttpApi) -> LinksyncError:
    with pytest.raises(LinksyncError) as caught:
        api.send(GET, accept=OK)
    return caught.value


@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 503, 504, 520, 599])
def test_a_passing_failure_is_tried_later(
    recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown, status: int
) -> None:
    recorded.get(URL, status=status, body="customer text", headers={"Retry-After": "17"})
    error = failure(zendesk)
    assert isinstance(error, UpstreamUnavailable)
    assert error.retry_after == 17.0
    assert f"Zendesk: GET /api/v2/things/{{thing}} was answered {status}; it will be tried again" in shown(error)


def test_a_failure_without_retry_after_leaves_the_wait_to_us(
    recorded: responses.RequestsMock, zendesk: HttpApi
) -> None:
    recorded.get(URL, status=503, headers={"ratelimit-reset": "41"})
    error = failure(zendesk)
    assert isinstance(error, RetryLater)
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "93"}, 93.0),
        ({"Retry-After": "Tue, 14 Nov 2023 22:15:20 GMT"}, 120.0),
        ({"X-RateLimit-Reset": "2023-11-14T22:14Z"}, 40.0),
        ({"ratelimit-reset": "41"}, 41.0),
        ({"Retry-After": "-1"}, None),
        ({}, None),
    ],
)
def test_throttling_says_how_long(
    recorded: responses.RequestsMock, zendesk: HttpApi, headers: dict[str, str], expected: float | None
) -> None:
    recorded.get(URL, status=429, body="Number of allowed API requests per minute exceeded", headers=headers)
    error = failure(zendesk)
    assert isinstance(error, UpstreamThrottled)
    assert expected == error.retry_after


def test_a_401_is_tried_once_more_and_is_then_an_operators_matter(
    recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown
) -> None:
    recorded.get(URL, status=401, json={"error": "Couldnt authenticate you"})
    recorded.get(URL, status=401, json={"error": "Couldnt authenticate you"})
    error = failure(zendesk)
    assert isinstance(error, UpstreamForbidden)
    assert '(Couldnt authenticate you). Check "zendesk" in the secret ApiCredentials' in shown(error)


def test_zendesks_403_names_the_switch_and_the_role(
    recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown
) -> None:
    title = "Link automation is not allowed for this integration"
    recorded.get(URL, status=403, json={"errors": [{"code": "Forbidden", "title": title}]})
    error = failure(zendesk)
    assert isinstance(error, UpstreamForbidden)
    assert '"Manage links" must be on' in shown(error)
    assert "must be an admin" in shown(error)
    assert title not in shown(error)


def test_jiras_403_names_the_permissions(recorded: responses.RequestsMock, jira: HttpApi, shown: Shown) -> None:
    recorded.get("https://acme.atlassian.net/api/v2/things/7", status=403)
    error = failure(jira)
    assert isinstance(error, UpstreamForbidden)
    assert "Browse projects" in shown(error)


@pytest.mark.parametrize("status", [400, 402, 404, 405, 406, 410, 413, 414, 415, 422, 451])
def test_any_other_4xx_is_refused_for_good(recorded: responses.RequestsMock, zendesk: HttpApi, status: int) -> None:
    recorded.get(URL, status=status, json={"errors": [{"code": "BadRequest", "title": "customer text"}]})
    error = failure(zendesk)
    assert isinstance(error, UpstreamRefused)
    assert f"was answered {status} (BadRequest). Zendesk will not accept this as it stands" in str(error)


@pytest.mark.parametrize("body", ["<html>No such page</html>", "", "Not Found", "[]", "null", '"NotFound"'])
def test_a_404_of_something_in_front_of_the_api_is_no_response(
    recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown, body: str
) -> None:
    recorded.get(URL, status=404, body=body)
    error = failure(zendesk)
    assert isinstance(error, UpstreamUnavailable)
    assert "was answered 404 by something other than its API; it will be tried again" in shown(error)


@pytest.mark.parametrize(
    "body",
    [
        '{"errors": [{"code": "PROJ-1 is secret!", "title": "customer text"}]}',
        '{"errors": [{"code": {"customer": "text"}}]}',
        '{"error": {"title": "customer text"}}',
        '{"error": "' + "customer text " * 5 + '"}',
        '{"error": "customer_text"}',
        '{"errorMessages": ["customer text"], "errors": {"customer": "text"}}',
        '["customer text"]',
        "customer text",
        pytest.param("[" * 100_000, id="nested"),
        "",
    ],
)
def test_nothing_of_a_body_but_a_plain_code_is_told(
    recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown, body: str
) -> None:
    recorded.get(URL, status=422, body=body)
    text = shown(failure(zendesk))
    assert "was answered 422. Zendesk" in text
    assert "customer" not in text
    assert "PROJ-1" not in text


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("target", ["https://evil.example/steal", "/api/v2/elsewhere"])
def test_redirects_are_refused_and_never_followed(
    recorded: responses.RequestsMock, zendesk: HttpApi, status: int, target: str
) -> None:
    recorded.get(URL, status=status, headers={"Location": target})
    error = failure(zendesk)
    assert isinstance(error, UpstreamRefused)
    assert "Redirects are not followed" in str(error)
    assert "evil" not in str(error)
    assert len(recorded.calls) == 1


@pytest.mark.parametrize("status", [201, 202, 204, 206])
def test_a_success_that_nobody_promised_is_no_evidence(
    recorded: responses.RequestsMock, zendesk: HttpApi, status: int
) -> None:
    recorded.get(URL, status=status)
    assert isinstance(failure(zendesk), UpstreamUnavailable)


@pytest.mark.parametrize(
    "body", ["<html>customer text</html>", "", "null", "[]", '{"name": 7}', '{"name": "x"', "\xff"]
)
def test_a_200_without_the_promised_json_is_no_evidence(
    recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown, body: str
) -> None:
    recorded.get(URL, body=body.encode("latin-1"))
    response = zendesk.send(GET, accept=OK)
    with pytest.raises(UpstreamUnavailable) as caught:
        response.read(Thing)
    assert "was answered 200 without the JSON" in shown(caught.value)
    assert "customer" not in shown(caught.value)


def test_the_promised_json_is_read_and_what_else_it_says_is_ignored(
    recorded: responses.RequestsMock, zendesk: HttpApi
) -> None:
    recorded.get(URL, json={"name": "it", "url": "https://evil.example"})
    assert zendesk.send(GET, accept=OK).read(Thing) == Thing(name="it")
