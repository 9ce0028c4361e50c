"""Faults hit the requests that they are meant for, and leave behind what they say."""

import http.client
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.http.faults import Drip
from local.http.messages import Handler, Reply
from local.http.server import Site
from local.http.site_settings import SiteSettings
from local.http.tls import LoopbackCertificate


class Counter(Site):
    """Counts up; the simplest thing that a lost answer can leave changed."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(SiteSettings(tls=tls))
        self.value = 0

    def routes(self) -> list[tuple[str, str, Handler]]:
        return [("POST", "/up", lambda _request: self._up())]

    def _up(self) -> Reply:
        self.value += 1
        return Reply(200, {"value": self.value})


@pytest.fixture
def site() -> Iterator[Counter]:
    with Counter() as site:
        yield site


def up(site: Counter, timeout: float = 5) -> tuple[int, str, str | None]:
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=timeout)
    try:
        connection.request("POST", "/up")
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers["Retry-After"]
    finally:
        connection.close()


def test_a_throttled_request_is_not_applied_and_the_next_one_is(site: Counter) -> None:
    fault = site.faults.add(status=429, retry_after=7, times=1)
    assert up(site) == (429, "Number of allowed API requests per minute exceeded", "7")
    assert (up(site)[0], site.value, fault.hits) == (200, 1, 1)
    assert [call.fault for call in site.calls.matching("POST", "/up")] == ["429", ""]


def test_retry_after_may_be_a_date_or_missing(site: Counter) -> None:
    site.faults.add(status=503, retry_after=datetime(2026, 11, 23, 12, 0, tzinfo=UTC), times=1)
    site.faults.add(status=503, times=1)
    assert [up(site)[2] for _ in range(2)] == ["Mon, 23 Nov 2026 12:00:00 GMT", None]


@pytest.mark.parametrize(("applied", "value"), [(False, 0), (True, 1)])
def test_a_cut_connection_is_cut_before_or_after_applying(site: Counter, applied: bool, value: int) -> None:
    site.faults.add(path="^/up$", method="POST", reset=True, applied=applied, times=1)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        up(site)
    assert (site.value, site.calls.matching()[0].status) == (value, None)


def test_a_slow_answer_is_applied_although_nobody_waits_for_it(site: Counter) -> None:
    site.faults.add(delay=0.3, times=1)
    with pytest.raises(TimeoutError):
        up(site, timeout=0.05)
    assert site.value == 1


def test_faults_end_when_they_are_removed_or_cleared(site: Counter) -> None:
    fault = site.faults.add(status=500)
    site.faults.add(method="GET", status=500)
    assert up(site)[0] == 500
    site.faults.remove(fault)
    assert up(site)[0] == 200
    site.faults.add(status=502)
    site.faults.clear()
    assert up(site)[0] == 200


def test_who_hangs_is_let_go_when_the_site_heals(site: Counter) -> None:
    site.faults.add(hang=True, applied=True)
    cut: list[BaseException] = []

    def call() -> None:
        try:
            up(site)
        except (ConnectionError, http.client.HTTPException) as problem:
            cut.append(problem)

    caller = threading.Thread(target=call)
    caller.start()
    caller.join(0.2)
    assert (caller.is_alive(), site.value) == (True, 1)
    site.faults.clear()
    caller.join(5)
    assert len(cut) == 1


@pytest.mark.parametrize("what", ["headers", "body", "continue", "chunks"])
def test_a_dripping_answer_outlives_every_time_out_between_two_bytes(site: Counter, what: Drip) -> None:
    site.faults.add(drip=what, pause=0.02)
    began = time.monotonic()
    threading.Timer(0.4, site.faults.clear).start()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        up(site, timeout=0.2)
    assert time.monotonic() - began >= 0.4
    assert site.value == 1


def test_a_page_is_sent_as_a_page(site: Counter) -> None:
    site.faults.add(status=404, body="<!DOCTYPE html><html><body>Lost</body></html>")
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=5)
    connection.request("POST", "/up")
    assert connection.getresponse().headers["Content-Type"] == "text/html; charset=utf-8"
    connection.close()


def test_a_fault_may_hit_by_chance(site: Counter) -> None:
    fault = site.faults.add(status=503, chance=0.5)
    assert {up(site)[0] for _ in range(30)} == {200, 503}
    assert fault.hits + site.value == 30


def test_tls_can_break_after_the_request_was_read(tmp_path: Path) -> None:
    certificate = LoopbackCertificate(tmp_path)
    with Counter(tls=certificate.server_context) as site:
        trusting = ssl.create_default_context(cafile=str(certificate.path))

        def call() -> int:
            connection = http.client.HTTPSConnection(site.url.removeprefix("https://"), timeout=5, context=trusting)
            try:
                connection.request("POST", "/up")
                return connection.getresponse().status
            finally:
                connection.close()

        assert call() == 200
        site.faults.add(garbage=True, applied=True, times=1)
        with pytest.raises(ssl.SSLError):
            call()
        assert site.value == 2
