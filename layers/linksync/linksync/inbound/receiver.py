"""The way of a delivery: prove, parse, queue.  Whatever comes in, an answer of the contract goes out."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from linksync.core.messages import Envelope, IssueStatement, Message, Quarantined, TicketStatement
from linksync.errors import NotAuthentic, Unreadable
from linksync.inbound import signatures
from linksync.inbound.parsed_body import Ignored
from linksync.inbound.request import Request, request_of
from linksync.inbound.responses import Outcome, Result, response
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

    def send(self, message: Message) -> None:
        """Queues it, or raises."""


type Log = Callable[[Request, Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One webhook function.  `log` writes a delivery's log line and metric; `clock` tells the wall's time."""

    routes: Routes
    secret: Secret
    queue: Queue
    log: Log
    clock: Callable[[], float]

    def receive(self, event: object) -> dict[str, Any]:
        """Answers one request of API Gateway.  Never raises: 503 makes every sender try again."""
        request = request_of(event)
        sender = _sender(self.routes, request)
        try:
            outcome = self._outcome(request, sender)
            self.log(request, outcome)
        except Exception as failure:  # noqa: BLE001 - nothing but a 503 makes both senders try again
            outcome = unavailable(sender.name if sender else NOBODY, failure)
            self.log(request, outcome)
        return response(outcome, correlation_id=request.id)

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
        delivery = _delivery(request, sender)
        try:
            parsed = sender.parse(request.body, attempted_at)
        except Unreadable as error:
            return self._quarantine(request, sender.name, delivery, error.reason, now)
        if isinstance(parsed.content, Ignored):
            return Outcome(result=Result.IGNORED, source=parsed.source, reason=parsed.content.reason)
        envelope = Envelope(
            delivery=delivery,
            correlation_id=request.id,
            source=parsed.source,
            received_at=now,
            payload=parsed.content,
        )
        self.queue.send(envelope)
        return _accepted(envelope, parsed.content)

    def _quarantine(self, request: Request, source: str, delivery: str, reason: str, now: float) -> Outcome:
        body = request.body
        quarantined = Quarantined(
            delivery=delivery,
            correlation_id=request.id,
            source=source,
            received_at=now,
            reason=reason,
            excerpt=b64encode(body[:_EXCERPT]).decode(),
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
        )
        self.queue.send(quarantined)
        return Outcome(result=Result.QUARANTINED, source=source, delivery=delivery, reason=reason)


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


def _accepted(envelope: Envelope, statement: TicketStatement | IssueStatement) -> Outcome:
    outcome = Outcome(result=Result.ACCEPTED, source=envelope.source, delivery=envelope.delivery)
    if isinstance(statement, TicketStatement):
        return replace(outcome, ticket_id=statement.ticket_id)
    return replace(outcome, issue_id=statement.issue_id)


def unavailable(source: str, failure: Exception) -> Outcome:
    """What becomes of a request when anything on our side fails."""
    error = describe(failure)
    return Outcome(
        result=Result.UNAVAILABLE, source=source, reason="translate_aws_errors", message=_UNAVAILABLE, error=error
    )
