"""What the outbound tests meet: a clock, a secret, a loopback server that misbehaves on purpose."""

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

ZENDESK = "https://acme.zendesk.com"
JIRA = "https://acme.atlassian.net"
ATLASSIAN = "https://auth.atlassian.com/oauth/token"

type Shown = Callable[[BaseException], str]
type Act = Callable[[socket.socket], bool]


@dataclass
class Clock:
    now: float = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT

    def __call__(self) -> float:
        return self.now


@dataclass
class Vault:
    """The secret, behind a cache that only `fresh` refreshes."""

    stored: dict[str, object]
    cached: dict[str, object] = field(default_factory=dict)
    fresh_reads: int = 0

    def __post_init__(self) -> None:
        self.cached = self.stored

    def __call__(self, *, fresh: bool = False) -> dict[str, object]:
        if fresh:
            self.fresh_reads += 1
            self.cached = self.stored
        return self.cached


@dataclass
class Loopback:
    """A server on a real socket.  Each request gets the next act: it is handed the connection; True keeps it open.

    With a `tls` context it speaks https.  `greet` gets each connection before anything else, and may spoil it.
    """

    acts: list[Act] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    connections: int = 0
    tls: ssl.SSLContext | None = None
    greet: Callable[[socket.socket], object] = lambda _: None
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        """The base URL of this server."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.listener.getsockname()[1]}"

    def answers(self, *raw: bytes, keep: bool = False) -> None:
        """For one request each: these very bytes, then the connection is closed, or kept."""
        self.acts += [sends(data, keep) for data in raw]

    def serve(self) -> None:
        """Until the listener is closed."""
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection:
                self.greet(connection)
                if self.tls is None:
                    self._converse(connection)
                    return
                with self.tls.wrap_socket(connection, server_side=True) as encrypted:
                    self._converse(encrypted)
        except OSError:
            return

    def _converse(self, connection: socket.socket) -> None:
        while (request := _request(connection)) and self.acts:
            self.seen.append(request.decode())
            if not self.acts.pop(0)(connection):
                return


def _request(connection: socket.socket) -> bytes:
    """The next request, whole: its body may come in a packet of its own."""
    data = b""
    while piece := connection.recv(65536):
        data += piece
        head, end, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if end and len(body) >= int(length[1] if length else 0):
            break
    return data


def sends(data: bytes, keep: bool = False) -> Act:
    """These very bytes."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(data)
        return keep

    return act


def waits(seconds: float) -> Act:
    """Says nothing for that long, then closes the connection."""

    def act(_: socket.socket) -> bool:
        time.sleep(seconds)
        return False

    return act


def drips(start: bytes, piece: bytes, *, pause: float, seconds: float = 4.0) -> Act:
    """Sends the start, and then piece after piece for so long: a response without an end."""

    def act(connection: socket.socket) -> bool:
        end = time.monotonic() + seconds
        connection.sendall(start)
        while time.monotonic() < end:
            connection.sendall(piece)
            time.sleep(pause)
        return False

    return act
