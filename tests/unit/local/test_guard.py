"""Who is let in to the local AWS, and what the application behind gets to see."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.aws.guard import Guard

KEY = "k" * 32
HOST = "127.0.0.1:4567"
SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"


class Served:
    """One request through the guard."""

    def __init__(self, path: str, headers: Mapping[str, str], *, kind: str = "http") -> None:
        self.seen: list[str] = []
        self.sent: list[Any] = []
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        scope = {"type": kind, "path": path, "headers": raw}
        guard = Guard(behind=self._behind, key=KEY, hosts=frozenset({HOST, "localhost:4567"}), session=_session)
        # In a thread of its own: where a browser is open in this process, this one's event loop runs already.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: asyncio.run(guard(scope, self._receive, self._send))).result()

    @property
    def refused(self) -> bool:
        return not self.seen

    async def _behind(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.seen.append(scope["path"])

    async def _receive(self) -> Any:
        return {"type": "http.request"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


def _session(access_key: str, token: str) -> bool:
    return (access_key, token) == ("ASIAWORKER", "of the worker")


ROOT = {"host": HOST, "authorization": SIGNED.format(KEY)}


@pytest.mark.parametrize("host", [HOST, "localhost:4567", "LocalHost:4567"])
def test_who_has_the_key_is_let_in(host: str) -> None:
    assert Served("/2015-03-31/functions", ROOT | {"host": host}).seen == ["/2015-03-31/functions"]


def test_a_function_is_let_in_by_its_session() -> None:
    own = {"host": HOST, "authorization": SIGNED.format("ASIAWORKER"), "x-amz-security-token": "of the worker"}
    assert Served("/", own).seen == ["/"]


def test_a_delivery_needs_no_key() -> None:
    assert Served("/_aws/execute-api/ab12/v1/webhooks/zendesk", {"host": HOST}).seen


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": KEY},
        {"authorization": f"Basic {KEY}"},
        {"authorization": SIGNED.format("")},
        {"authorization": SIGNED.format("test")},  # the emulator's own root, known to everybody
        {"authorization": SIGNED.format("000000000000")},
        {"authorization": SIGNED.format(KEY[:-1])},
        {"authorization": SIGNED.format(f"{KEY}k")},
        {"authorization": SIGNED.format("\u00e9")},
        {"authorization": SIGNED.format("test"), "x-amz-security-token": "of the worker"},
        {"authorization": SIGNED.format("ASIAWORKER")},
        {"authorization": SIGNED.format("ASIAWORKER"), "x-amz-security-token": "guessed"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/2015-03-31/functions", "/_aws/lambda-url/ab12/", "/x/_aws/execute-api/"])
def test_a_guess_is_refused(path: str, headers: dict[str, str]) -> None:
    served = Served(path, {"host": HOST} | headers)
    assert served.refused
    assert served.sent[0]["status"] == 403


@pytest.mark.parametrize("path", ["/", "/_aws/execute-api/ab12/v1/webhooks/zendesk"])
@pytest.mark.parametrize("host", ["", "evil.example", "evil.example:4567", "127.0.0.1", "127.0.0.1:80", f"{HOST}.evil"])
def test_a_name_that_somebody_else_gave_this_machine_is_refused(host: str, path: str) -> None:
    assert Served(path, ROOT | {"host": host}).refused


@pytest.mark.parametrize("path", ["/", "/_aws/execute-api/ab12/v1/webhooks/zendesk"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"http://{HOST}"])
def test_a_page_is_refused_whatever_it_knows(origin: str, path: str) -> None:
    assert Served(path, ROOT | {"origin": origin}).refused


def test_a_web_socket_is_closed() -> None:
    served = Served("/", ROOT, kind="websocket")
    assert served.refused
    assert served.sent == [{"type": "websocket.close", "code": 1008}]


def test_the_servers_own_life_is_not_its_business() -> None:
    assert Served("/", {}, kind="lifespan").seen == ["/"]
