"""POST /webhooks/jira and /webhooks/jira/automation: proves a delivery of Jira, queues what it states, answers.

See `linksync.inbound`.
"""

from functools import cache
from typing import Any

from linksync.inbound.receiver import Receiver
from linksync.inbound.senders import jira_routes
from linksync.inbound.wiring import receiver, respond, warm_up
from linksync.observability import report_start


@cache
def wire() -> Receiver:
    """The receiver, put together once."""
    return receiver(lambda settings: jira_routes(settings.fields.issue))


def handler(event: object, _context: object) -> dict[str, Any]:
    """Lambda's entry."""
    return respond(wire, event)


warm_up(wire)
report_start()
