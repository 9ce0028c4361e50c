"""The simulated vendors, and how a test asks them something."""

import base64
import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.http.messages import HttpRequest, Json, Reply, Route
from local.http.server import Site
from local.jira import site as jira_site
from local.vendors import SimulatedVendors
from local.zendesk import site as zendesk_site

ZENDESK_BASIC = f"{zendesk_site.EMAIL}/token:{zendesk_site.API_TOKEN}"
JIRA_BASIC = f"{jira_site.EMAIL}:{jira_site.API_TOKEN}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.  `body` is JSON where it is JSON, else text."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one site, as the user whose `name:password` is given."""

    site: Site
    user: str

    def __call__(self, method: str, path: str, body: Json = None, *, auth: str | None = None, kind: str = "") -> Answer:
        basic = "Basic " + base64.b64encode(self.user.encode()).decode()
        headers = {"Authorization": basic if auth is None else auth, "Content-Type": kind or "application/json"}
        connection = http.client.HTTPConnection(self.site.url.removeprefix("http://"), timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, json.loads(text) if text[:1] in "{[" and text else text, dict(answer.headers))
        finally:
            connection.close()


class Receiver(Site):
    """Answers 202 to everything at three paths, and remembers it."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[HttpRequest] = []

    def routes(self) -> list[Route]:
        return [(method, "/(zendesk|jira|automation)", self._receive) for method in ("POST", "GET")]

    def _receive(self, request: HttpRequest) -> Reply:
        self.requests.append(request)
        return Reply(202, {"status": "accepted"})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


class Clock:
    """Time as a test says."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Callable[[], float]:
    """The vendors' clock; a module that sets the time has its own."""
    return time.time


@pytest.fixture
def vendors(clock: Callable[[], float]) -> Iterator[SimulatedVendors]:
    with SimulatedVendors(clock=clock, time_scale=0.001) as vendors:
        yield vendors


@pytest.fixture(scope="module")
def running() -> Iterator[SimulatedVendors]:
    """Vendors that all tests of a module share."""
    with SimulatedVendors() as vendors:
        yield vendors


@pytest.fixture
def zendesk(vendors: SimulatedVendors) -> Asker:
    return Asker(vendors.zendesk, ZENDESK_BASIC)


@pytest.fixture
def jira(vendors: SimulatedVendors) -> Asker:
    return Asker(vendors.jira, JIRA_BASIC)
