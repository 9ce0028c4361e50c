"""Proving who we are: Basic and OAuth, tokens renewed in time, changed secrets in force at once."""

import pytest
import responses
from responses.matchers import header_matcher, json_params_matcher

from linksync.errors import LinksyncError, Misconfigured, UpstreamForbidden, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound import auth
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.vendor_apis import VendorApis
from tests.integration.outbound.simulated_vendors import ATLASSIAN, JIRA, ZENDESK, Clock, Loopback, Shown, Vault

GET = Call(method="GET", path="/things")
OK = frozenset({200})

ZENDESK_TOKEN_REQUEST = {
    "grant_type": "client_credentials",
    "client_id": "linksync",
    "client_secret": "zd-secret-hunter2",
    "scope": "read write",
    "expires_in": 3600,
}


@pytest.fixture
def vault() -> Vault:
    return Vault(
        {
            "zendesk": {"client_id": "linksync", "client_secret": "zd-secret-hunter2"},
            "jira": {"client_id": "robot", "client_secret": "jira-secret-hunter2"},
        }
    )


def tokens(recorded: responses.RequestsMock, value: str, *, life: float | None = 3600, url: str = "") -> None:
    body = {"access_token": value, "token_type": "bearer", "scope": "read write", "expires_in": life}
    recorded.post(url or f"{ZENDESK}/oauth/tokens", json=body)


def thing(recorded: responses.RequestsMock, bearer: str, *, status: int = 200, base: str = ZENDESK) -> None:
    expected = header_matcher({"Authorization": bearer if " " in bearer else f"Bearer {bearer}"})
    recorded.get(f"{base}/things", status=status, json={}, match=[expected])


def get(api: HttpApi) -> int:
    return api.send(GET, accept=OK).status


def failure(api: HttpApi) -> LinksyncError:
    with pytest.raises(LinksyncError) as caught:
        get(api)
    return caught.value


def test_zendesks_api_token_is_basic_with_a_suffix(
    recorded: responses.RequestsMock, apis: VendorApis, vault: Vault
) -> None:
    vault.cached = {"zendesk": {"email": "bot@acme.example", "api_token": "hunter2"}}
    thing(recorded, "Basic Ym90QGFjbWUuZXhhbXBsZS90b2tlbjpodW50ZXIy")
    assert get(apis.zendesk(ZENDESK)) == 200


def test_jiras_api_token_is_basic(recorded: responses.RequestsMock, apis: VendorApis, vault: Vault) -> None:
    vault.cached = {"jira": {"email": "bot@acme.example", "api_token": "hunter2"}}
    thing(recorded, "Basic Ym90QGFjbWUuZXhhbXBsZTpodW50ZXIy", base=JIRA)
    assert get(apis.jira(JIRA)) == 200


def test_zendesks_token_is_asked_for_once_and_used_again(recorded: responses.RequestsMock, zendesk: HttpApi) -> None:
    body = {"access_token": "bearer-hunter2", "token_type": "bearer", "expires_in": 3600}
    recorded.post(f"{ZENDESK}/oauth/tokens", json=body, match=[json_params_matcher(ZENDESK_TOKEN_REQUEST)])
    thing(recorded, "bearer-hunter2")
    thing(recorded, "bearer-hunter2")
    assert [get(zendesk), get(zendesk)] == [200, 200]
    assert "Authorization" not in recorded.calls[0].request.headers


def test_jiras_token_comes_from_atlassian(recorded: responses.RequestsMock, apis: VendorApis) -> None:
    expected = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": "jira-secret-hunter2"}
    body = {"access_token": "bearer-hunter2", "expires_in": 3600}
    recorded.post(ATLASSIAN, json=body, match=[json_params_matcher(expected)])
    base = "https://api.atlassian.com/ex/jira/0a-1b"
    thing(recorded, "bearer-hunter2", base=base)
    assert get(apis.jira(base)) == 200


def test_jiras_token_comes_from_the_same_host_when_that_is_loopback(apis: VendorApis, loopback: Loopback) -> None:
    body = b'{"access_token": "bearer-hunter2", "expires_in": 3600}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    loopback.answers(head % len(body) + body, head % 2 + b"{}", keep=True)
    assert get(apis.jira(loopback.url)) == 200
    assert loopback.seen[0].startswith("POST /oauth/token HTTP/1.1\r\n")
    assert loopback.connections == 1


def test_a_token_is_replaced_a_minute_before_its_end(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock
) -> None:
    tokens(recorded, "first", life=300)
    thing(recorded, "first")
    thing(recorded, "first")
    tokens(recorded, "second", life=300)
    thing(recorded, "second")
    get(zendesk)
    clock.now += 239
    get(zendesk)
    clock.now += 1
    get(zendesk)


def test_a_very_short_token_is_used_for_half_its_life(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock
) -> None:
    tokens(recorded, "first", life=30)
    thing(recorded, "first")
    thing(recorded, "first")
    tokens(recorded, "second", life=None)
    thing(recorded, "second")
    thing(recorded, "second")
    for wait in (0, 14, 1, 500):
        clock.now += wait
        get(zendesk)


def test_a_revoked_token_is_renewed_once_on_a_401(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault
) -> None:
    tokens(recorded, "revoked")
    thing(recorded, "revoked", status=401)
    tokens(recorded, "second")
    thing(recorded, "second")
    assert get(zendesk) == 200
    assert vault.fresh_reads == 1


def test_401_twice_is_forbidden(recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown) -> None:
    for value in ("bearer-hunter2", "rotated-hunter2"):
        tokens(recorded, value)
        thing(recorded, value, status=401)
    error = failure(zendesk)
    assert isinstance(error, UpstreamForbidden)
    assert "ApiCredentials" in shown(error)


