"""One request and its response: sent over a session, read to the end or to a bound, and never shown in an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import requests
import urllib3

from linksync.errors import UpstreamUnavailable
from linksync.outbound.connections import NotConnected
from linksync.outbound.responses import BROKEN_OFF, TOO_SLOW, Response

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """What goes out.  `what` names vendor, method and path template: all that messages show."""

    what: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, object] | None = field(repr=False)


def exchange(
    session: requests.Session, request: OutgoingRequest, *, connect: float, total: float, most_body_bytes: int
) -> Response:
    """The response, within so many seconds to connect and in total.  Raises UpstreamUnavailable when there is none."""
    try:
        with session.request(
            request.method,
            request.url,
            headers=request.headers,
            json=request.body,
            # requests takes urllib3's own, which its stubs do not know.
            timeout=urllib3.Timeout(connect=connect, total=total),  # type: ignore[arg-type]
            allow_redirects=False,
            stream=True,
        ) as response:
            body, flaw = _body(response, most=most_body_bytes)
            return Response(
                call=request.what, status=response.status_code, headers=response.headers, body=body, flaw=flaw
            )
    except requests.RequestException as failure:  # its own text may hold a header: only its kind is shown
        unsent = _never_sent(failure)
        kind = unsent.kind if unsent else type(failure).__name__
    raise UpstreamUnavailable(
        f"{request.what} got no answer ({kind}); it will be tried again", maybe_applied=unsent is None
    )


def _never_sent(failure: requests.RequestException) -> NotConnected | None:
    """Why there was no connection to send the request over; None when it may have been sent."""
    cause = getattr(failure.args[0] if failure.args else None, "reason", None)
    return cause if isinstance(cause, NotConnected) else None


def _body(response: requests.Response, *, most: int) -> tuple[bytes, str]:
    """The body, or nothing and what is wrong with it: cut, too large, or too slow.  The status then still counts."""
    body = bytearray()
    try:
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            body += piece
            if len(body) > most:
                return b"", f"with a body over {most} bytes"
    except urllib3.exceptions.ReadTimeoutError:
        return b"", TOO_SLOW
    except (urllib3.exceptions.HTTPError, OSError):
        return b"", BROKEN_OFF
    return bytes(body), ""
