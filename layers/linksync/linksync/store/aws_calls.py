"""The AWS calls on the way of a delivery, without botocore: SigV4 and `http.client`.

`sqs_calls`, `secrets_manager_calls` and `dynamodb_calls` have the services, each with as many operations as are used.

Why not boto3: it is most of what a function starts with (docs/adr/0007).

The operations take and give what boto3's of the same names do.  Everything is safe to be asked twice (messages have
deduplication ids, items are put whole), so every failed exchange may be repeated.  The MD5 sums in SQS's answers are
not compared: the signature covers the body's SHA-256, TLS covers the answer.  A client is not thread-safe: Lambda runs
one event at a time.  Proxies are not supported.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
"""

import json
import os
import random
import re
import ssl
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from linksync.errors import AwsRefused, AwsUnavailable
from linksync.store import aws_endpoints
from linksync.store.aws_clock import AwsClock
from linksync.store.aws_signature import signed

_LARGEST_ANSWER = 1024 * 1024  # bytes; a secret has at most 64 KiB, six times that when JSON escapes every character
_PAUSE = 0.2  # seconds, the longest before a second attempt; doubled before each later one
_CODE = re.compile(r"[A-Za-z.]{1,64}")
_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|ThroughputExceeded|SlowDown")
# What a kept connection that the other side has closed meanwhile ends in; RemoteDisconnected is a ConnectionError.
_HUNG_UP = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """Seconds to connect in, seconds to wait for an answer, and how many attempts there are in all."""

    connect: float
    read: float
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonProtocol:
    """A service's name in signatures, what its operations are called by, and its version of AWS's JSON protocol.

    `largest_answer` is in bytes.  `refusals` are the error codes after which asking again is in vain: what to do then.
    `promised` are the members without which a 200 is nobody's answer to an operation.
    """

    service: str
    target: str
    version: str
    largest_answer: int = _LARGEST_ANSWER
    refusals: Mapping[str, str] = field(default_factory=dict)
    promised: Mapping[str, str] = field(default_factory=dict)


class Caller:
    """Calls one service over one connection, which is kept.  `origin` is scheme and host."""

    def __init__(
        self,
        protocol: JsonProtocol,
        origin: str,
        limits: CallLimits,
        *,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._protocol, self._limits, self._sleep, self._clock = protocol, limits, sleep, AwsClock(clock)
        self._host = urlsplit(origin).netloc
        self._connection = (
            HTTPSConnection(self._host, timeout=limits.connect, context=_trust())
            if origin.startswith("https:")
            else HTTPConnection(self._host, timeout=limits.connect)
        )
        weakref.finalize(self, self._connection.close)

    def __call__(self, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the service answers.

        Raises AwsUnavailable, whose message holds AWS's error code (`AccessDeniedException` is for an operator to
        mend) or the name of the exception's type, and nothing else of request and answer; AwsRefused for a refusal.
        """
        body = json.dumps(asked).encode()
        for attempt in range(self._limits.attempts):
            answer, error, transient = self._attempt(operation, body)
            if answer is not None:
                return answer
            if not transient or attempt + 1 == self._limits.attempts:
                break
            self._sleep(random.uniform(0, _PAUSE * 2**attempt))  # noqa: S311  jitter
        what, code = f"{self._protocol.service} answered {operation} with {error}", error.rpartition(" ")[2]
        if advice := self._protocol.refusals.get(code):
            raise AwsRefused(f"{what}: {advice}")
        raise AwsUnavailable(f"{what}; it will be tried again")

    def _attempt(self, operation: str, body: bytes) -> tuple[Mapping[str, Any] | None, str, bool]:
        """The answer; or the error's name, and whether another attempt may succeed."""
        headers = self._headers(operation, body)
        try:
            status, data, date = self._exchange(headers, body)
        except (OSError, HTTPException) as error:
            self._connection.close()
            return None, f"nothing ({type(error).__name__})", True
        document = _document(data)
        if status == 200:
            return self._promised(operation, document), "no JSON of its kind", True
        code = _code(document or {})
        transient = status >= 500 or status == 429 or bool(_THROTTLED.search(code))
        return None, f"{status} {code}".rstrip(), transient or self._clock.learns_from(status, date)

    def _promised(self, operation: str, document: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        member = self._protocol.promised.get(operation)
        return document if member is None or member in (document or {}) else None

    def _exchange(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes, str | None]:
        """Status, body and AWS's time."""
        if self._connection.sock is not None:
            try:
                return self._send(headers, body)
            except _HUNG_UP:
                self._connection.close()
        self._connect()
        return self._send(headers, body)

    def _connect(self) -> None:
        self._connection.connect()
        self._connection.sock.settimeout(self._limits.read)

    def _send(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes, str | None]:
        self._connection.request("POST", "/", body, dict(headers))
        response = self._connection.getresponse()
        if response.status < 200:  # the next call would get what is meant for this one
            raise HTTPException("the answer is only announced")
        data = response.read(self._protocol.largest_answer)
        if response.read(1):
            raise HTTPException("the answer is too large")
        return response.status, data, response.getheader("Date")

    def _headers(self, operation: str, body: bytes) -> dict[str, str]:
        protocol = self._protocol
        headers = {
            "content-type": f"application/x-amz-json-{protocol.version}",
            "host": self._host,
            "x-amz-target": f"{protocol.target}.{operation}",
        }
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock.now()))
        keys, region = aws_endpoints.keys(), aws_endpoints.region()
        headers = signed(headers, body, keys=keys, region=region, service=protocol.service, at=now)
        if trace := os.environ.get("_X_AMZN_TRACE_ID"):
            headers["x-amzn-trace-id"] = quote(trace, safe="-=;:+&[]{}\"',")  # as botocore has it; not signed
        return headers


class ServiceCalls:
    """Base of a service's client, whose operations are made by `operation`."""

    def __init__(self, caller: Caller) -> None:
        self._call = caller


def operation(name: str) -> Callable[..., Mapping[str, Any]]:
    """A method of ServiceCalls for one of the service's operations: its arguments are the API's own."""

    def call(self: ServiceCalls, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401  the API's own arguments
        return self._call(name, asked)

    return call


@cache
def _trust() -> ssl.SSLContext:
    """Certificates and host names are verified.  One for all: it takes some 20 ms to load the authorities."""
    return ssl.create_default_context()


def _document(data: bytes) -> Mapping[str, Any] | None:
    """A JSON object; nothing (ChangeMessageVisibility's answer) is an empty one."""
    try:
        document = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _code(document: Mapping[str, Any]) -> str:
    """AWS's word for the error, without its name space; anything else in its place could be somebody's text."""
    code = str(document.get("__type", "")).rpartition("#")[2]
    return code if _CODE.fullmatch(code) else ""
