"""The playground's server answers this machine's own page, and nobody else."""

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.playground.controls import NotPossible
from local.playground.feed import Feed
from local.playground.server import PAGE, PageServer

JSON = {"Content-Type": "application/json"}


class Page:
    """Requests to a server whose page may do one thing."""

    def __init__(self, server: PageServer, feed: Feed, done: list[Any]) -> None:
        self.server, self.feed, self.done = server, feed, done
        self.host = server.url.removeprefix("http://").rstrip("/")

    def ask(
        self, path: str, *, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.host, timeout=5)
        connection.request(method, path, body, dict(headers or {}))
        return connection.getresponse()

    def do(self, name: str, details: object, **headers: str) -> tuple[int, Any]:
        response = self.ask(f"/do/{name}", method="POST", body=json.dumps(details).encode(), headers=JSON | headers)
        return response.status, json.loads(response.read())


@pytest.fixture
def page() -> Iterator[Page]:
    feed, done = Feed(), []

    def act(name: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
        if name != "ticket":
            raise NotPossible("There is nothing of that name.")
        done.append((details["id"], details["text"]))
        return {"told": "done"}

    with PageServer(feed, act) as server:
        yield Page(server, feed, done)


def test_it_listens_on_the_loopback_alone(page: Page) -> None:
    assert page.host.startswith("127.0.0.1:")


@pytest.mark.parametrize("path", ["/", *(f"/{file.name}" for file in PAGE.iterdir())])
def test_every_file_of_the_page_is_served_under_a_strict_policy(page: Page, path: str) -> None:
    response = page.ask(path)
    policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert response.status == 200
    assert policy.pop("default-src") == "'none'"
    assert policy.pop("require-trusted-types-for") == "'script'"
    assert set(policy.values()) == {"'self'", "'none'"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_no_file_of_the_page_names_another_host() -> None:
    for file in PAGE.iterdir():
        text = file.read_text("utf-8").replace(
            "http://www.w3.org/2000/svg", ""
        )  # the name of SVG, which is never asked
        assert "://" not in text, file.name


@pytest.mark.parametrize("path", ["/../server.py", "/server.py", "/page/", "/nothing"])
def test_nothing_else_is_served(page: Page, path: str) -> None:
    assert page.ask(path).status == 404


@pytest.mark.parametrize("path", ["/", "/events", "/do/ticket"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", ""])
def test_a_name_that_somebody_else_gave_this_machine_is_refused(page: Page, path: str, host: str) -> None:
    assert page.ask(path, headers={"Host": host}).status == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_what_a_foreign_page_sends_is_refused(page: Page, origin: str) -> None:
    assert page.do("ticket", {"id": 5001, "text": ""}, Origin=origin)[0] == 403
    assert page.ask("/events", headers={"Origin": origin}).status == 403
    assert page.done == []


def test_what_the_page_itself_sends_is_done(page: Page) -> None:
    own = page.server.url.rstrip("/")
    assert page.do("ticket", {"id": 5001, "text": "PROJ-1"}, Origin=own) == (200, {"told": "done"})
    assert page.done == [(5001, "PROJ-1")]


def test_what_a_form_elsewhere_could_send_is_not_done(page: Page) -> None:
    body = b'{"id": 5001, "text": ""}'
    assert page.ask("/do/ticket", method="POST", body=body, headers={"Content-Type": "text/plain"}).status == 404
    assert page.done == []


@pytest.mark.parametrize(
    ("details", "status"), [({}, 400), ([], 400), ("text", 400), ({"id": 5001, "text": "x" * 70_000}, 413)]
)
def test_what_cannot_be_read_is_told(page: Page, details: object, status: int) -> None:
    told = page.do("ticket", details)
    assert (told[0], set(told[1])) == (status, {"error"})


def test_what_is_not_possible_says_why(page: Page) -> None:
    assert page.do("nothing", {}) == (409, {"error": "There is nothing of that name."})


def test_the_stream_sends_the_state_when_it_changes_and_a_beat_in_between(page: Page) -> None:
    page.feed.publish({"tickets": 1})
    stream = page.ask("/events")
    assert stream.headers["Content-Type"] == "text/event-stream"
    assert _event(stream) == ("state", {"tickets": 1})
    name, beat = _event(stream)
    assert (name, beat["now"] >= beat["looked_at"] > 0) == ("beat", True)
    page.feed.publish({"tickets": 1})
    page.feed.publish({"tickets": 2})
    assert _event(stream) == ("state", {"tickets": 2})
    assert _event(stream)[0] == "beat"
    assert _event(stream)[0] == "beat"


def _event(stream: http.client.HTTPResponse) -> tuple[str, Any]:
    lines = [stream.readline().decode().rstrip("\n") for _ in range(3)]
    return lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))
