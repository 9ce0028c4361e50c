"""The way of a delivery: prove, read, queue.  Whatever comes in, an answer of the contract goes out."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from linksync.core.messages import Envelope, Quarantined
from linksync.errors import NotAuthentic, Unreadable
from linksync.inbound import signatures
from linksync.inbound.answers import Outcome, Result, answer
from linksync.inbound.bodies import Ignored, Reading
from linksync.inbound.request import Request, request_of
from linksync.inbound.senders import Routes, Sender
from linksync.observability import describe

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes.  API Gateway hands bodies over in base64, and Lambda takes events of 6 MB: what is larger never gets here."""

NOBODY = "unknown"
_EXCERPT = 48 * 1024  # bytes; in base64 it must fit into a queue message
_NO_ROUTE = "There is no webhook at this path: compare it with the outputs of the stack."
_TOO_LARGE = f"The body is over {LARGEST_BODY} bytes: send fewer fields."
_UNAVAILABLE = "This delivery could not be queued: send it again."


class Secret(Protocol):
    """The WebhookSecret."""

    def get(self) -> Mapping[str, object]:
        """The document as it is in force."""


class Queue(Protocol):
    """The event queue."""

    def send(self, envelope: Envelope) -> None:
        """Queues it, or raises."""


type Record = Callable[[Request, Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One webhook function.  `record` writes a delivery's log line and metric; `clock` tells the wall's time."""

    routes: Routes
    secret: Secret
    queue: Queue
    record: Record
    clock: Callable[[], float]

    def receive(self, event: object) -> dict[str, Any]:
        """Answers one request of API Gateway.  Never raises: 503 makes every sender try again."""
        request = request_of(event)
        sender = _sender(self.routes, request)
        try:
            outcome = self._outcome(request, sender)
            self.record(request, outcome)
        except Exception as failure:  # noqa: BLE001 - nothing but a 503 makes both senders try again
            outcome = unavailable(sender.name if sender else NOBODY, failure)
            self.record(request, outcome)
        return answer(outcome, correlation_id=request.id)

    def _outcome(self, request: Request, sender: Sender | None) -> Outcome:
        if sender is None:
            return Outcome(result=Result.REJECTED, source=NOBODY, reason="no_route", message=_NO_ROUTE)
        now = self.clock()
        try:
            attempted_at = sender.prove(request, signatures.active(self.secret.get(), sender.secrets), now)
        except NotAuthentic as refusal:
            return Outcome(result=Result.REJECTED, source=sender.name, reason="not_authentic", message=str(refusal))
        if len(request.body) > LARGEST_BODY:
            return Outcome(result=Result.TOO_LARGE, source=sender.name, reason="too_large", message=_TOO_LARGE)
        return self._take(request, sender, attempted_at, now)

    def _take(self, request: Request, sender: Sender, attempted_at: float, now: float) -> Outcome:
        reading = _reading(request.body, sender, attempted_at)
        if isinstance(reading.says, Ignored):
            return Outcome(result=Result.IGNORED, source=reading.source, reason=reading.says.reason)
        envelope = Envelope(
            delivery=_delivery(request, sender),
            correlation_id=request.id,
            source=reading.source,
            received_at=now,
            payload=reading.says,
        )
        self.queue.send(envelope)
        return _taken(envelope)


def _reading(body: bytes, sender: Sender, attempted_at: float) -> Reading:
    try:
        return sender.read(body, attempted_at)
    except Unreadable as problem:
        return Reading(sender.name, _quarantined(body, problem.reason))


def _sender(routes: Routes, request: Request) -> Sender | None:
    for place in (request.resource, request.path):
        for route, sender in routes.items():
            if place.rstrip("/").endswith(route):
                return sender
    return None


def _delivery(request: Request, sender: Sender) -> str:
    """One id for a delivery and its retries.

    The sender's own id is not signed, so it counts only together with the body.  Without one, every request is a
    delivery of its own: what is created, deleted and created again has equal bodies.
    """
    name = request.header(sender.delivery_header) or request.id
    return hashlib.sha256(name.encode() + b"\n" + request.body).hexdigest()[:32]


def _quarantined(body: bytes, reason: str) -> Quarantined:
    return Quarantined(
        reason=reason,
        excerpt=b64encode(body[:_EXCERPT]).decode(),
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _taken(envelope: Envelope) -> Outcome:
    result, reason = Result.ACCEPTED, ""
    if isinstance(envelope.payload, Quarantined):
        result, reason = Result.QUARANTINED, envelope.payload.reason
    return Outcome(
        result=result,
        source=envelope.source,
        delivery=envelope.delivery,
        reason=reason,
        ticket_id=getattr(envelope.payload, "ticket_id", ""),
        issue_id=getattr(envelope.payload, "issue_id", ""),
    )


def unavailable(source: str, failure: Exception) -> Outcome:
    """What becomes of a request when anything on our side fails."""
    error = describe(failure)
    return Outcome(result=Result.UNAVAILABLE, source=source, reason="our_side", message=_UNAVAILABLE, error=error)
