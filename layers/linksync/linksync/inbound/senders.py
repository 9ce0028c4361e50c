"""The three senders: how each proves who it is, what its deliveries are known by, and what parses its bodies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from linksync.inbound import jira, jira_automation, signatures, zendesk
from linksync.inbound.parsed_body import ParsedBody
from linksync.inbound.request import Request
from linksync.references.fields import IssueField, TicketField


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """`name` goes to logs and metrics until the body is known; `secrets` names its list in the WebhookSecret.

    `prove` returns the time of the attempt or raises NotAuthentic; `parse` returns what the body states or raises
    Unreadable.  `delivery_header` names each delivery, the same over retries; empty when the sender has no such thing.
    """

    name: str
    secrets: str
    prove: Callable[[Request, Sequence[bytes], float], float]
    parse: Callable[[bytes, float], ParsedBody]
    delivery_header: str = ""


type Routes = Mapping[str, Sender]
"""Senders by their path; a deployment may put a prefix before it."""


def zendesk_routes(field: TicketField) -> Routes:
    """What the Zendesk function serves."""
    sender = Sender(
        name="zendesk",
        secrets="zendesk",
        prove=_prove_zendesk,
        parse=partial(zendesk.parse, field=field),
        delivery_header="x-zendesk-webhook-invocation-id",
    )
    return {"/webhooks/zendesk": sender}


def jira_routes(field: IssueField) -> Routes:
    """What the Jira function serves."""
    webhook = Sender(
        name=jira.WEBHOOK,
        secrets="jira",
        prove=_prove_jira,
        parse=partial(jira.parse, field=field),
        delivery_header="x-atlassian-webhook-identifier",
    )
    automation = Sender(
        name=jira_automation.AUTOMATION,
        secrets="jira_automation",
        prove=_prove_automation,
        parse=partial(jira_automation.parse, field=field),
    )
    return {"/webhooks/jira": webhook, "/webhooks/jira/automation": automation}


def _prove_zendesk(request: Request, secrets: Sequence[bytes], now: float) -> float:
    return signatures.zendesk(
        timestamp=request.header("x-zendesk-webhook-signature-timestamp"),
        signature=request.header("x-zendesk-webhook-signature"),
        body=request.body,
        secrets=secrets,
        now=now,
    )


def _prove_jira(request: Request, secrets: Sequence[bytes], now: float) -> float:
    signatures.jira(signature=request.header("x-hub-signature"), body=request.body, secrets=secrets)
    return now


def _prove_automation(request: Request, secrets: Sequence[bytes], now: float) -> float:
    signatures.bearer(authorization=request.header("authorization"), secrets=secrets)
    return now
