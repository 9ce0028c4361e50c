"""What libraries would log of their own accord."""

import logging
import socketserver
import threading
from collections.abc import Iterator

import pytest

from linksync import observability
from linksync.outbound.connections import new_session
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.responses import Advice

ODD = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Fine: yes\r\n"
    b"Jane Doe's parcel is lost\r\nSet-Cookie: session=top-secret\r\n\r\n{}"
)


class _Odd(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(ODD)


@pytest.fixture
def odd_side() -> Iterator[HttpApi]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Odd) as server, new_session() as session:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield HttpApi(
            name="Zendesk",
            base_url=f"http://127.0.0.1:{server.server_address[1]}",
            parameter="ZendeskBaseUrl",
            advice=Advice(unauthorized="", forbidden="", refused=""),
            session=session,
        )
        thread.join()


def test_a_malformed_header_is_not_logged(odd_side: HttpApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)  # what Lambda's own handler lets through
    odd_side.send(Call(method="GET", path="/"), accept=frozenset({200}))
    assert "top-secret" not in caplog.text
    assert "Jane" not in caplog.text


def test_our_debug_level_is_not_the_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "new")  # loggers live as long as their process, by their service
    observability.logger.cache_clear()
    try:
        before = logging.getLogger().level
        assert observability.logger().log_level == logging.DEBUG
        assert logging.getLogger().level == before
        for library in ("botocore", "urllib3", "aws_lambda_powertools"):
            assert logging.getLogger(library).level != logging.DEBUG
    finally:
        observability.logger.cache_clear()
