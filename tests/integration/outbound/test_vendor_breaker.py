"""A vendor that keeps failing is left alone: what the breaker makes of real responses and broken connections."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import responses

from linksync.core.breaker import FIRST_PAUSE, OPENS_AFTER
from linksync.core.issue import Issue
from linksync.errors import LinksyncError, PutOff, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.deadline import within
from linksync.outbound.http_api import MOST_BODY_BYTES, Call, HttpApi, Timeouts
from linksync.outbound.links_v1 import LinksV1
from linksync.outbound.links_v2 import LinksV2
from linksync.outbound.vendor_apis import VendorApis
from linksync.outbound.vendor_breaker import observed_by
from tests.integration.outbound.simulated_vendors import ATLASSIAN, JIRA, ZENDESK, Clock, Loopback, Vault, waits

GET = Call(method="GET", path="/things")
OK = frozenset({200})
URL = f"{ZENDESK}/things"
CLIENT = {"client_id": "linksync", "client_secret": "zd-secret-hunter2"}


@dataclass
class Observer:
    calls: list[tuple[str, float]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def called(self, vendor: str, milliseconds: float) -> None:
        self.calls.append((vendor, milliseconds))

    def breaker_opened(self, vendor: str) -> None:
        self.opened.append(vendor)


@pytest.fixture(autouse=True)
def observer() -> Iterator[Observer]:
    observer = Observer()
    with observed_by(observer):
        yield observer


@pytest.fixture
def apis(vault: Vault, clock: Clock) -> VendorApis:
    return VendorApis(source=vault, clock=clock, timeouts=Timeouts(connect=0.5, total=0.6), breaker=True)


def get(api: HttpApi) -> int | type[LinksyncError]:
    try:
        return api.send(GET, accept=OK).status
    except LinksyncError as error:
        return type(error)


def opened(recorded: responses.RequestsMock, api: HttpApi) -> None:
    for _ in range(OPENS_AFTER):
        recorded.get(URL, status=503)
        assert get(api) is UpstreamUnavailable


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_failures_in_a_row_open_it_and_then_nobody_calls(
    recorded: responses.RequestsMock, zendesk: HttpApi, observer: Observer, status: int
) -> None:
    for _ in range(OPENS_AFTER):
        recorded.get(URL, status=status)
        get(zendesk)
    assert [get(zendesk) for _ in range(5)] == [PutOff] * 5
    assert observer.opened == ["zendesk"]
    assert len(observer.calls) == OPENS_AFTER


def test_what_is_put_off_is_told_when_the_vendor_is_asked_again(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock
) -> None:
    opened(recorded, zendesk)
    clock.now += 1
    with pytest.raises(PutOff, match=r"Zendesk: GET /things was not sent: .* after 4 s") as caught:
        zendesk.send(GET, accept=OK)
    assert caught.value.retry_after == FIRST_PAUSE - 1


@pytest.mark.parametrize("status", [200, 201, 302, 400, 403, 404, 409, 422, 429])
def test_every_other_response_closes_it(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock, observer: Observer, status: int
) -> None:
    opened(recorded, zendesk)
    clock.now += FIRST_PAUSE
    recorded.get(URL, status=status)
    for _ in range(OPENS_AFTER - 1):
        recorded.get(URL, status=500)
    for _ in range(OPENS_AFTER):
        assert get(zendesk) is not PutOff
    assert observer.opened == ["zendesk"]


def test_a_probe_that_fails_opens_it_for_twice_as_long(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock, observer: Observer
) -> None:
    opened(recorded, zendesk)
    clock.now += FIRST_PAUSE
    recorded.get(URL, status=503)
    assert get(zendesk) is UpstreamUnavailable
    clock.now += 2 * FIRST_PAUSE - 1
    assert get(zendesk) is PutOff
    assert observer.opened == ["zendesk"]


def test_a_success_between_failures_keeps_it_closed(recorded: responses.RequestsMock, zendesk: HttpApi) -> None:
    for status in (500, 500, 200, 500, 500, 200, 500):
        recorded.get(URL, status=status)
        assert get(zendesk) is not PutOff


def test_one_vendor_that_fails_leaves_the_other_alone(recorded: responses.RequestsMock, apis: VendorApis) -> None:
    zendesk, jira = apis.zendesk(ZENDESK), apis.jira(JIRA)
    opened(recorded, zendesk)
    recorded.get(f"{JIRA}/things", json={})
    assert (get(zendesk), get(jira)) == (PutOff, 200)


def test_without_a_breaker_every_call_is_made(recorded: responses.RequestsMock, vault: Vault, clock: Clock) -> None:
    zendesk = VendorApis(source=vault, clock=clock).zendesk(ZENDESK)
    for _ in range(10):
        recorded.get(URL, status=503)
        assert get(zendesk) is UpstreamUnavailable


@pytest.mark.parametrize("base", [ZENDESK, JIRA])
def test_failures_of_a_token_endpoint_count_for_its_vendor(
    recorded: responses.RequestsMock, apis: VendorApis, vault: Vault, base: str
) -> None:
    vault.cached = {"zendesk": CLIENT, "jira": CLIENT}
    api = apis.zendesk(base) if base == ZENDESK else apis.jira(base)
    for _ in range(OPENS_AFTER):
        recorded.post(f"{ZENDESK}/oauth/tokens" if base == ZENDESK else ATLASSIAN, status=503)
        get(api)
    assert get(api) is PutOff


def test_a_token_that_was_got_closes_nothing(
    recorded: responses.RequestsMock, apis: VendorApis, vault: Vault, clock: Clock, observer: Observer
) -> None:
    """Tokens come from another system than what they are for: the call with the token is the probe."""
    vault.cached = {"jira": CLIENT}
    api = apis.jira(JIRA)
    for number in range(OPENS_AFTER + 1):
        recorded.post(ATLASSIAN, json={"access_token": "abc", "expires_in": 60})
        recorded.get(f"{JIRA}/things", status=503)
        assert get(api) is UpstreamUnavailable
        clock.now += 60 if number < OPENS_AFTER else 0
    assert get(api) is PutOff
    clock.now += 2 * FIRST_PAUSE - 1
    assert get(api) is PutOff
    assert observer.opened == ["jira"]


def test_a_token_endpoint_that_is_back_lets_the_call_be_made(
    recorded: responses.RequestsMock, apis: VendorApis, vault: Vault, clock: Clock
) -> None:
    vault.cached = {"jira": CLIENT}
    api = apis.jira(JIRA)
    for _ in range(OPENS_AFTER):
        recorded.post(ATLASSIAN, status=503)
        assert get(api) is UpstreamUnavailable
    clock.now += FIRST_PAUSE
    recorded.post(ATLASSIAN, json={"access_token": "abc"})
    for status in (200, *[503] * (OPENS_AFTER - 1)):
        recorded.get(f"{JIRA}/things", status=status)
    assert [get(api) for _ in range(OPENS_AFTER)] == [200] + [UpstreamUnavailable] * (OPENS_AFTER - 1)


LONG = {"Retry-After": "93"}


@pytest.mark.parametrize(
    "headers",
    [
        LONG,
        LONG | {"x-rate-limit": "700", "x-rate-limit-remaining": "0"},
        LONG | {"RateLimit-Reason": "jira-quota-tenant-based"},
        {"ratelimit-limit": "700", "ratelimit-remaining": "0", "ratelimit-reset": "41"},
        {"X-RateLimit-Reset": "2023-11-14T22:15:20Z", "RateLimit-Reason": "jira-quota-global-based"},
    ],
)
def test_a_long_demand_is_met_by_one_call_of_the_process(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock, observer: Observer, headers: dict[str, str]
) -> None:
    recorded.get(URL, status=429, headers=headers)
    assert get(zendesk) is UpstreamThrottled
    clock.now += 40
    assert get(zendesk) is PutOff
    clock.now += 80
    recorded.get(URL, json={})
    assert get(zendesk) == 200
    assert observer.opened == ["zendesk"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Retry-After": "1"},
        {"Retry-After": "soon"},
        LONG | {"x-rate-limit": "700", "x-rate-limit-remaining": "512"},
        LONG | {"RateLimit-Reason": "jira-burst-based"},
        LONG | {"RateLimit-Reason": "jira-per-issue-on-write"},
    ],
)
def test_a_short_demand_and_one_of_a_single_endpoint_put_nobody_else_off(
    recorded: responses.RequestsMock, zendesk: HttpApi, headers: dict[str, str]
) -> None:
    for _ in range(10):
        recorded.get(URL, status=429, headers=headers)
        assert get(zendesk) is UpstreamThrottled


def test_a_connection_that_fails_counts(apis: VendorApis) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        api = apis.zendesk(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    assert [get(api) for _ in range(OPENS_AFTER + 1)] == [UpstreamUnavailable] * OPENS_AFTER + [PutOff]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n{",
    ],
)
def test_a_response_that_breaks_off_counts(apis: VendorApis, loopback: Loopback, broken: bytes) -> None:
    api = apis.zendesk(loopback.url)
    loopback.answers(*[broken] * OPENS_AFTER)
    assert [get(api) for _ in range(OPENS_AFTER + 1)] == [UpstreamUnavailable] * OPENS_AFTER + [PutOff]


@pytest.mark.parametrize("status", [b"404 Not Found", b"409 Conflict", b"422 Unprocessable"])
def test_a_4xx_whose_body_breaks_off_is_no_failure(apis: VendorApis, loopback: Loopback, status: bytes) -> None:
    api = apis.zendesk(loopback.url)
    loopback.answers(*[b"HTTP/1.1 " + status + b"\r\nContent-Length: 9\r\n\r\n{"] * (OPENS_AFTER + 1))
    assert PutOff not in [get(api) for _ in range(OPENS_AFTER + 1)]


def test_a_long_demand_counts_whatever_becomes_of_its_body(apis: VendorApis, loopback: Loopback, clock: Clock) -> None:
    api = apis.zendesk(loopback.url)
    loopback.answers(b"HTTP/1.1 429 Slow\r\nRetry-After: 93\r\nContent-Length: 9\r\n\r\n{")
    assert get(api) is UpstreamThrottled
    clock.now += 90
    assert get(api) is PutOff


def test_a_body_that_is_too_large_is_no_failure_of_the_vendors(
    recorded: responses.RequestsMock, zendesk: HttpApi
) -> None:
    """One lane's subject would have everybody else put off."""
    recorded.get(URL, body=b" " * (MOST_BODY_BYTES + 1))
    for _ in range(OPENS_AFTER + 1):
        assert get(zendesk) is UpstreamUnavailable


