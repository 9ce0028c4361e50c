"""Connections: one time-out for all the addresses of a host, and one for all that comes out of a socket."""

import io
import logging
import socket
import ssl
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, current_thread

import pytest
from urllib3.exceptions import LocationParseError, SSLError
from urllib3.util.ssl_match_hostname import CertificateError

from linksync.outbound import connections
from linksync.outbound.connections import USER_AGENT, new_session

VERSION = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]["version"]


@dataclass
class Socket:
    """What a connection asks of a socket, on a road where only it takes time."""

    timeout: float | None = None
    given: list[float] = field(default_factory=list)

    def gettimeout(self) -> float | None:
        return self.timeout

    def settimeout(self, seconds: float) -> None:
        self.given.append(seconds)


@dataclass
class Network:
    """Addresses of which each takes its seconds and then is there or not; `now` is the time."""

    takes: Sequence[tuple[float, bool]]
    now: float = 1000.0
    tried: list[tuple[str, int]] = field(default_factory=list)
    given: list[float] = field(default_factory=list)
    connected: Socket = field(default_factory=Socket)

    def monotonic(self) -> float:
        return self.now

    def getaddrinfo(self, host: str, port: int, **options: object) -> list[object]:
        assert (host, port, options) == ("acme.example", 443, {"type": socket.SOCK_STREAM})
        return [(0, 0, 0, "", (f"192.0.2.{number}", port)) for number in range(len(self.takes))]

    def connect(self, address: tuple[str, int], *, timeout: float, socket_options: object) -> Socket:
        assert socket_options == [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        seconds, there = self.takes[len(self.tried)]
        self.tried.append(address)
        self.given.append(round(timeout, 6))
        self.now += min(seconds, timeout)
        if not there or seconds > timeout:
            raise TimeoutError(address[0])
        return self.connected


def new_socket(monkeypatch: pytest.MonkeyPatch, network: Network, seconds: float | None = 4.0) -> object:
    monkeypatch.setattr(connections, "monotonic", network.monotonic)
    monkeypatch.setattr(connections, "create_connection", network.connect)
    monkeypatch.setattr(socket, "getaddrinfo", network.getaddrinfo)
    return connections._Connection("acme.example", 443, timeout=seconds)._new_conn()  # type: ignore[arg-type]


DEAD, REFUSED = (99.0, False), (0.0, False)


@pytest.mark.parametrize(
    ("takes", "given", "left"),
    [
        ([(1.5, True)], [4.0], 2.5),
        ([(0.5, True), DEAD], [2.0], 3.5),
        ([DEAD, (0.5, True)], [2.0, 2.0], 1.5),
        ([REFUSED, (0.5, True)], [2.0, 4.0], 3.5),
        ([DEAD, DEAD, DEAD, (0.25, True)], [1.0, 1.0, 1.0, 1.0], 0.75),
        ([(0.4, False), (99.0, True), (0.0, True)], [1.333333, 1.8, 1.8], 1.8),
        ([DEAD, (2.0, True)], [2.0, 2.0], 0.01),
    ],
)
def test_each_address_has_its_share_of_what_is_left_and_the_handshake_the_rest(
    monkeypatch: pytest.MonkeyPatch, takes: Sequence[tuple[float, bool]], given: list[float], left: float
) -> None:
    network = Network(takes)
    assert new_socket(monkeypatch, network) is network.connected
    assert network.given == given
    assert network.tried == [(f"192.0.2.{number}", 443) for number in range(len(given))]
    assert network.connected.given == [pytest.approx(left)]


@pytest.mark.parametrize("takes", [[DEAD], [REFUSED], [DEAD, REFUSED], [DEAD] * 9])
def test_where_no_address_is_there_the_last_failure_is_told(
    monkeypatch: pytest.MonkeyPatch, takes: Sequence[tuple[float, bool]]
) -> None:
    network = Network(takes)
    with pytest.raises(TimeoutError, match=rf"192\.0\.2\.{len(takes) - 1}$"):
        new_socket(monkeypatch, network)
    assert len(network.tried) == len(takes)
    assert network.now <= 1004.001


def test_an_address_whose_time_is_over_is_tried_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network([DEAD, (0.0, True)])
    plain = network.connect

    def late(address: tuple[str, int], *, timeout: float, socket_options: object) -> Socket:
        try:
            return plain(address, timeout=timeout, socket_options=socket_options)
        finally:
            network.now += 5

    monkeypatch.setattr(network, "connect", late)
    assert new_socket(monkeypatch, network) is network.connected
    assert network.given == [2.0, 0.01]
    assert network.connected.given == [0.01]


def test_a_look_up_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(socket.gaierror):
        connections._addresses("acme.example", 443, seconds=1.0)


def test_without_a_time_out_there_is_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_addresses", lambda *_, **__: ["192.0.2.0"])
    network = Network([(0.0, True)])
    assert new_socket(monkeypatch, network, seconds=None) is network.connected
    assert (network.given, network.connected.given) == ([0.01], [0.01])


def test_a_look_up_has_the_connect_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def addresses(host: str, port: int, *, seconds: float) -> list[str]:
        assert (host, port) == ("acme.example", 443)
        given.append(seconds)
        return ["192.0.2.0"]

    monkeypatch.setattr(connections, "_addresses", addresses)
    new_socket(monkeypatch, Network([(0.0, True)]))
    assert given == [4.0]


@pytest.mark.parametrize(("left", "waits"), [(2.5, 2.5), (0.0, 0.0), (-1.0, 0.0)])
def test_a_look_up_takes_what_is_left_and_is_left_behind_in_its_thread(
    monkeypatch: pytest.MonkeyPatch, left: float, waits: float
) -> None:
    waited, daemons, asked = list[float](), list[bool](), Event()

    class Hanging(SimpleQueue[object]):
        def get(self, block: bool = True, timeout: float | None = None) -> object:
            waited.append(-1.0 if timeout is None else timeout)
            asked.wait(5.0)
            raise Empty

    def look_up(*_: object, **__: object) -> list[object]:
        daemons.append(current_thread().daemon)
        asked.set()
        return []

    monkeypatch.setattr(connections, "SimpleQueue", Hanging)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(TimeoutError, match="the name was not looked up in time"):
        connections._addresses("acme.example", 443, seconds=left)
    assert (waited, daemons) == ([waits], [True])


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionRefusedError(),
        socket.gaierror(),
        ssl.SSLCertVerificationError(),
        UnicodeError("label empty or too long"),
        CertificateError("hostname 'acme.example' doesn't match"),
        LocationParseError("acme.example"),
        SSLError("no TLS"),
    ],
)
def test_whatever_keeps_a_connection_from_being_made_is_named(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def connect(*_: object, **__: object) -> Socket:
        raise failure

    monkeypatch.setattr(connections, "_addresses", lambda *_, **__: ["192.0.2.0"])
    monkeypatch.setattr(connections, "create_connection", connect)
    with pytest.raises(connections.NotConnected) as caught:
        connections._Connection("acme.example", 443, timeout=1.0).connect()
    assert caught.value.kind == type(failure).__name__


@dataclass
class Bytes(io.RawIOBase):
    """Every read takes a second of the road."""

    network: Network

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]  # as it is called
        self.network.now += 1
        buffer[:1] = b"x"
        return 1


