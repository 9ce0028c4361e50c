"""What a test plays in: tickets and issues of its own on a stack that it shares, and what has been called since."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local.aws.stack import Stack
from local.demo.observer import described, linked_by
from local.http.calls import RecordedCall
from local.http.deliveries import Delivery
from local.jira.issue import SimulatedIssue
from local.vendors import SimulatedVendors
from local.zendesk.signing import signature
from local.zendesk.webhooks import ZendeskWebhook

TIMEOUT = 30.0


def eventually(holds: Callable[[], Any], what: str, timeout: float = TIMEOUT) -> Any:
    """Waits until the condition is truthy, and returns what it then is."""
    deadline = time.monotonic() + timeout
    while not (value := holds()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what}"
        time.sleep(0.03)
    return value


class Scene:
    """One test's view of a stack: `begin` once everybody is in place, then act, `wait_quiet`, and look.

    `waiting` messages may lie in the event queue all the time: they are another test's.
    """

    def __init__(self, stack: Stack, *, waiting: int = 0) -> None:
        self.stack = stack
        self.vendors = stack.vendors
        self._waiting = waiting
        self._marks = (0, 0)
        self.begin()

    def begin(self) -> None:
        """From here on calls are this test's."""
        self._marks = (self.vendors.zendesk.calls.mark(), self.vendors.jira.calls.mark())

    def cast(self, tickets: int = 1, issues: int = 1) -> tuple[list[int], list[SimulatedIssue]]:
        """New tickets and issues, with empty fields, of which everything is known; then `begin`."""
        cast = [self.vendors.ticket() for _ in range(tickets)], [self.vendors.issue() for _ in range(issues)]
        self.wait_quiet()
        self.begin()
        return cast

    def pair(self) -> tuple[int, SimulatedIssue]:
        """One new ticket and one new issue; then `begin`."""
        (ticket,), (issue,) = self.cast()
        return ticket, issue

    def wait_quiet(self, timeout: float = TIMEOUT) -> None:
        """Waits until nothing is being delivered, queued or worked on."""
        idle, queue = self.vendors.senders.idle, self.stack.depth
        eventually(lambda: idle() and queue().total <= self._waiting and idle(), "a quiet queue", timeout)

    def write_keys(self, ticket: int, keys: str) -> None:
        """An agent edits the ticket's field; then `wait_quiet`."""
        self.vendors.write_keys(ticket, keys)
        self.wait_quiet()

    def write_tickets(self, issue: SimulatedIssue, tickets: Any) -> None:
        """A developer edits the issue's field; then `wait_quiet`."""
        self.vendors.write_tickets(issue.id, tickets)
        self.wait_quiet()

    def linked(self, *tickets: int) -> set[tuple[int, str]]:
        """The links of these tickets, as (ticket, issue key)."""
        return {(int(ticket), key) for ticket, key in self.vendors.links() if int(ticket) in tickets}

    def calls(self) -> list[str]:
        """What was asked of Zendesk and Jira since `begin`, in words and in order; fetching tokens aside."""
        calls = sorted(self.raw_calls(), key=lambda call: call.at)
        return [described(call, self.vendors) for call in calls if "/oauth/" not in call.path]

    def looks(self, ticket: int) -> list[str]:
        """What version 1 of the Links API asks before it links or unlinks: what the ticket's links are."""
        return self.told_apart(v1=[f"Zendesk: list links of {ticket} → 200"], v2=[])

    def told_apart(self, *, v1: list[Any], v2: list[Any]) -> list[Any]:
        """What is expected of the version of the Links API that is in use."""
        return v1 if self.vendors.links_api == "v1" else v2

    def raw_calls(self) -> list[RecordedCall]:
        """The same with everything about them, vendor by vendor."""
        zendesk, jira = self._marks
        return self.vendors.zendesk.calls.matching(since=zendesk) + self.vendors.jira.calls.matching(since=jira)

    def creates(self, ticket: int) -> list[RecordedCall]:
        """The calls that wanted to link this ticket, oldest first."""
        calls = self.vendors.zendesk.calls.matching("POST", "/links$", since=self._marks[0])
        return [call for call in calls if str(json.loads(call.request_body)["link"]["ticket_id"]) == str(ticket)]

    def listings(self, ticket: int) -> list[RecordedCall]:
        """The calls that asked what this ticket is linked with, oldest first."""
        calls = self.vendors.zendesk.calls.matching("GET", "/links$", since=self._marks[0])
        return [call for call in calls if str(ticket) in call.query]

    def deletes(self, ticket: int) -> list[RecordedCall]:
        """The calls that wanted to unlink something from this ticket, oldest first."""
        calls = self.vendors.zendesk.calls.matching("DELETE", "/links/", since=self._marks[0])
        return [call for call in calls if (linked_by(call, self.vendors) or [""])[0] == str(ticket)]

    def dead_letter(self, text: str, timeout: float = TIMEOUT) -> dict[str, Any]:
        """Waits for the dead letter whose body holds this text."""
        found: dict[str, Any] = eventually(
            lambda: next((one for one in self.stack.dead_letters() if text in one["Body"]), None),
            f"a dead letter with {text}",
            timeout,
        )
        return found

    def discard(self, letter: dict[str, Any]) -> None:
        """Takes a dead letter away, as an operator who is done with it."""
        sqs, url = self.stack.client("sqs"), self.stack.outputs["DeadLetterQueueUrl"]
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
            if message["MessageId"] == letter["MessageId"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def post(self, sender: str, body: bytes, headers: dict[str, str]) -> Delivery:
        """Posts these bytes under these headers to `zendesk`, `jira` or `automation`, and waits for the answer."""
        senders = self.vendors.senders
        ways = {
            "zendesk": (senders.trigger.url, senders.trigger.courier),
            "jira": (senders.webhook.url, senders.webhook.courier),
            "automation": (senders.automation.url, senders.automation.courier),
        }
        url, courier = ways[sender]
        delivery = Delivery("", "somebody", url, body, lambda _n: headers)
        courier.post(delivery)
        return answered(delivery)

    @contextmanager
    def dropping_deliveries(self) -> Iterator[None]:
        """Every delivery is dropped by its sender."""
        faults = self.vendors.senders.pace.faults
        before, faults.drop = faults.drop, 1.0
        try:
            yield
        finally:
            faults.drop = before

    @contextmanager
    def events(self, *kinds: str) -> Iterator[None]:
        """Zendesk's event subscription sends these kinds, and its trigger is off."""
        senders = self.vendors.senders
        before, senders.events.kinds, senders.trigger.enabled = senders.events.kinds, set(kinds), False
        try:
            yield
        finally:
            senders.events.kinds, senders.trigger.enabled = before, True


def restart(stack: Stack) -> None:
    """Every function in a new process: what the caches' end does within a minute, at once."""
    stack.vendors.senders.wait_idle()
    for function in stack.functions.values():
        client = stack.client("lambda")
        variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        again = str(int(variables.get("RESTARTED", "0")) + 1)
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": variables | {"RESTARTED": again}}
        )


