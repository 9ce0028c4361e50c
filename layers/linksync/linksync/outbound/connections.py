"""HTTP connections whose every wait ends with the time-out of their request.

urllib3's time-outs are for one read each, and for one address each: a server that sends a byte now and then, a stream
of `100 Continue`, an endless chunk extension or a host with many dead addresses escapes them.  Here the connect
time-out is for looking up the name, connecting and the TLS handshake together, and the read time-out for the whole
response.
https://urllib3.readthedocs.io/en/stable/reference/urllib3.connection.html
"""

import http.client
import io
import logging
import socket
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.connection import create_connection

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

USER_AGENT = "linksync/0.1.0"
_LONGEST_LINE = 65_536  # as http.client has it; urllib3 reads the lines between chunks without a bound


class NotConnected(NewConnectionError):
    """There was no connection to send the request over: no address, nobody there, no TLS.  `kind` names what failed."""

    def __init__(self, connection: HTTPConnection, kind: str) -> None:
        super().__init__(connection, kind)
        self.kind = kind


class _Session(requests.Session):
    """Even when told not to follow a redirect, requests prepares the next call, and reads the whole body for it."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002  the library's name
        return


class _DeadlineReader(io.RawIOBase):
    """What comes out of a socket, until its time-out is over, counted from now."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock
        self._end = monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("the response took too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LineReader(io.BufferedReader):
    """A reader whose lines have a longest length, also for those who ask for none."""

    def readline(self, size: int | None = -1, /) -> bytes:
        return super().readline(_LONGEST_LINE if size is None or size < 0 else size)


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  handed on as they are
        super().__init__(sock, *args, **kwargs)
        self.fp: io.BufferedReader = _LineReader(_DeadlineReader(self.fp.detach(), sock))

    def begin(self) -> None:
        """To the response that is meant: http.client takes 103 Early Hints for it, and the next call would get it."""
        super().begin()
        while HTTPStatus.CONTINUE < self.status < HTTPStatus.OK:
            self.headers = self.msg = None  # type: ignore[assignment]  # else it does not begin
            super().begin()


class _Connection(HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError, ValueError) as failure:  # urllib3's CertificateError is a ValueError
            raise NotConnected(self, type(failure).__name__) from failure

    def _new_conn(self) -> socket.socket:
        """A socket that has what is left of the connect time-out for the TLS handshake."""
        end = monotonic() + (self.timeout or 0.0)
        addresses = _addresses(self.host, self.port, seconds=end - monotonic())
        for tried, address in enumerate(addresses):
            try:
                share = (end - monotonic()) / (len(addresses) - tried)
                sock = create_connection(
                    (address, self.port), timeout=max(share, 0.01), socket_options=self.socket_options
                )
            except OSError as error:
                failure = error
            else:
                sock.settimeout(max(end - monotonic(), 0.01))
                return sock
        raise failure


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  handed on as they are
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def new_session() -> requests.Session:
    """A session that takes nothing from the environment and keeps no cookies, only connections."""
    # urllib3 warns of malformed headers by quoting them, cookies and people's text included.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
    session.mount("https://", _Adapter())
    session.mount("http://", _Adapter())
    return session


def _addresses(host: str, port: int, *, seconds: float) -> list[str]:
    """The addresses of a host.  The resolver takes no time-out: one that hangs is left behind in its thread."""
    outcome: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            outcome.put([str(address[0]) for *_, address in found])
        except OSError as error:
            outcome.put(error)

    Thread(target=look_up, daemon=True).start()
    try:
        addresses = outcome.get(timeout=max(seconds, 0.0))
    except Empty:
        raise TimeoutError("the name was not looked up in time") from None
    if isinstance(addresses, OSError):
        raise addresses
    return addresses
