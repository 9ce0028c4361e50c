"""A small HTTP/1.1 server for the simulated vendors: routes, a call log, and injected faults."""

import re
import socket
import ssl
import struct
import threading
import time
from dataclasses import replace
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from local.http.calls import CallLog, RecordedCall
from local.http.drips import drip
from local.http.faults import Fault, Faults, wait_out
from local.http.messages import Handler, HttpRequest, Reply, Route
from local.http.site_settings import SiteSettings

LOOPBACK = "127.0.0.1"
NOT_FOUND = Reply(404, {"error": "InvalidEndpoint", "description": "Not found"})
GARBAGE = b"\x17\x03\x03\x00\x20" + b"\x00" * 32  # a TLS record that no key of the connection can have made

type Connected = socket.socket | tuple[bytes, socket.socket]


class Site:
    """A simulated vendor's web site: subclasses name their routes, and change what every answer shares.

    `missing` is the answer at a path that it does not have.  A site whose `settings` have a `url` has no socket: it is
    known by that, and whoever holds it calls `serve`.
    """

    missing = NOT_FOUND

    def __init__(self, settings: SiteSettings | None = None) -> None:
        self.settings = settings or SiteSettings()
        self.calls = CallLog()
        self.faults = Faults()

    @property
    def url(self) -> str:
        """Where the site answers, without a slash at the end."""
        return (
            self.settings.url
            or f"{'https' if self.settings.tls else 'http'}://{LOOPBACK}:{self._server.server_address[1]}"
        )

    @cached_property
    def _server(self) -> "_Server":
        return _Server(self, self.settings.tls)

    def routes(self) -> list[Route]:
        """Method, pattern of the whole path, handler; the first that matches serves the request."""
        raise NotImplementedError

    def guard(self, request: HttpRequest, handler: Handler) -> Reply:
        """What stands before every handler (credentials, limits); here nothing."""
        return handler(request)

    def serve(self, request: HttpRequest) -> Reply:
        """The answer that the site itself gives, faults aside."""
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                return self.guard(replace(request, args=match.groups()), handler)
        return self.missing

    @cached_property
    def _routes(self) -> list[tuple[str, re.Pattern[str], Handler]]:
        return [(method, re.compile(pattern), handler) for method, pattern, handler in self.routes()]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.faults.clear()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site: Site, tls: ssl.SSLContext | None) -> None:
        super().__init__((LOOPBACK, 0), _RequestHandler)
        self.site = site
        self.tls = tls

    def finish_request(self, request: Connected, client_address: object) -> None:
        """Serves one connection, in its own thread: there the handshake of TLS holds up nobody else."""
        if self.tls is None or not isinstance(request, socket.socket):
            super().finish_request(request, client_address)
        else:
            with self.tls.wrap_socket(request, server_side=True) as encrypted:
                super().finish_request(encrypted, client_address)

    def handle_error(self, request: Connected, client_address: object) -> None:
        """Stays silent: clients that hang up are part of the play."""

    def shutdown_request(self, request: Connected) -> None:
        """Closes without the polite end of stream where the connection is to be cut."""
        if _lingers(request):
            super().shutdown_request(request)
        else:
            self.close_request(request)


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, *_line: object) -> None:
        """Stays silent: the call log has it all."""

    def _work(self) -> None:
        started, parts = time.time(), urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.site.faults.take(self.command, parts.path)
        reply = self._outcome(fault, parts.path, parts.query, body)
        if fault:
            wait_out(fault)
        answer = (b"", "") if reply is None else reply.encoded()
        took, name = time.time() - started, fault.name if fault else ""
        status, correlation_id = reply.status if reply else None, self.headers.get("X-Correlation-Id", "")
        self.server.site.calls.record(
            RecordedCall(
                self.command, parts.path, parts.query, status, started, took, name, body, answer[0], correlation_id
            )
        )
        if fault and fault.drip:
            drip(fault, self.wfile)
            self._cut()
        elif reply is None:
            self._cut(garbage=fault is not None and fault.garbage)
        else:
            self._answer(reply, *answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _work  # noqa: N815  the names that http.server looks for

    def _outcome(self, fault: Fault | None, path: str, query: str, body: bytes) -> Reply | None:
        """The answer to send, or None where none is."""
        reply = None
        if fault is None or fault.works:
            values = {name: last[-1] for name, last in parse_qs(query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = self.server.site.serve(HttpRequest(self.command, path, values, headers, body, (), query))
        if fault is None or not (fault.cuts or fault.status):
            return reply
        return None if fault.cuts else Reply(fault.status or 500, fault.body, fault.headers)

    def _answer(self, reply: Reply, body: bytes, content_type: str) -> None:
        self.send_response(reply.status)
        headers = dict(reply.headers)
        if content_type:
            headers.setdefault("Content-Type", content_type)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _cut(self, *, garbage: bool = False) -> None:
        if garbage and isinstance(self.connection, ssl.SSLSocket):
            socket.socket.sendall(self.connection, GARBAGE)  # past the encryption
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


def _lingers(connection: Connected) -> bool:
    if not isinstance(connection, socket.socket) or connection.fileno() < 0:
        return True
    option = connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.calcsize("ii"))
    return option[: struct.calcsize("i")] == struct.pack("i", 0)
