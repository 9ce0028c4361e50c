"""The playground's web server: static files, the event stream, and what the page may have done.

It listens on the loopback alone, answers no request for another host and none that a foreign page has sent, and lets
its page load and call nothing but itself.
"""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from local.aws.guard import for_this_host
from local.http.server import LOOPBACK
from local.playground.controls import NotPossible
from local.playground.feed import Feed

PAGE = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MOST_BYTES = 65_536
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

type Act = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Does what the page asks for by name, with its details; raises NotPossible."""


class PageServer:
    """`with PageServer(feed, act) as server:` serves the page at `server.url`."""

    def __init__(self, feed: Feed, act: Act, *, port: int = 0) -> None:
        self._server = _Server(feed, act, port)

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.feed.close()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, feed: Feed, act: Act, port: int) -> None:
        super().__init__((LOOPBACK, port), _RequestHandler)
        self.feed = feed
        self.act = act
        self.hosts = frozenset(f"{name}:{self.server_address[1]}" for name in (LOOPBACK, "localhost"))
        self.origins = frozenset(f"http://{host}" for host in self.hosts)
        self.files = {f"/{path.name}": path for path in PAGE.iterdir() if path.suffix in TYPES}
        self.files["/"] = PAGE / "index.html"

    def handle_error(self, request: object, client_address: object) -> None:
        """Stays silent: browsers hang up whenever a tab is closed."""


class _RequestHandler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "linksync-playground"
    sys_version = ""
    timeout = 30

    def log_message(self, *_line: object) -> None:
        """Stays silent: the terminal is for the links."""

    def do_GET(self) -> None:
        """A file, or the stream."""
        if not self._admitted():
            return
        if self.path == "/events":
            self._stream()
        elif self.path in self.server.files:
            path = self.server.files[self.path]
            self._send(200, path.read_bytes(), TYPES[path.suffix])
        else:
            self._tell(404, {"error": "There is nothing here."})

    def do_POST(self) -> None:
        """Something that the page wants done: `/do/<name>` with a JSON object."""
        if not self._admitted():
            return
        size = int(self.headers.get("Content-Length") or 0)
        # A page elsewhere cannot send this type without asking first, and it would be told no.
        if self.headers.get_content_type() != "application/json" or not self.path.startswith("/do/"):
            self._tell(404, {"error": "Send a JSON object to /do/ and a name."})
        elif size > MOST_BYTES:
            self._tell(413, {"error": f"Send at most {MOST_BYTES} bytes."})
        else:
            self._do(self.path.removeprefix("/do/"), self.rfile.read(size))

    def _do(self, name: str, body: bytes) -> None:
        try:
            details = json.loads(body)
            self._tell(200, self.server.act(name, details))
        except NotPossible as problem:
            self._tell(409, {"error": str(problem)})
        except (ValueError, KeyError, TypeError, AttributeError):
            self._tell(400, {"error": "Send a JSON object with what this needs."})

    def _admitted(self) -> bool:
        """Whether this is for us, and from us; else it has been refused."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        if for_this_host(host, origin, hosts=self.server.hosts, origins=self.server.origins):
            return True
        self._tell(403, {"error": "This page is for the machine that it runs on."})
        return False

    def _stream(self) -> None:
        self._head(200, "text/event-stream", None)
        for event in self.server.feed.events():
            self.wfile.write(event)

    def _tell(self, status: int, body: Mapping[str, Any]) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self._head(status, kind, len(body))
        self.wfile.write(body)

    def _head(self, status: int, kind: str, length: int | None) -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
