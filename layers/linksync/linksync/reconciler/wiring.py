"""Puts the reconciler together, once a process."""

import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from botocore.config import Config

from linksync.core.projects import ProjectList
from linksync.metrics import Metric
from linksync.observability import correlated, emit_line
from linksync.outbound.existence import VendorExistence
from linksync.outbound.jira_search import JiraSearch
from linksync.outbound.pace import Pace
from linksync.outbound.vendor_apis import VendorApis
from linksync.outbound.vendor_settings import VendorSettings, read_settings
from linksync.outbound.zendesk_exports import ZendeskExports
from linksync.parameters import reference_fields
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.run import MARGIN, Reconciler
from linksync.reconciler.telling import SOURCE
from linksync.store.aws_calls import CallLimits, SecretsManagerCalls, SqsCalls
from linksync.store.dynamodb import dynamodb_client
from linksync.store.event_queue import EventQueue
from linksync.store.ledger_reads import LedgerReads
from linksync.store.look_list import LookList
from linksync.store.queue_depth import waiting
from linksync.store.reconciler_state import ReconcilerState
from linksync.store.repairs import Repairs
from linksync.store.secrets import CachedSecret

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

SHARE = 0.2
"""Of the requests that a plan allows in a minute.  The rest is the worker's, and everybody else's."""

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


class Wiring:
    """The reconciler's parts that outlive a run."""

    def __init__(self, settings: VendorSettings) -> None:
        self._settings = settings
        self._sqs = SqsCalls(settings.event_queue_url, _LIMITS)
        self._dynamodb = dynamodb_client(_DYNAMODB)
        secrets_manager = SecretsManagerCalls(settings.api_credentials_arn, _LIMITS)
        self._apis = VendorApis(source=CachedSecret(secrets_manager, settings.api_credentials_arn).get)

    def run(self, context: "LambdaContext") -> str:
        """One run.  Returns how it ended."""
        counts = Counts()
        with correlated(context.aws_request_id):
            deps = self._dependencies(counts, lambda: context.get_remaining_time_in_millis() / 1000)
            ended = Reconciler(deps, run=context.aws_request_id).reconcile()
            emit_line(logging.INFO, "reconciler run ended", fields={"ended": ended}, counts=counts, source=SOURCE)
        return ended

    def _dependencies(self, counts: Counts, seconds_left: Callable[[], float]) -> Dependencies:
        pace = partial(Pace, SHARE, longest=lambda: seconds_left() - MARGIN)
        settings, zendesks = self._settings, pace()
        zendesk = replace(self._apis.zendesk(settings.zendesk_url), pace=zendesks)
        jira = replace(self._apis.jira(settings.jira_base_url), pace=pace())
        fields = reference_fields(os.environ)
        exports = ZendeskExports(zendesk=zendesk, field_id=fields.ticket.id, parse=fields.ticket.text_keys)
        client, table = self._dynamodb, settings.ledger_table
        return Dependencies(
            tickets=exports if fields.ticket.id else None,
            issues=JiraSearch(jira=jira, field_id=fields.issue.id, parse=fields.issue.ids),
            existence=VendorExistence(zendesk=zendesk, jira=jira),
            ledger=LedgerReads(client, table),
            state=ReconcilerState(client, table),
            repairs=Repairs(client, table),
            looks=LookList(client, table),
            queue=EventQueue(self._sqs, settings.event_queue_url),
            metrics=counts,
            projects=ProjectList(fields.issue.projects),
            waiting=partial(waiting, self._sqs, settings.event_queue_url),
            now=time.time,
            seconds_left=seconds_left,
            pause=zendesks.pause,
        )


@cache
def wire() -> Wiring:
    """The reconciler of this process.  Raises Misconfigured."""
    return Wiring(read_settings(VendorSettings, os.environ))
