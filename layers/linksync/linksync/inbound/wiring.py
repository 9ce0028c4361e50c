"""Puts a webhook function together, and answers for it when even that fails."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from linksync.inbound.delivery_log import log_delivery
from linksync.inbound.receiver import NOBODY, Receiver, unavailable
from linksync.inbound.request import request_of
from linksync.inbound.responses import response
from linksync.inbound.senders import Routes
from linksync.inbound.settings import Settings, settings_of
from linksync.inbound.webhook_secret import WebhookSecret
from linksync.store.aws_calls import CallLimits
from linksync.store.event_queue import EventQueue
from linksync.store.secrets import CachedSecret
from linksync.store.secrets_manager_calls import SecretsManagerCalls
from linksync.store.sqs_calls import SqsCalls

# Senders wait about 10 s: a call that hangs is given up early enough to answer 503 ourselves.
_LIMITS = CallLimits(connect=1, read=1.5, attempts=2)


def receiver(routes_of: Callable[[Settings], Routes]) -> Receiver:
    """The receiver of one function, from its environment.  Raises Misconfigured."""
    settings = settings_of(os.environ)
    routes = routes_of(settings)
    sqs = SqsCalls(settings.queue_url, _LIMITS)
    document = CachedSecret(SecretsManagerCalls(settings.secret_arn, _LIMITS), settings.secret_arn, clock=time.time)
    return Receiver(
        routes=routes,
        secrets=WebhookSecret(document, {sender.secrets for sender in routes.values()}),
        queue=EventQueue(sqs, settings.queue_url),
        log=log_delivery,
        clock=time.time,
    )


def warm_up(wire: Callable[[], Receiver]) -> None:
    """On Lambda, does the slow part while the function starts, at full speed; what fails is tried again later."""
    if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
        with suppress(Exception):
            made = wire()
            for sender in made.routes.values():
                made.secrets.entries(sender.secrets)


def respond(wire: Callable[[], Receiver], event: object) -> dict[str, Any]:
    """Answers one request of API Gateway, with 503 when the function cannot be put together."""
    began = time.time()
    try:
        return wire().receive(event)
    except Exception as failure:  # noqa: BLE001 - any other end would be a 502, which Zendesk never retries
        request, outcome = request_of(event), unavailable(NOBODY, failure)
        log_delivery(request, outcome, time.time() - began)
        return response(outcome, correlation_id=request.id)
