"""One request and its response, over a session that only notes what it is asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import requests
import urllib3

from linksync.outbound.exchange import OutgoingRequest, exchange
from linksync.outbound.responses import BROKEN_OFF, TOO_SLOW, Response

REQUEST = OutgoingRequest(
    what="Zendesk: POST /things",
    method="POST",
    url="https://acme.zendesk.com/things",
    headers={"Authorization": "Bearer hunter2"},
    body={"client_secret": "hunter2"},
)


@dataclass
class Raw:
    """A body in pieces; an error among them is raised."""

    pieces: Iterator[bytes | Exception]

    def read1(self, size: int, *, decode_content: bool) -> bytes:
        assert (size, decode_content) == (65_536, True)
        piece = next(self.pieces, b"")
        if isinstance(piece, Exception):
            raise piece
        return piece


@dataclass
class Session:
    pieces: tuple[bytes | Exception, ...] = ()
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def request(self, *asked: object, **options: object) -> requests.Response:
        self.asked.append(asked)
        self.options = options
        response = requests.Response()
        response.status_code = 201
        response.raw = Raw(iter(self.pieces))
        response.close = lambda: None  # type: ignore[method-assign]  # there is no connection to give back
        return response


def exchanged(session: Session, most: int = 10) -> Response:
    return exchange(cast("requests.Session", session), REQUEST, connect=1.5, total=4.0, most_body_bytes=most)


def test_what_a_session_is_asked() -> None:
    session = Session()
    exchanged(session)
    timeout = session.options.pop("timeout")
    assert (timeout._connect, timeout.total) == (1.5, 4.0)
    assert session.asked == [("POST", "https://acme.zendesk.com/things")]
    assert session.options == {
        "headers": {"Authorization": "Bearer hunter2"},
        "json": {"client_secret": "hunter2"},
        "allow_redirects": False,
        "stream": True,
    }


@pytest.mark.parametrize(
    ("pieces", "body", "flaw"),
    [
        ((), b"", ""),
        ((b"12345", b"67890"), b"1234567890", ""),
        ((b"12345", b"678901"), b"", "with a body over 10 bytes"),
        ((b"1", urllib3.exceptions.ReadTimeoutError(None, "", "")), b"", TOO_SLOW),  # type: ignore[arg-type]
        ((b"1", urllib3.exceptions.ProtocolError()), b"", BROKEN_OFF),
        ((b"1", urllib3.exceptions.DecodeError()), b"", BROKEN_OFF),
        ((b"1", ConnectionResetError()), b"", BROKEN_OFF),
    ],
)
def test_a_body_is_whole_or_there_is_none(pieces: tuple[bytes | Exception, ...], body: bytes, flaw: str) -> None:
    response = exchanged(Session(pieces))
    assert (response.call, response.status) == ("Zendesk: POST /things", 201)
    assert (response.body, response.flaw) == (body, flaw)


def test_a_request_shows_neither_headers_nor_body() -> None:
    assert repr(REQUEST) == (
        "OutgoingRequest(what='Zendesk: POST /things', method='POST', url='https://acme.zendesk.com/things')"
    )
