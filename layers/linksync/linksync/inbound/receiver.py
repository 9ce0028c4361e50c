"""The way of a delivery: prove, parse, queue.  Whatever comes in, one of the answers in docs/interface.md goes out."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from linksync.core.messages import Envelope, Message, Quarantined
from linksync.errors import NotAuthentic, OperatorError, RetryLater, Unreadable
from linksync.inbound.parsed_body import Ignored
from linksync.inbound.request import Request, request_of
from linksync.inbound.responses import Outcome, Result, response
from linksync.inbound.senders import Routes, Sender
from linksync.observability import correlated, describe

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes.  API Gateway hands bodies over in base64, and Lambda takes events of 6 MB: what is larger never gets here."""

NOBODY = "unknown"
_EXCERPT = 48 * 1024  # bytes; in base64 it must fit into a queue message
_NO_ROUTE = "There is no webhook at this path: compare it with the outputs of the stack."
_TOO_LARGE = f"The body is over {LARGEST_BODY} bytes: send fewer fields."
_UNAVAILABLE = "This delivery could not be queued: send it again."


class Secrets(Protocol):
    """The WebhookSecret."""

    def entries(self, name: str) -> Sequence[bytes]:
        """What proves a sender of this list.  Raises AwsUnavailable, Misconfigured."""


class Queue(Protocol):
    """The event queue."""

    def send(self, message: Message) -> None:
        """Queues it, or raises."""


type Log = Callable[[Request, Outcome, float], None]
"""Writes the line of a request, of what became of it, and of how many seconds that took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One webhook function.  `clock` tells the wall's time."""

    routes: Routes
    secrets: Secrets
    queue: Queue
    log: Log
    clock: Callable[[], float]

    def receive(self, event: object) -> dict[str, Any]:
        """Answers one request of API Gateway.  Never raises: 503 makes every sender try again."""
        now, request = self.clock(), request_of(event)
        sender = _sender(self.routes, request)
        with correlated(request.id):
            try:
                outcome = self._outcome(request, sender, now)
                self.log(request, outcome, self.clock() - now)
            except Exception as failure:  # noqa: BLE001 - nothing but a 503 makes both senders try again
                outcome = unavailable(sender.name if sender else NOBODY, failure)
                self.log(request, outcome, self.clock() - now)
        return response(outcome, correlation_id=request.id)

    def _outcome(self, request: Request, sender: Sender | None, now: float) -> Outcome:
        if sender is None:
            return Outcome(result=Result.REJECTED, source=NOBODY, reason="no_route", message=_NO_ROUTE)
        try:
            attempted_at = sender.prove(request, self.secrets.entries(sender.secrets), now)
        except NotAuthentic as refusal:
            return Outcome(result=Result.REJECTED, source=sender.name, reason="not_authentic", message=str(refusal))
        if len(request.body) > LARGEST_BODY:
            return Outcome(result=Result.TOO_LARGE, source=sender.name, reason="too_large", message=_TOO_LARGE)
        try:
            parsed = sender.parse(request.body, attempted_at)
        except Unreadable as error:
            return self._quarantine(request, sender, error.reason, now)
        if isinstance(parsed.content, Ignored):
            return Outcome(result=Result.IGNORED, source=parsed.source, reason=parsed.content.reason)
        delivery = delivery_id(request, sender)
        self.queue.send(
            Envelope(
                delivery=delivery,
                correlation_id=request.id,
                source=parsed.source,
                received_at=now,
                payload=parsed.content,
            )
        )
        return Outcome(result=Result.ACCEPTED, source=parsed.source, delivery=delivery, statement=parsed.content)

    def _quarantine(self, request: Request, sender: Sender, reason: str, now: float) -> Outcome:
        body, delivery = request.body, unreadable_delivery_id(request.body, sender)
        quarantined = Quarantined(
            delivery=delivery,
            correlation_id=request.id,
            source=sender.name,
            received_at=now,
            reason=reason,
            excerpt=b64encode(body[:_EXCERPT]).decode(),
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
        )
        self.queue.send(quarantined)
        return Outcome(result=Result.QUARANTINED, source=sender.name, delivery=delivery, reason=reason)


def _sender(routes: Routes, request: Request) -> Sender | None:
    for place in (request.resource, request.path):
        for route, sender in routes.items():
            if place.rstrip("/").endswith(route):
                return sender
    return None


def delivery_id(request: Request, sender: Sender) -> str:
    """One id for a delivery and its retries.

    The sender's own id is not signed, so it counts only together with the body.  Without one, every request is a
    delivery of its own: what is created, deleted and created again has equal bodies.
    """
    name = request.header(sender.delivery_header) or request.id
    return _digest(name.encode(), request.body)


def unreadable_delivery_id(body: bytes, sender: Sender) -> str:
    """One id for all deliveries of the same unreadable body: they tell an operator the same thing.

    Whoever kept such a body can send it again under any identifier, and Jira's signature never ages.  By this id SQS
    drops all but one in five minutes, without a write of ours.  To know a later one takes a record of the first, which
    is the worker's to keep: a receiver writes nothing.
    """
    return _digest(f"unreadable {sender.name}".encode(), body)


def _digest(name: bytes, body: bytes) -> str:
    return hashlib.sha256(name + b"\n" + body).hexdigest()[:32]


def unavailable(source: str, failure: Exception) -> Outcome:
    """What becomes of a request when linksync itself or AWS fails."""
    if isinstance(failure, OperatorError):
        reason = failure.reason
    else:
        reason = "aws_unavailable" if isinstance(failure, RetryLater) else "crash"
    error = describe(failure)
    return Outcome(result=Result.UNAVAILABLE, source=source, reason=reason, message=_UNAVAILABLE, error=error)
