"""Both webhook functions, as API Gateway calls them."""

from collections import Counter
from functools import partial
from itertools import count
from typing import Any

from linksync.inbound.receiver import Receiver
from linksync.inbound.request import Request
from linksync.inbound.responses import Outcome
from linksync.inbound.senders import Routes, jira_routes, zendesk_routes
from linksync.inbound.webhook_secret import WebhookSecret
from linksync.parameters import reference_fields
from linksync.store.event_queue import EventQueue
from local.senders import AUTOMATION_TOKEN, JIRA_SECRET, ZENDESK_SECRET
from tests.simulation.clock import Clock, RunKilled
from tests.simulation.senders import Delivery
from tests.simulation.sqs import EVENTS, SimulatedSqs

SECRETS: dict[str, object] = {"zendesk": [ZENDESK_SECRET], "jira": [JIRA_SECRET], "jira_automation": [AUTOMATION_TOKEN]}


class _Document:
    def get(self) -> dict[str, object]:
        return SECRETS


class Receivers:
    """The functions behind `/webhooks`.  `answers` counts their statuses."""

    def __init__(self, clock: Clock, sqs: SimulatedSqs, environ: dict[str, str]) -> None:
        fields = reference_fields(environ)
        self.answers: Counter[int] = Counter()
        self._clock = clock
        receiver = partial(self._receiver, EventQueue(sqs, EVENTS), clock)
        self._zendesk = receiver(zendesk_routes(fields.ticket))
        self._jira = receiver(jira_routes(fields.issue))
        self._requests = count(1)

    def receive(self, delivery: Delivery) -> bool:
        """Whether it was taken; else its sender tries again."""
        receiver = self._zendesk if delivery.route == "/webhooks/zendesk" else self._jira
        event: dict[str, Any] = {
            "resource": delivery.route,
            "path": delivery.route,
            "headers": delivery.headers(self._clock.now),
            "body": delivery.body.decode(),
            "requestContext": {"requestId": f"request-{next(self._requests):08d}"},
        }
        try:
            status = int(receiver.receive(event)["statusCode"])
        except RunKilled:
            status = 503  # API Gateway's answer for a function that gave none
        self.answers[status] += 1
        assert status in (200, 202, 503), f"{delivery.route} was answered {status}"
        return status != 503

    @staticmethod
    def _receiver(queue: EventQueue, clock: Clock, routes: Routes) -> Receiver:
        secrets = WebhookSecret(_Document(), {sender.secrets for sender in routes.values()})
        return Receiver(routes=routes, secrets=secrets, queue=queue, log=_no_log, clock=clock)


def _no_log(request: Request, outcome: Outcome, seconds: float) -> None:
    """Lines of receivers are tested elsewhere."""