def answered(delivery: Delivery) -> Delivery:
    """The delivery, once its sender has an answer."""
    eventually(lambda: delivery.attempts, "an answer")
    return delivery


def document(delivery: Delivery) -> tuple[int | None, Any]:
    """Status and body of the last answer."""
    return delivery.attempts[-1].status, json.loads(delivery.attempts[-1].body)


def correlation_id(delivery: Delivery) -> str:
    """What the last answer says the log lines can be found by."""
    return delivery.attempts[-1].headers["x-correlation-id"]


def zendesk_headers(webhook: ZendeskWebhook, body: bytes, *, at: float | None = None) -> dict[str, str]:
    """The headers that prove a body to be this webhook's, sent now or at another time."""
    timestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    return {
        "Content-Type": "application/json",
        "X-Zendesk-Webhook-Signature": signature(webhook.secret, timestamp, body),
        "X-Zendesk-Webhook-Signature-Timestamp": timestamp,
    }


def believed(vendors: SimulatedVendors) -> bool:
    """Whether the receivers take the senders' proofs: a secret that was empty is read anew after five seconds."""
    senders = vendors.senders
    ignored = [
        senders.trigger.send(b'{"type": "zen:event-type:ticket.comment_added"}'),
        senders.webhook.send(b'{"webhookEvent": "comment_created"}'),
    ]
    return [answered(delivery).attempts[-1].status for delivery in ignored] == [200, 200]
