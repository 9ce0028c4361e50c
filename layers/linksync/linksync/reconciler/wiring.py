"""Puts the reconciler together, once a process."""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING

import requests
from botocore.config import Config

from linksync.core.projects import ProjectList
from linksync.metrics import Metric
from linksync.observability import correlated, emit_line
from linksync.outbound.connections import new_session
from linksync.outbound.existence import VendorExistence
from linksync.outbound.jira_search import JiraSearch
from linksync.outbound.pace import Pace
from linksync.outbound.vendor_apis import VendorApis
from linksync.outbound.vendor_settings import VendorSettings, read_settings
from linksync.outbound.zendesk_exports import ZendeskExports
from linksync.parameters import reference_fields
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.enqueue_findings import SOURCE
from linksync.reconciler.limits import LONGEST_WAIT, MARGIN, SHARE
from linksync.reconciler.run import Reconciler
from linksync.store.aws_calls import CallLimits
from linksync.store.dynamodb import dynamodb_client
from linksync.store.event_queue import EventQueue
from linksync.store.ledger_reads import LedgerReads
from linksync.store.look_list import LookList
from linksync.store.queue_depth import waiting
from linksync.store.reconciler_state import ReconcilerState
from linksync.store.repairs import Repairs
from linksync.store.secrets import CachedSecret
from linksync.store.secrets_manager_calls import SecretsManagerCalls
from linksync.store.sqs_calls import SqsCalls

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

_LIMITS = CallLimits(connect=2, read=5, attempts=3)
_DYNAMODB = Config(
    connect_timeout=_LIMITS.connect,
    read_timeout=_LIMITS.read,
    retries={"mode": "standard", "total_max_attempts": _LIMITS.attempts},
)


class Counts(Counter[Metric]):
    """The metrics of a run."""

    def count(self, metric: Metric, value: float = 1) -> None:
        """Add to a metric."""
        self[metric] += value  # type: ignore[assignment]  # seconds are no whole numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """The clients that the reconciler calls with, its log and its clock."""

    sqs: SqsCalls
    dynamodb: "DynamoDBClient"
    secrets_manager: SecretsManagerCalls
    session: requests.Session = field(default_factory=new_session, repr=False)
    write_line: Callable[..., object] = emit_line
    now: Callable[[], float] = time.time
    sleep: Callable[[float], object] = time.sleep

    @classmethod
    def of(cls, settings: VendorSettings) -> "Clients":
        """The clients of this stack's queue, ledger and secret."""
        return cls(
            sqs=SqsCalls(settings.event_queue_url, _LIMITS),
            dynamodb=dynamodb_client(_DYNAMODB),
            secrets_manager=SecretsManagerCalls(settings.api_credentials_arn, _LIMITS),
        )


class Wiring:
    """The reconciler's parts that outlive a run."""

    def __init__(self, environ: Mapping[str, str], clients: Clients | None = None) -> None:
        """Without `clients` they are the real ones.  Raises Misconfigured."""
        self._environ, self._settings = environ, read_settings(VendorSettings, environ)
        self._clients = clients or Clients.of(self._settings)
        clients = self._clients
        secret = CachedSecret(clients.secrets_manager, self._settings.api_credentials_arn, clock=clients.now)
        self._apis = VendorApis(source=secret.get, session=clients.session, clock=clients.now)

    def run(self, context: "LambdaContext") -> str:
        """One run.  Returns how it ended."""
        counts = Counts()
        with correlated(context.aws_request_id):
            deps = self._dependencies(counts, lambda: context.get_remaining_time_in_millis() / 1000)
            ended = Reconciler(deps, run=context.aws_request_id).reconcile()
            self._clients.write_line(
                logging.INFO, "reconciler run ended", fields={"ended": ended}, counts=counts, source=SOURCE
            )
        return ended

    def _dependencies(self, counts: Counts, seconds_left: Callable[[], float]) -> Dependencies:
        settings, clients = self._settings, self._clients

        def longest() -> float:
            return min(seconds_left() - MARGIN, LONGEST_WAIT)

        pace = partial(Pace, SHARE, longest=longest, clock=clients.now, sleep=clients.sleep)
        zendesks = pace()
        zendesk = replace(self._apis.zendesk(settings.zendesk_url), pace=zendesks)
        jira = replace(self._apis.jira(settings.jira_base_url), pace=pace())
        fields = reference_fields(self._environ)
        exports = ZendeskExports(zendesk=zendesk, field_id=fields.ticket.id, parse=fields.ticket.text_keys)
        client, table, sleep = clients.dynamodb, settings.ledger_table, clients.sleep
        return Dependencies(
            tickets=exports if fields.ticket.id else None,
            issues=JiraSearch(jira=jira, field_id=fields.issue.id, parse=fields.issue.ids),
            existence=VendorExistence(zendesk=zendesk, jira=jira),
            ledger=LedgerReads(client, table, sleep=sleep),
            state=ReconcilerState(client, table),
            repairs=Repairs(client, table, clock=clients.now, sleep=sleep),
            looks=LookList(client, table, sleep=sleep),
            queue=EventQueue(clients.sqs, settings.event_queue_url),
            metrics=counts,
            projects=ProjectList(fields.issue.projects),
            waiting=partial(waiting, clients.sqs, settings.event_queue_url),
            now=clients.now,
            seconds_left=seconds_left,
            pause=zendesks.pause,
        )


@cache
def wire() -> Wiring:
    """The reconciler of this process.  Raises Misconfigured."""
    return Wiring(os.environ)
