"""One fresh event of each kind, for the functions in the emulator."""

import time
import uuid
from typing import Any

from linksync.core.message_format import encode
from linksync.core.messages import Envelope, TicketStatement
from tests.bench.requests_of import jira_request, zendesk_request


def event(kind: str) -> dict[str, Any]:
    """One delivery: "zendesk" and "jira" as API Gateway hands it over, "sqs" as the event queue does."""
    match kind:
        case "zendesk":
            return zendesk_request(5001, "PROJ-1, PROJ-2", time.time())
        case "jira":
            return jira_request("10001", "PROJ-1", "5001 5002", time.time())
    return _message("PROJ-1", "PROJ-2")


def gains_one() -> dict[str, Any]:
    """A ticket gains one key, as the event queue hands it over."""
    return _message("PROJ-1")


def _message(*keys: str) -> dict[str, Any]:
    now = time.time()
    statement = TicketStatement(ticket_id="5001", issue_keys=keys, at=now, exact=False)
    envelope = Envelope(
        delivery=uuid.uuid4().hex, correlation_id="c", source="zendesk", received_at=now, payload=statement
    )
    record = {
        "messageId": str(uuid.uuid4()),
        "receiptHandle": "handle",
        "body": encode(envelope),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "ApproximateFirstReceiveTimestamp": str(int(now * 1000)),
            "SentTimestamp": str(int(now * 1000)),
            "MessageGroupId": envelope.lane,
        },
        "eventSource": "aws:sqs",
    }
    return {"Records": [record]}