def test_a_secret_that_changed_from_api_token_to_oauth_is_picked_up_on_a_401(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault
) -> None:
    vault.cached = {"zendesk": {"email": "bot@acme.example", "api_token": "hunter2"}}
    thing(recorded, "Basic Ym90QGFjbWUuZXhhbXBsZS90b2tlbjpodW50ZXIy", status=401)
    tokens(recorded, "bearer-hunter2")
    thing(recorded, "bearer-hunter2")
    assert get(zendesk) == 200


def test_a_changed_secret_is_in_force_as_soon_as_its_cache_shows_it(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault
) -> None:
    tokens(recorded, "first")
    thing(recorded, "first")
    tokens(recorded, "second")
    thing(recorded, "second")
    get(zendesk)
    vault.cached = {"zendesk": {"client_id": "linksync", "client_secret": "rotated-hunter2"}}
    get(zendesk)


@pytest.mark.parametrize(("life", "half"), [(1, 0.5), (0.5, 0.25), (118, 59), (120, 60), (122, 62), (None, 540)])
def test_a_token_is_replaced_a_minute_before_its_end_or_at_half_its_life(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock, life: float | None, half: float
) -> None:
    tokens(recorded, "first", life=life)
    thing(recorded, "first")
    thing(recorded, "first")
    tokens(recorded, "second")
    thing(recorded, "second")
    get(zendesk)
    clock.now += half - 0.125
    get(zendesk)
    clock.now += 0.125
    get(zendesk)


def test_a_token_may_be_created(recorded: responses.RequestsMock, zendesk: HttpApi) -> None:
    recorded.post(f"{ZENDESK}/oauth/tokens", status=201, json={"access_token": "bearer-hunter2"})
    thing(recorded, "bearer-hunter2")
    assert get(zendesk) == 200


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_client_is_forbidden(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault, shown: Shown, status: int
) -> None:
    body = {"error": "invalid_client", "error_description": "zd-secret-hunter2 is not it"}
    recorded.post(f"{ZENDESK}/oauth/tokens", status=status, json=body)
    error = failure(zendesk)
    assert isinstance(error, UpstreamForbidden)
    assert f"Zendesk: POST /oauth/tokens was answered {status} (invalid_client)" in shown(error)
    assert vault.fresh_reads == 1


def test_a_client_refused_because_it_was_rotated_is_read_anew_at_once(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault
) -> None:
    vault.stored = {"zendesk": {"client_id": "linksync", "client_secret": "rotated-hunter2"}}
    recorded.post(f"{ZENDESK}/oauth/tokens", status=401)
    tokens(recorded, "second")
    thing(recorded, "second")
    assert get(zendesk) == 200


def test_a_secret_filled_in_a_moment_ago_is_read_anew_at_once(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault
) -> None:
    vault.cached = {}
    tokens(recorded, "first")
    thing(recorded, "first")
    assert get(zendesk) == 200


@pytest.mark.usefixtures("recorded")
def test_an_empty_secret_is_misconfigured_and_nothing_is_sent(zendesk: HttpApi, vault: Vault) -> None:
    vault.stored = vault.cached = {}
    assert isinstance(failure(zendesk), Misconfigured)


@pytest.mark.parametrize(
    ("status", "kind"), [(429, UpstreamThrottled), (503, UpstreamUnavailable), (500, UpstreamUnavailable)]
)
def test_a_token_endpoint_that_fails_is_asked_later(
    recorded: responses.RequestsMock, zendesk: HttpApi, vault: Vault, status: int, kind: type[LinksyncError]
) -> None:
    recorded.post(f"{ZENDESK}/oauth/tokens", status=status, headers={"Retry-After": "11"})
    error = failure(zendesk)
    assert isinstance(error, kind)
    assert getattr(error, "retry_after", None) == 11.0
    assert getattr(error, "maybe_applied", False) is False
    assert vault.fresh_reads == 0


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "{}",
        '{"access_token": ""}',
        '{"access_token": "hunter2\\r\\nX: y"}',
        '{"access_token": "hunter2", "expires_in": -1}',
        '{"access_token": "hunter2", "expires_in": 0}',
        '{"access_token": ["hunter2"]}',
    ],
)
def test_a_token_answer_that_is_none_is_no_answer(
    recorded: responses.RequestsMock, zendesk: HttpApi, shown: Shown, body: str
) -> None:
    recorded.post(f"{ZENDESK}/oauth/tokens", body=body)
    error = failure(zendesk)
    assert isinstance(error, UpstreamUnavailable)
    assert "POST /oauth/tokens was answered 200 without the JSON" in shown(error)


def test_a_token_endpoints_redirect_gets_no_secret(recorded: responses.RequestsMock, zendesk: HttpApi) -> None:
    recorded.post(f"{ZENDESK}/oauth/tokens", status=307, headers={"Location": "https://evil.example"})
    assert "Redirects are not followed" in str(failure(zendesk))


def test_no_secret_is_in_any_repr(recorded: responses.RequestsMock, apis: VendorApis) -> None:
    api = apis.zendesk(ZENDESK)
    tokens(recorded, "bearer-hunter2")
    assert api.authorization() == "Bearer bearer-hunter2"
    assert "hunter2" not in repr(auth._TokenResponse(access_token="bearer-hunter2"))
    assert "hunter2" not in repr([api, api.auth, vars(api.auth)["_token"], vars(api.auth)["_tokens"]])
