"""No wait without an end: one deadline a call by the wall clock, whatever a server does."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest

from linksync.core.issue import Issue
from linksync.errors import UpstreamUnavailable
from linksync.outbound import connections
from linksync.outbound.deadline import seconds_left, within
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.links_v2 import LinksV2
from linksync.outbound.vendor_apis import VendorApis
from tests.integration.outbound.simulated_vendors import Act, Loopback, Vault, drips, waits

GET = Call(method="GET", path="/things")
OK = frozenset({200})
TOTAL = 0.6
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

DRIPS = {
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
    "one header": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    "a body": (HEAD + b"Content-Length: 1000000000\r\n\r\n", b" "),
    "a body without a length": (HEAD + b"\r\n", b" "),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 Early Hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "a chunk's extension": (CHUNKED + b"2", b";x"),
    "chunks": (CHUNKED, b"1\r\n \r\n"),
    "trailers": (CHUNKED + b"0\r\n", b"X-Slow: 1\r\n"),
}


@pytest.fixture
def api(apis: VendorApis, loopback: Loopback) -> HttpApi:
    return apis.zendesk(loopback.url)


@contextmanager
def ended_in_time(limit: float = TOTAL) -> Iterator[None]:
    """Within the limit, and a busy machine's second."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < limit + 1


def unavailable(api: HttpApi) -> UpstreamUnavailable:
    with pytest.raises(UpstreamUnavailable) as caught, ended_in_time():
        api.send(GET, accept=OK)
    return caught.value


@pytest.mark.parametrize("kind", DRIPS)
@pytest.mark.parametrize("pause", [0.05, 0.0], ids=["slowly", "without a pause"])
def test_a_response_that_drips(api: HttpApi, loopback: Loopback, kind: str, pause: float) -> None:
    start, piece = DRIPS[kind]
    loopback.acts.append(drips(start, piece, pause=pause))
    assert unavailable(api).maybe_applied is True


@pytest.mark.parametrize("kind", DRIPS)
def test_a_response_that_drips_through_tls(tls_api: HttpApi, loopback: Loopback, kind: str) -> None:
    start, piece = DRIPS[kind]
    loopback.acts.append(drips(start, piece, pause=0.05))
    assert unavailable(tls_api).maybe_applied is True


@pytest.mark.parametrize("greet", [waits(2), drips(b"\x16\x03\x03\x40\x00", b"\x02", pause=0.05)])
def test_a_handshake_that_does_not_end(tls_api: HttpApi, loopback: Loopback, greet: Act) -> None:
    loopback.greet = greet
    assert unavailable(tls_api).maybe_applied is False


def test_an_endless_line_between_chunks_takes_no_memory(api: HttpApi, loopback: Loopback) -> None:
    lines: list[int] = []
    plain = connections._LineReader.readline

    def measured(reader: connections._LineReader, size: int | None = -1, /) -> bytes:
        line = plain(reader, size)
        lines.append(len(line))
        return line

    loopback.acts.append(drips(CHUNKED + b"2", b";" + b"x" * 65_536, pause=0.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections._LineReader, "readline", measured)
        unavailable(api)
    assert max(lines) <= 65_537  # http.client asks for one more, to see that there is one more


def test_a_body_that_stalls(api: HttpApi, loopback: Loopback) -> None:
    def stall(connection: socket.socket) -> bool:
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{")
        return waits(2)(connection)

    loopback.acts.append(stall)
    assert "took too long" in str(unavailable(api))


def test_a_name_whose_look_up_hangs(apis: VendorApis, monkeypatch: pytest.MonkeyPatch) -> None:
    never = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(5) and [])
    error = unavailable(apis.zendesk("https://acme.zendesk.com"))
    assert "(TimeoutError)" in str(error)
    assert error.maybe_applied is False
    never.set()


def addresses(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    def look_up(host: str, port: int, *_: object, **__: object) -> list[object]:
        names = (host,) if host in found[1:] else found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_host_with_many_dead_addresses(apis: VendorApis, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def dead(address: tuple[str, int], timeout: float, **_: object) -> socket.socket:
        tried.append(address[0])
        time.sleep(timeout)
        raise TimeoutError

    monkeypatch.setattr(connections, "create_connection", dead)
    addresses(monkeypatch, *[f"192.0.2.{n}" for n in range(10)])
    assert unavailable(apis.zendesk("https://acme.zendesk.com")).maybe_applied is False
    assert len(tried) == 10


def test_a_dead_address_leaves_time_for_the_next(
    apis: VendorApis, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = connections.create_connection

    def connect(address: tuple[str, int], timeout: float, **options: object) -> socket.socket:
        if address[0] == "192.0.2.1":
            time.sleep(timeout)
            raise TimeoutError
        return plain(address, timeout, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(connections, "create_connection", connect)
    addresses(monkeypatch, "192.0.2.1", "127.0.0.1")
    loopback.answers(HEAD + b"Content-Length: 2\r\n\r\n{}")
    api = apis.zendesk(loopback.url.replace("127.0.0.1", "localhost"))
    assert api.send(GET, accept=OK).status == 200


def slow(status: bytes, body: bytes, seconds: float = TOTAL * 0.6) -> Act:
    def act(connection: socket.socket) -> bool:
        time.sleep(seconds)
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)
        return True

    return act


def test_a_second_try_with_renewed_credentials_has_what_the_first_left(api: HttpApi, loopback: Loopback) -> None:
    loopback.acts += [slow(b"401 Unauthorized", b""), slow(b"200 OK", b"{}")]
    assert "ReadTimeout" in str(unavailable(api))


def test_a_token_and_the_call_that_needs_it_share_their_time(api: HttpApi, loopback: Loopback, vault: Vault) -> None:
    vault.cached = {"zendesk": {"client_id": "linksync", "client_secret": "zd-secret-hunter2"}}
    loopback.acts += [
        slow(b"200 OK", b'{"access_token": "bearer-hunter2", "expires_in": 3600}'),
        slow(b"200 OK", b"{}"),
    ]
    assert "GET /things" in str(unavailable(api))


def test_a_delete_and_the_look_at_what_it_left_share_the_time_around_them(api: HttpApi, loopback: Loopback) -> None:
    loopback.acts += [slow(b"404 Not Found", b"<html>"), slow(b"200 OK", b"{}")]
    links = LinksV2(zendesk=api, external_id="ext-1").of_ticket("5001")
    with pytest.raises(UpstreamUnavailable), within(TOTAL), ended_in_time():
        links.delete("10001")


def test_without_any_time_left_nothing_is_sent(api: HttpApi, loopback: Loopback) -> None:
    links = LinksV2(zendesk=api, external_id="ext-1").of_ticket("5001")
    with pytest.raises(UpstreamUnavailable) as caught, within(0):
        links.create(Issue("10001", "PROJ-1"))
    assert re.search("was not sent: there was no time left", str(caught.value))
    assert caught.value.maybe_applied is False
    assert loopback.connections == 0


def test_the_earliest_end_counts() -> None:
    with within(50):
        with within(100):
            assert 49 < seconds_left() <= 50
        with within(10):
            assert 9 < seconds_left() <= 10
        assert 49 < seconds_left() <= 50
        with within(-1):
            assert seconds_left() == 0
    assert seconds_left() == float("inf")