def test_a_hanging_vendor_counts_and_a_time_that_was_too_short_does_not(apis: VendorApis, loopback: Loopback) -> None:
    api = apis.zendesk(loopback.url)
    loopback.acts += [waits(2)] * 20
    for _ in range(5):
        with within(0.05):
            assert get(api) is UpstreamUnavailable
    assert [get(api) for _ in range(OPENS_AFTER + 1)] == [UpstreamUnavailable] * OPENS_AFTER + [PutOff]


def test_a_probe_is_cut(
    recorded: responses.RequestsMock, vault: Vault, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    zendesk = VendorApis(source=vault, clock=clock, breaker=True).zendesk(ZENDESK)
    opened(recorded, zendesk)
    clock.now += FIRST_PAUSE
    given: list[float] = []
    plain = zendesk.session.request

    def request(*args: object, timeout: Callable[..., object], **options: object) -> object:
        given.append(timeout.total)  # type: ignore[attr-defined]
        return plain(*args, timeout=timeout, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(zendesk.session, "request", request)
    recorded.get(URL, status=503)
    get(zendesk)
    assert 2.9 < given[0] <= 3.0


def test_nothing_is_recorded_for_a_call_that_will_not_be_made(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock
) -> None:
    opened(recorded, zendesk)
    ticket = LinksV2(zendesk=zendesk, external_id="ext-1").of_ticket("5001")
    for ready in (ticket.ready_to_create, ticket.ready_to_delete):
        with pytest.raises(PutOff):
            ready()
    with pytest.raises(PutOff):
        ticket.create(Issue("10001", "PROJ-1"))
    clock.now += FIRST_PAUSE
    ticket.ready_to_create()


def test_version_ones_links_may_be_listed_and_yet_no_call_be_made(
    recorded: responses.RequestsMock, zendesk: HttpApi, clock: Clock
) -> None:
    recorded.get(f"{ZENDESK}/api/v2/jira/links", json={"links": [], "meta": {}})
    ticket = LinksV1(zendesk=zendesk).of_ticket("5001")
    ticket.ready_to_create()
    opened(recorded, zendesk)
    for ready in (ticket.ready_to_create, ticket.ready_to_delete, lambda: ticket.ready_to_delete(link_id="7")):
        with pytest.raises(PutOff):
            ready()
    clock.now += FIRST_PAUSE
    ticket.ready_to_create()


def test_each_call_is_told_with_its_vendor_and_its_time(
    apis: VendorApis, loopback: Loopback, observer: Observer
) -> None:
    def slow(connection: socket.socket) -> bool:
        time.sleep(0.05)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        return False

    loopback.acts += [slow, slow, waits(1.2)]
    took = []
    for api in (apis.zendesk(loopback.url), apis.jira(loopback.url), apis.jira(loopback.url)):
        began = time.monotonic()
        get(api)
        took.append((time.monotonic() - began) * 1000)
    assert [vendor for vendor, _ in observer.calls] == ["zendesk", "jira", "jira"]
    assert all(50 <= told <= most for (_, told), most in zip(observer.calls, took, strict=True))
