"""One event through the real receivers and the real worker, in this process, with everything it costs counted.

AWS is the laptop's, behind a counter; Zendesk and Jira are the simulated ones.  The clock is virtual: what is said
twice within ten minutes is in doubt, and a benchmark cannot wait.
"""

import os
import time
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from types import SimpleNamespace
from typing import Any, Self
from unittest.mock import patch

from linksync.inbound.senders import jira_routes, zendesk_routes
from linksync.inbound.wiring import receiver
from linksync.worker.settings import settings_of
from linksync.worker.wiring import Clients, Wiring
from local.http.calls import RecordedCall
from local.vendors import ISSUE_FIELD, SUBDOMAIN, TICKET_FIELD, SimulatedVendors
from tests.bench.counted_aws import IDEMPOTENCY, LEDGER, Asked, CountedAws
from tests.bench.requests_of import SECRET, jira_request, zendesk_request

_NOT_A_TOKEN = r"^/(?!oauth/)"
"""Paths of calls that an event is the reason of: a token is good for an hour, and the clock makes hours pass."""

HEAD = 700
"""Bytes of a call's head (host, user agent, content type, correlation id, a bearer token of 300), TLS and TCP."""

ANSWER_HEAD = 330
"""Bytes that API Gateway puts before an answer of ours: status, date, connection, its three ids; and TLS."""