@pytest.mark.parametrize(("timeout", "reads"), [(3.0, 3), (2.5, 3), (1.0, 1), (0.0, 0), (None, 0)])
def test_what_comes_out_of_a_socket_has_one_time_out(
    monkeypatch: pytest.MonkeyPatch, timeout: float | None, reads: int
) -> None:
    network, sock = Network(()), Socket(timeout)
    monkeypatch.setattr(connections, "monotonic", network.monotonic)
    reader = connections._DeadlineReader(Bytes(network), sock)  # type: ignore[arg-type]
    assert [reader.read(1) for _ in range(reads)] == [b"x"] * reads
    with pytest.raises(TimeoutError):
        reader.read(1)
    assert sock.given == [(timeout or 0) - second for second in range(reads)]


def test_a_reader_that_is_closed_closes_what_it_reads() -> None:
    raw = Bytes(Network(()))
    reader = connections._DeadlineReader(raw, Socket(1.0))  # type: ignore[arg-type]
    assert (reader.closed, raw.closed) == (False, False)
    reader.close()
    assert (reader.closed, raw.closed) == (True, True)


def test_a_session_says_who_it_is_and_takes_nothing_from_the_environment() -> None:
    session = new_session()
    assert {name: session.headers[name] for name in ("User-Agent", "Accept")} == {
        "User-Agent": f"linksync/{VERSION}",
        "Accept": "application/json",
    }
    assert f"linksync/{VERSION}" == USER_AGENT
    assert session.trust_env is False


def test_malformed_headers_are_not_quoted_in_a_log() -> None:
    logger = logging.getLogger("urllib3")
    logger.setLevel(logging.WARNING)
    new_session()
    assert logger.level == logging.ERROR


@pytest.mark.parametrize(("method", "body"), [("HEAD", b""), ("GET", b"hello")])
def test_a_response_knows_what_it_is_to(method: str, body: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5.0)
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        response = connections._Response(ours, method=method)
        response.begin()
        assert response.read() == body
        response.close()
