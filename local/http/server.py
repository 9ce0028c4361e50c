"""A small HTTP/1.1 server for the simulated vendors: routes, a call log, and injected faults."""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from local.http.calls import CallLog, RecordedCall
from local.http.faults import Fault, Faults

LOOPBACK = "127.0.0.1"

# Whatever JSON holds: the bodies of requests and answers, the values of fields.
type Json = Any
type Connected = socket.socket | tuple[bytes, socket.socket]


class BadJson(Exception):
    """The request's body is not the JSON object that its path needs."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What a site's handlers see.  Header names are lower case; `args` are the groups of the route's pattern."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    args: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.  Raises BadJson for anything else."""
        try:
            value = json.loads(self.body)
        except ValueError as problem:
            raise BadJson from problem
        if not isinstance(value, dict):
            raise BadJson
        return value


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a JSON value, or text as it is."""

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """The bytes to send and their content type."""
        if self.body is None:
            return b"", ""
        if isinstance(self.body, str):
            return self.body.encode(), "text/plain; charset=utf-8"
        return json.dumps(self.body).encode(), "application/json; charset=utf-8"


type Handler = Callable[[HttpRequest], Reply]
NOT_FOUND = Reply(404, {"error": "InvalidEndpoint", "description": "Not found"})


class Site:
    """A simulated vendor's web site: subclasses name their routes, and change what every answer shares."""

    def __init__(self) -> None:
        self.calls = CallLog()
        self.faults = Faults()
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """Where the site answers, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, pattern of the whole path, handler; the first that matches serves the request."""
        raise NotImplementedError

    def guard(self, request: HttpRequest, handler: Handler) -> Reply:
        """What stands before every handler (credentials, limits); here nothing."""
        return handler(request)

    def serve(self, request: HttpRequest) -> Reply:
        """The answer that the site itself gives, faults aside."""
        for method, pattern, handler in self.routes():
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                asked = HttpRequest(
                    request.method, request.path, request.query, request.headers, request.body, match.groups()
                )
                return self.guard(asked, handler)
        return NOT_FOUND

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site: Site) -> None:
        super().__init__((LOOPBACK, 0), _Connection)
        self.site = site

    def handle_error(self, request: Connected, client_address: object) -> None:
        """Stays silent: clients that hang up are part of the play."""

    def shutdown_request(self, request: Connected) -> None:
        """Closes without the polite end of stream where the connection is to be cut."""
        if _lingers(request):
            super().shutdown_request(request)
        else:
            self.close_request(request)


class _Connection(BaseHTTPRequestHandler):
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
        if fault and fault.delay:
            time.sleep(fault.delay)
        answer = (b"", "") if reply is None else reply.encoded()
        took, name = time.time() - started, fault.name if fault else ""
        status = reply.status if reply else None
        self.server.site.calls.record(
            RecordedCall(self.command, parts.path, parts.query, status, started, took, name, body, answer[0])
        )
        if reply is None:
            self._cut()
        else:
            self._answer(reply, *answer)

    do_GET = do_POST = do_PUT = do_DELETE = _work  # noqa: N815  the names that http.server looks for

    def _outcome(self, fault: Fault | None, path: str, query: str, body: bytes) -> Reply | None:
        """The answer to send, or None where the connection is to be cut."""
        reply = None
        if fault is None or fault.works:
            values = {name: last[-1] for name, last in parse_qs(query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = self.server.site.serve(HttpRequest(self.command, path, values, headers, body))
        if fault is None or not (fault.reset or fault.status):
            return reply
        return None if fault.reset else Reply(fault.status or 500, fault.body, fault.headers)

    def _answer(self, reply: Reply, body: bytes, content_type: str) -> None:
        self.send_response(reply.status)
        headers = dict(reply.headers)
        if content_type:
            headers.setdefault("Content-Type", "application/json" if body[:1] in (b"{", b"[") else content_type)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


def _lingers(connection: Connected) -> bool:
    if not isinstance(connection, socket.socket):
        return True
    option = connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.calcsize("ii"))
    return option[: struct.calcsize("i")] == struct.pack("i", 0)
