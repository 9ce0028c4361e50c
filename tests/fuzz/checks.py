"""What must hold of any bytes at all, for fuzzers that know no more than that."""

import json
from functools import partial

from linksync.core.message_format import decode, encode
from linksync.core.messages import Envelope
from linksync.errors import NotAuthentic, Unreadable
from linksync.inbound import jira, jira_automation, signatures, zendesk
from linksync.inbound.parsed_body import Ignored
from linksync.inbound.request import request_of
from linksync.references.fields import IssueField, TicketField

NOW = 1_793_611_800.0
TICKET_FIELD = TicketField(id="1900001234567", projects=frozenset({"SHOP"}), site="acme.atlassian.net")
ISSUE_FIELD = IssueField(id="customfield_10050", account_host="acme.zendesk.com")
PARSERS = (
    partial(zendesk.parse, field=TICKET_FIELD),
    partial(jira.parse, field=ISSUE_FIELD),
    partial(jira_automation.parse, field=ISSUE_FIELD),
)
LARGEST_MESSAGE = 256 * 1024


def check_parsers(body: bytes) -> int:
    """Every parser returns a statement that travels, or raises Unreadable.  Returns how many statements there were."""
    statements = 0
    for parse in PARSERS:
        try:
            parsed = parse(body, NOW)
        except Unreadable:
            continue
        if isinstance(parsed.content, Ignored):
            continue
        statements += 1
        envelope = Envelope(
            delivery="d", correlation_id="c", source=parsed.source, received_at=NOW, payload=parsed.content
        )
        message = encode(envelope)
        if decode(message) != envelope or len(message) > LARGEST_MESSAGE or len(envelope.lane) > 128:
            raise AssertionError(message)
    return statements


def check_request(text: str) -> None:
    """Anything is a request, and none of its headers proves anything."""
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        event = {"headers": {"x-hub-signature": text}, "body": text, "isBase64Encoded": True}
    request = request_of(event)
    try:
        signatures.jira(signature=request.header("x-hub-signature"), body=request.body, secrets=(b"s",))
    except NotAuthentic:
        return
    raise AssertionError("let in")
