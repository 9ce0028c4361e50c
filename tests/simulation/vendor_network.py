"""The way to Zendesk and Jira: a session under the real clients, with everything that may happen on the way.

It takes the place of requests' own session and sockets, whose ways are tested over loopback: here a call costs a tenth
of theirs, and there are many.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from local.http.messages import HttpRequest, Reply
from tests.simulation.clock import Clock, RunKilled
from tests.simulation.fault_injector import KILLS, FaultInjector
from tests.simulation.fault_kinds import Fault
from tests.simulation.simulated_vendor import SimulatedVendor
from tests.simulation.vendor_faults import BEFORE, DEMANDS, WRITTEN, failure, outcome, replaced

ENDLESS = 3_600.0
"""Seconds that a call without an end takes."""


class VendorNetwork(requests.Session):
    """`meanwhile` is what goes on elsewhere while a call is on its way; `calls` counts them by name.

    `wrongs` is what no call may do, in words.
    `demand_until` is the moment before which a vendor that answered 429 or 503 asked not to be called again.
    """

    def __init__(self, vendors: Mapping[str, SimulatedVendor], clock: Clock, injector: FaultInjector) -> None:
        super().__init__()
        self.vendors = vendors
        self.clock = clock
        self.injector = injector
        self.calls: Counter[str] = Counter()
        self.demand_until = 0.0
        self.wrongs: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def request(self, method: str, url: str, **asked: Any) -> requests.Response:  # type: ignore[override]  # as it is called
        """The answer, or what requests raises where there is none."""
        parts = urlsplit(url)
        vendor, request = self.vendors[parts.hostname or ""], _as_vendor_sees(method, parts.path, parts.query, asked)
        self.meanwhile()
        self.calls[vendor.name(request)] += 1
        self.injector.struck_at_home = 0
        try:
            reply, fault = self._exchange(vendor, request, asked["timeout"])
        except RunKilled:
            vendor.killed(request)
            self.injector.struck_at_home = 0  # not between an intent and its call
            raise
        vendor.ended(request, outcome(fault, reply))
        if isinstance(reply, Exception):
            raise reply
        self._note_demand(reply)
        return _as_client_sees(reply, broken=fault is Fault.BROKEN_BODY)

    def _exchange(
        self, vendor: SimulatedVendor, asked: HttpRequest, timeout: urllib3.Timeout
    ) -> tuple[Reply | Exception, Fault | None]:
        fault = vendor.standing_fault(asked) or self.injector.strike(BEFORE)
        if fault is not None and fault is not Fault.SLOW:
            return self._failed(vendor, fault, timeout)
        if fault is Fault.SLOW:
            self.clock.spend(self.injector.random.uniform(1, 9))
        reply = vendor.answer(asked)
        fault = self.injector.strike(WRITTEN if asked.method in ("POST", "DELETE", "PUT") else KILLS)
        if fault is None or fault is Fault.BROKEN_BODY:
            return reply, fault
        return self._failed(vendor, fault, timeout)

    def _failed(
        self, vendor: SimulatedVendor, fault: Fault, timeout: urllib3.Timeout
    ) -> tuple[Reply | Exception, Fault]:
        if fault in (Fault.HANG, Fault.HANG_AFTER_WRITE):
            if not isinstance(timeout.total, float):  # not raised: the worker takes what it does not know for a crash
                self.wrongs.append("a call without an end, whatever the server does")
            self.clock.spend(timeout.total if isinstance(timeout.total, float) else ENDLESS)
        demand = vendor.demand or self.injector.random.choice(DEMANDS)
        return failure(fault) or replaced(fault, demand), fault

    def _note_demand(self, reply: Reply) -> None:
        demand = reply.headers.get("Retry-After")
        if demand is not None and reply.status in (429, 503):
            self.demand_until = max(self.demand_until, self.clock.now + float(demand))


def _as_vendor_sees(method: str, path: str, query: str, asked: Mapping[str, Any]) -> HttpRequest:
    headers = {name.lower(): value for name, value in asked["headers"].items()}
    body = b"" if asked["json"] is None else json.dumps(asked["json"]).encode()
    return HttpRequest(method, path, dict(parse_qsl(query, keep_blank_values=True)), headers, body)


def _as_client_sees(reply: Reply, *, broken: bool) -> requests.Response:
    body, content_type = reply.encoded()
    response = requests.Response()
    response.status_code = reply.status
    response.headers = CaseInsensitiveDict({"Content-Type": content_type, **reply.headers})
    response.raw = _Body(body[: len(body) // 2] if broken else body, broken=broken)
    return response


class _Body:
    """What is read of an answer, to its end or until it breaks off."""

    def __init__(self, content: bytes, *, broken: bool) -> None:
        self._content, self._broken = BytesIO(content), broken

    def read1(self, most: int, *, decode_content: bool) -> bytes:
        piece = self._content.read1(most)
        if not piece and self._broken:
            raise urllib3.exceptions.ProtocolError("simulated: the connection was closed before the body's end")
        return piece

    def close(self) -> None:
        self._content.close()

    def release_conn(self) -> None:
        """Nothing is held."""
