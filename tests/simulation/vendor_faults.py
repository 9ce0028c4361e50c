"""What each fault on the way to a vendor, or of its answer, looks like to the caller."""

import requests
import urllib3
from urllib3.connection import HTTPConnection

from linksync.outbound.connections import NotConnected
from local.http.messages import Reply
from local.http.pages import BAD_GATEWAY, NOT_FOUND
from local.switches import DATABASE_CONFLICT
from tests.simulation.fault_injector import KILLS
from tests.simulation.fault_kinds import Fault
from tests.simulation.link_witness import Outcome

BEFORE = KILLS | {
    Fault.THROTTLED,
    Fault.THROTTLED_FOR,
    Fault.UNAVAILABLE,
    Fault.UNAVAILABLE_FOR,
    Fault.SERVER_ERROR,
    Fault.GATEWAY_PAGE,
    Fault.PROXY_PAGE_404,
    Fault.LOGIN_PAGE,
    Fault.DATABASE_CONFLICT,
    Fault.NO_CONNECTION,
    Fault.RESET,
    Fault.SLOW,
    Fault.HANG,
}
"""Before a vendor does what it is asked."""

WRITTEN = KILLS | {
    Fault.SERVER_ERROR_AFTER_WRITE,
    Fault.GATEWAY_PAGE_AFTER_WRITE,
    Fault.RESET_AFTER_WRITE,
    Fault.TLS_FAILURE_AFTER_WRITE,
    Fault.HANG_AFTER_WRITE,
    Fault.BROKEN_BODY,
}
"""After it did."""

_NOT_WRITTEN = frozenset(
    {
        Fault.THROTTLED,
        Fault.THROTTLED_FOR,
        Fault.UNAVAILABLE_FOR,
        Fault.DATABASE_CONFLICT,
        Fault.NO_CONNECTION,
        Fault.OUTAGE_WITH_DEMAND,
    }
)
"""Those after which a caller can know that nothing was written.

A bare 503 is not among them: it may be a gateway's that lost its connection to the vendor.
"""

DEMANDS = (1.0, 3.0, 5.0, 60.0)
_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_REPLIES = {
    Fault.THROTTLED: Reply(429, "Number of allowed API requests per minute exceeded"),
    Fault.THROTTLED_FOR: Reply(429, {"error": "TooManyRequests"}),
    Fault.UNAVAILABLE: Reply(503, {"error": "ServiceUnavailable"}),
    Fault.OUTAGE: Reply(503, {"error": "ServiceUnavailable"}),
    Fault.UNAVAILABLE_FOR: Reply(503, _PAGE.format("Down for maintenance")),
    Fault.OUTAGE_WITH_DEMAND: Reply(503, _PAGE.format("Down for maintenance")),
    Fault.SERVER_ERROR: Reply(500, {"error": "InternalServerError"}),
    Fault.SERVER_ERROR_AFTER_WRITE: Reply(500, {"error": "InternalServerError"}),
    Fault.GATEWAY_PAGE: Reply(502, BAD_GATEWAY),
    Fault.GATEWAY_PAGE_AFTER_WRITE: Reply(504, _PAGE.format("504 Gateway Time-out")),
    Fault.PROXY_PAGE_404: Reply(404, NOT_FOUND),
    Fault.LOGIN_PAGE: Reply(200, _PAGE.format("Sign in to continue")),
    Fault.DATABASE_CONFLICT: Reply(409, DATABASE_CONFLICT),
}


def outcome(fault: Fault | None, reply: Reply | Exception) -> Outcome:
    """What a caller can learn from a call that met this.  Who is not let in learns nothing of a link."""
    if fault is None or fault is Fault.SLOW:
        return "not written" if isinstance(reply, Reply) and reply.status in (401, 403) else "answered"
    return "not written" if fault in _NOT_WRITTEN else "unknown"


def failure(fault: Fault) -> Exception | None:
    """What requests raises; None when there is an answer."""
    match fault:
        case Fault.NO_CONNECTION:
            pool = urllib3.HTTPSConnectionPool("unreachable.test")
            nobody = NotConnected(HTTPConnection("unreachable.test"), "ConnectionRefusedError")
            return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", nobody))
        case Fault.RESET | Fault.RESET_AFTER_WRITE:
            return requests.ConnectionError(urllib3.exceptions.ProtocolError("simulated", ConnectionResetError(104)))
        case Fault.TLS_FAILURE_AFTER_WRITE:
            return requests.exceptions.SSLError("simulated: bad record mac")
        case Fault.HANG | Fault.HANG_AFTER_WRITE:
            return requests.ReadTimeout("simulated")
    return None


def replaced(fault: Fault, demand: float) -> Reply:
    """The answer that comes instead of the vendor's own; `demand` goes into `Retry-After` where it has one."""
    reply = _REPLIES[fault]
    if fault in (Fault.THROTTLED_FOR, Fault.UNAVAILABLE_FOR, Fault.OUTAGE_WITH_DEMAND):
        return Reply(reply.status, reply.body, {"Retry-After": f"{demand:g}"})
    return reply