_SECRETS = {"zendesk": [SECRET.decode()], "jira": [SECRET.decode()]}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one event took.

    `runs` is how many messages it became, `seconds` the worker's time for all of them.  `lines` are what the receiver
    and the worker logged, `sent` the bytes of requests and heads that went to Zendesk and Jira, `answered` those of the
    answer to the sender.
    """

    zendesk: int
    jira: int
    received: tuple[Asked, ...]
    worked: tuple[Asked, ...]
    runs: int
    seconds: float
    received_lines: tuple[str, ...] = ()
    worked_lines: tuple[str, ...] = ()
    sent: int = 0
    answered: int = 0

    def calls(self, operation: str, table: str = "") -> int:
        """How often the worker called this operation."""
        return sum(asked.operation == operation and table in ("", asked.table) for asked in self.worked)

    def written(self) -> int:
        """Records of the ledger written, those of intents included."""
        return sum(asked.written for asked in self.worked if asked.table == LEDGER)

    def units(self, table: str) -> tuple[int, int]:
        """Write and read units of a table."""
        asked = [one for one in self.worked if one.table == table]
        return sum(one.write_units for one in asked), sum(one.read_units for one in asked)

    def read(self) -> int:
        """Records of the ledger read."""
        return sum(asked.read for asked in self.worked if asked.table == LEDGER)


def _bytes_sent(call: RecordedCall) -> int:
    """What a call sends: request line, body, and the head and packets around them."""
    return len(call.method) + len(call.path) + len(call.query) + len(call.request_body) + HEAD


def _bytes_answered(answer: Mapping[str, Any]) -> int:
    """What an answer sends: its body, our own headers, and what API Gateway adds."""
    headers = sum(len(f"{name}: {value}\r\n") for name, value in answer["headers"].items())
    return ANSWER_HEAD + headers + len(answer["body"])


class Laptop:
    """`with Laptop() as laptop:` has an empty ledger, and issues and tickets as `laptop.vendors` is told."""

    def __init__(self) -> None:
        self.vendors = SimulatedVendors()
        self.aws = CountedAws()
        self.now = time.time()
        self._open = ExitStack()

    def ticket_says(self, ticket_id: int, keys: str, *, delivery: str = "", again: bool = False) -> Cost:
        """An agent writes keys into the ticket's field and the trigger tells; `again`: the trigger alone."""
        if not again:
            self.vendors.write_keys(ticket_id, keys)
        return self._event(zendesk_request(ticket_id, keys, self.now, delivery=delivery), self._zendesk)

    def issue_says(self, key: str, tickets: str) -> Cost:
        """A developer writes ticket ids into the issue's field, and Jira's webhook tells."""
        self.vendors.write_tickets(key, tickets)
        issue = self.vendors.jira.issues.get(key)
        return self._event(jira_request(issue.id, issue.key, tickets, self.now), self._jira)

    def wait(self, seconds: float) -> None:
        """Lets time pass for receivers and worker."""
        self.now += seconds

    def _event(self, request: dict[str, Any], webhook: Any) -> Cost:
        marks = (len(self.aws.asked), self.vendors.zendesk.calls.mark(), self.vendors.jira.calls.mark())
        with redirect_stdout(StringIO()) as received_lines:
            answer = webhook.receive(request)
        if answer["statusCode"] != 202:
            raise RuntimeError(f"answered {answer}")
        received, received_until = self._asked(since=marks[0]), len(self.aws.asked)
        runs, seconds, worked_lines = 0, 0.0, StringIO()
        while message := self._next():
            began = time.perf_counter()
            with redirect_stdout(worked_lines):
                self._work(message)
            seconds += time.perf_counter() - began
            runs += 1
        self.now += 0.001
        return Cost(
            zendesk=self.vendors.zendesk.calls.count(path=_NOT_A_TOKEN, since=marks[1]),
            jira=self.vendors.jira.calls.count(path=_NOT_A_TOKEN, since=marks[2]),
            received=received,
            worked=self._asked(since=received_until),
            runs=runs,
            seconds=seconds,
            received_lines=tuple(received_lines.getvalue().splitlines()),
            worked_lines=tuple(worked_lines.getvalue().splitlines()),
            sent=sum(map(_bytes_sent, self._calls_since(marks))),
            answered=_bytes_answered(answer),
        )

    def _calls_since(self, marks: tuple[int, int, int]) -> list[RecordedCall]:
        sites = (self.vendors.zendesk, self.vendors.jira)
        return [
            call
            for site, mark in zip(sites, marks[1:], strict=True)
            for call in site.calls.matching(path=_NOT_A_TOKEN, since=mark)
        ]

    def _asked(self, *, since: int) -> tuple[Asked, ...]:
        """The calls since then, without reading the credentials anew: they are good for minutes, and no event's own."""
        return tuple(asked for asked in self.aws.asked[since:] if asked.operation != "GetSecretValue")

    def _next(self) -> dict[str, Any] | None:
        sqs = self.aws.emulator.client("sqs")
        names = ["All"]
        answer = sqs.receive_message(QueueUrl=self.aws.queue_url, MessageSystemAttributeNames=names)
        return next(iter(answer.get("Messages", ())), None)

    def _work(self, message: dict[str, Any]) -> None:
        end = time.monotonic() + 900
        context: Any = SimpleNamespace(
            get_remaining_time_in_millis=lambda: int(1000 * (end - time.monotonic())),
            aws_request_id="bench",
        )
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
        }
        answer = self._worker.handle({"Records": [record]}, context)
        if answer["batchItemFailures"]:
            raise RuntimeError("the worker put a message off")
        self.aws.emulator.client("sqs").delete_message(
            QueueUrl=self.aws.queue_url, ReceiptHandle=message["ReceiptHandle"]
        )

    def __enter__(self) -> Self:
        self._open.enter_context(self.vendors)
        self._open.enter_context(self.aws)
        environment = {
            **self.aws.environment(),
            "POWERTOOLS_METRICS_NAMESPACE": "linksync",
            "POWERTOOLS_SERVICE_NAME": "link_worker",
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "EVENT_QUEUE_URL": self.aws.queue_url,
            "DEAD_LETTER_QUEUE_URL": self.aws.dead_letter_url,
            "WEBHOOK_SECRET_ARN": self.aws.make_secret("webhook", _SECRETS),
            "API_CREDENTIALS_ARN": self.aws.make_secret("credentials", self.vendors.credentials()),
            "LEDGER_TABLE": LEDGER,
            "IDEMPOTENCY_TABLE": IDEMPOTENCY,
            "ZENDESK_SUBDOMAIN": SUBDOMAIN,
            "ZENDESK_BASE_URL": self.vendors.zendesk.url,
            "JIRA_INTEGRATION_EXTERNAL_ID": self.vendors.zendesk.links.external_id,
            "JIRA_BASE_URL": self.vendors.jira.url,
            "TICKET_FIELD_ID": TICKET_FIELD,
            "ISSUE_FIELD_ID": ISSUE_FIELD,
            "HISTORY_DAYS": "400",  # the template's default
        }
        self._open.enter_context(patch.dict(os.environ, environment, clear=True))
        clients = replace(Clients.of(settings_of(os.environ)), now=self._clock)
        self._worker = Wiring(os.environ, clients).worker
        self._zendesk = replace(receiver(lambda s: zendesk_routes(s.fields.ticket)), clock=self._clock)
        self._jira = replace(receiver(lambda s: jira_routes(s.fields.issue)), clock=self._clock)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._open.close()

    def _clock(self) -> float:
        return self.now
