"""What a test plays in: tickets and issues of its own on a stack that it shares, and what has been called since."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local.calls import Call
from local.courier import Delivery
from local.issues import Issue
from local.observer import described
from local.stack import Stack
from local.zendesk_sender import ZendeskWebhook, signature

PATIENCE = 30.0


def eventually(holds: Callable[[], Any], what: str, timeout: float = PATIENCE) -> Any:
    """Waits until the condition is truthy, and returns what it then is."""
    deadline = time.monotonic() + timeout
    while not (value := holds()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what}"
        time.sleep(0.03)
    return value


class Scene:
    """One test's view of a stack: `begin` once everybody is in place, then act, `settle`, and look.

    `waiting` messages may lie in the event queue all the time: they are another test's.
    """

    def __init__(self, stack: Stack, *, waiting: int = 0) -> None:
        self.stack = stack
        self.world = stack.world
        self._waiting = waiting
        self._marks = (0, 0)
        self.begin()

    def begin(self) -> None:
        """From here on calls are this test's."""
        self._marks = (self.world.zendesk.calls.mark(), self.world.jira.calls.mark())

    def cast(self, tickets: int = 1, issues: int = 1) -> tuple[list[int], list[Issue]]:
        """New tickets and issues, with empty fields, of which everything is known; then `begin`."""
        cast = [self.world.ticket() for _ in range(tickets)], [self.world.issue() for _ in range(issues)]
        self.settle()
        self.begin()
        return cast

    def pair(self) -> tuple[int, Issue]:
        """One new ticket and one new issue; then `begin`."""
        (ticket,), (issue,) = self.cast()
        return ticket, issue

    def settle(self, timeout: float = PATIENCE) -> None:
        """Waits until nothing is being delivered, queued or worked on."""
        idle, queue = self.world.senders.idle, self.stack.depth
        eventually(lambda: idle() and queue().total <= self._waiting and idle(), "a quiet queue", timeout)

    def write_keys(self, ticket: int, keys: str) -> None:
        """An agent edits the ticket's field; then `settle`."""
        self.world.write_keys(ticket, keys)
        self.settle()

    def write_tickets(self, issue: Issue, tickets: Any) -> None:
        """A developer edits the issue's field; then `settle`."""
        self.world.write_tickets(issue.id, tickets)
        self.settle()

    def linked(self, *tickets: int) -> set[tuple[int, str]]:
        """The links of these tickets, as (ticket, issue key)."""
        return {(int(ticket), key) for ticket, key in self.world.links() if int(ticket) in tickets}

    def calls(self) -> list[str]:
        """What was asked of Zendesk and Jira since `begin`, in words and in order; fetching tokens aside."""
        calls = sorted(self.raw_calls(), key=lambda call: call.at)
        return [described(call, self.world) for call in calls if "/oauth/" not in call.path]

    def raw_calls(self) -> list[Call]:
        """The same with everything about them, vendor by vendor."""
        zendesk, jira = self._marks
        return self.world.zendesk.calls.matching(since=zendesk) + self.world.jira.calls.matching(since=jira)

    def creates(self, ticket: int) -> list[Call]:
        """The calls that wanted to link this ticket, oldest first."""
        calls = self.world.zendesk.calls.matching("POST", "/links$", since=self._marks[0])
        return [call for call in calls if json.loads(call.request_body)["link"]["ticket_id"] == str(ticket)]

    def deletes(self, ticket: int) -> list[Call]:
        """The calls that wanted to unlink something from this ticket, oldest first."""
        return self.world.zendesk.calls.matching("DELETE", f"/ticket/{ticket}/", since=self._marks[0])

    def dead_letter(self, text: str, timeout: float = PATIENCE) -> dict[str, Any]:
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
        senders = self.world.senders
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
    def events(self, *kinds: str) -> Iterator[None]:
        """Zendesk's event subscription sends these kinds, and its trigger is off."""
        senders = self.world.senders
        before, senders.events.kinds, senders.trigger.enabled = senders.events.kinds, set(kinds), False
        try:
            yield
        finally:
            senders.events.kinds, senders.trigger.enabled = before, True


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
