"""What a step of the demonstration did, in words: sent, answered, called and linked."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from local.aws.stack import Stack
from local.http.calls import RecordedCall
from local.http.deliveries import Delivery
from local.vendors import SimulatedVendors

LINK_PATH = re.compile(r"/links/ticket/(\d+)/issue/(\d+)$")
LINK_ID_PATH = re.compile(r"/services/jira/links/(\d+)$")
LINK_VERBS = {"DELETE": "unlink", "GET": "look at"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One step's doings.  `writes` are the calls among `calls` that changed, or tried to change, a link."""

    sent: list[str]
    answers: list[str]
    calls: list[str]
    writes: list[str]
    links: set[tuple[str, str]]


class Observer:
    """Watches a stack and its vendors from one `look` to the next."""

    def __init__(self, stack: Stack) -> None:
        self._vendors = stack.vendors
        self._marks = (0, 0)
        self._told: set[int] = set()
        self.look()

    def look(self) -> Seen:
        """Everything since the last look."""
        deliveries = [one for one in self._vendors.senders.deliveries() if id(one) not in self._told]
        self._told.update(id(one) for one in deliveries)
        zendesk, jira = self._vendors.zendesk.calls, self._vendors.jira.calls
        calls = zendesk.matching(since=self._marks[0]) + jira.matching(since=self._marks[1])
        self._marks = (zendesk.mark(), jira.mark())
        told = [(call, described(call, self._vendors)) for call in sorted(calls, key=lambda call: call.at)]
        return Seen(
            sent=[sent(delivery) for delivery in deliveries],
            answers=[answered(delivery) for delivery in deliveries],
            calls=[text for _, text in told],
            writes=[text for call, text in told if "/links" in call.path and call.method != "GET"],
            links=self._vendors.links(),
        )


def sent(delivery: Delivery) -> str:
    """A delivery in short: who sent what about whom."""
    body: dict[str, Any] = json.loads(delivery.body)
    if "webhookEvent" in body:
        items = [f"{item['field']} = {item['toString']!r}" for item in body.get("changelog", {}).get("items", ())]
        return f"{delivery.sender}: {body['issue']['key']} {', '.join(items) or body['webhookEvent']}"
    if "type" in body:
        return f"{delivery.sender}: {body['subject']} {body['type'].rpartition('.')[2]}"
    if "ticket_id" in body:
        return f"{delivery.sender}: {body['ticket_id']} = {body['issue_keys']!r}"
    return f"{delivery.sender}: {', '.join(f'{name} = {value!r}' for name, value in body.items())}"


def answered(delivery: Delivery) -> str:
    """The last answer in short: its status and its own word for it; `dropped` for what was never sent."""
    if delivery.state == "lost":
        return "dropped"
    status, _, body = delivery.answer.partition(" ")
    try:
        answer = json.loads(body)
        return f"{status} {answer.get('status') or answer['error']['code']}"
    except (ValueError, KeyError, TypeError):
        return delivery.answer[:40]


def described(call: RecordedCall, vendors: SimulatedVendors) -> str:
    """A call of a vendor's API in words."""
    outcome = f"→ {call.status or 'cut'}"
    body = json.loads(call.request_body or b"{}")
    if link := linked_by(call, vendors):
        return f"Zendesk: {LINK_VERBS[call.method]} {link[0]} {link[1]} {outcome}"
    if call.path.endswith("/links") and call.method == "POST":
        return f"Zendesk: link {body['link']['ticket_id']} {body['link']['issue_key']} {outcome}"
    if call.path.endswith("/links"):
        wanted = {name.removeprefix("filter[").rstrip("]"): value[0] for name, value in parse_qs(call.query).items()}
        return f"Zendesk: list links of {wanted.get('ticket_id') or wanted.get('issue_id') or 'all'} {outcome}"
    if "/oauth/" in call.path:
        return f"{'Zendesk' if call.path.endswith('tokens') else 'Jira'}: token {outcome}"
    if call.path.endswith("/bulkfetch"):
        return f"Jira: look up {' '.join(body['issueIdsOrKeys'])} {outcome}"
    site, name = ("Zendesk", "/api/v2/") if "/api/v2/" in call.path else ("Jira", "/rest/api/3/")
    return f"{site}: {call.method} {call.path.partition(name)[2]} {outcome}"


def linked_by(call: RecordedCall, vendors: SimulatedVendors) -> tuple[str, str] | None:
    """Ticket id and issue key of the one link that a call is about, in either version of the links API."""
    if match := LINK_PATH.search(call.path):
        return match[1], _key(match[2], vendors)
    match = LINK_ID_PATH.search(call.path)
    row = vendors.zendesk.links_v1.ever(int(match[1])) if match else None
    return (row.ticket_id, row.issue_key or row.issue_id) if row else None


def _key(issue_id: str, vendors: SimulatedVendors) -> str:
    try:
        return vendors.jira.issues.get(issue_id).key
    except LookupError:
        return issue_id
