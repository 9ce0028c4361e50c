"""Answers that come so slowly that no time-out between two bytes ever strikes."""

import contextlib
from collections.abc import Iterator
from io import BufferedIOBase

from local.http.faults import Drip, Fault

HEAD = b"HTTP/1.1 200 OK\r\n"
_STARTS: dict[Drip, bytes] = {
    "headers": HEAD,
    "body": HEAD + b"Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n",
    "continue": b"",
    "chunks": HEAD + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2",
}
_PIECES: dict[Drip, bytes] = {
    "headers": b"X-Slow: 1\r\n",
    "body": b" ",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n",
    "chunks": b";x",
}


def drip(fault: Fault, stream: BufferedIOBase) -> None:
    """Sends pieces of an answer that never ends, until the fault or the caller's connection does."""
    with contextlib.suppress(OSError):
        for piece in _pieces(fault):
            stream.write(piece)
            stream.flush()


def _pieces(fault: Fault) -> Iterator[bytes]:
    yield _STARTS[fault.drip]
    while not fault.ended.wait(fault.pause):
        yield _PIECES[fault.drip]
