"""Puts the link worker together, once a process.  Clients are made while Lambda starts the function, at full speed."""

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import requests

from linksync.core.projects import ProjectList
from linksync.observability import emit_line
from linksync.outbound.connections import new_session
from linksync.outbound.jira_issues import JiraIssues
from linksync.outbound.jira_notices import JiraNotices
from linksync.outbound.links_api import LinksApi
from linksync.outbound.vendor_apis import VendorApis
from linksync.outbound.zendesk_notices import ZendeskNotices
from linksync.outbound.zendesk_tickets import ZendeskTickets
from linksync.parameters import reference_fields
from linksync.store.aws_calls import CallLimits
from linksync.store.consumer_queue import ConsumerQueue
from linksync.store.crash_count import CrashCount
from linksync.store.dynamodb_calls import DynamoDb, DynamoDbCalls
from linksync.store.event_queue import EventQueue
from linksync.store.ledger import DynamoDbLedger
from linksync.store.secrets import CachedSecret
from linksync.store.secrets_manager_calls import SecretsManagerCalls
from linksync.store.sqs_calls import SqsCalls
from linksync.worker.dependencies import Dependencies, ReferenceNoticeCalls, WriteLine
from linksync.worker.idempotency import DeliveryIdempotency
from linksync.worker.link_worker import LinkWorker
from linksync.worker.run_guard import RunGuard
from linksync.worker.run_log import RunLog
from linksync.worker.settings import Settings, settings_of

_LIMITS = CallLimits(connect=2, read=5, attempts=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """The clients that the worker calls with, its log, its clock and its randomness."""

    sqs: SqsCalls
    dynamodb: DynamoDb
    secrets_manager: SecretsManagerCalls
    session: requests.Session = field(default_factory=new_session, repr=False)
    write_line: WriteLine = emit_line
    now: Callable[[], float] = time.time
    sleep: Callable[[float], object] = time.sleep
    jitter: Callable[[], float] = random.random

    @classmethod
    def of(cls, settings: Settings) -> "Clients":
        """The clients of this stack's queues, tables and secret."""
        return cls(
            sqs=SqsCalls(settings.event_queue_url, _LIMITS),
            dynamodb=DynamoDbCalls(settings.api_credentials_arn, _LIMITS),
            secrets_manager=SecretsManagerCalls(settings.api_credentials_arn, _LIMITS),
        )


class Wiring:
    """The worker's parts that outlive a run."""

    def __init__(self, environ: Mapping[str, str], clients: Clients | None = None) -> None:
        """Without `clients` they are the real ones.  Raises Misconfigured."""
        self._environ, self._settings = environ, settings_of(environ)
        self._clients = clients or Clients.of(self._settings)
        settings, clients = self._settings, self._clients
        secret = CachedSecret(clients.secrets_manager, settings.api_credentials_arn, clock=clients.now)
        self._apis = VendorApis(source=secret.get, session=clients.session, clock=clients.now, breaker=True)
        self._ledger = DynamoDbLedger(
            clients.dynamodb,
            settings.ledger_table,
            history_days=settings.history_days,
            sleep=clients.sleep,
            clock=clients.now,
        )
        self._queue = EventQueue(clients.sqs, settings.event_queue_url)
        self.worker = LinkWorker(
            queue=ConsumerQueue(
                clients.sqs, queue_url=settings.event_queue_url, dead_letter_url=settings.dead_letter_queue_url
            ),
            guard=RunGuard(
                DeliveryIdempotency(clients.dynamodb, settings.idempotency_table),
                CrashCount(clients.dynamodb, settings.idempotency_table, now=clients.now),
            ),
            dependencies=self._dependencies,
            write_line=clients.write_line,
            now=clients.now,
            jitter=clients.jitter,
        )

    def _dependencies(self, run: RunLog, seconds_left: Callable[[], float]) -> Dependencies:
        links, tickets, issues, notices, projects = self._vendors()
        return Dependencies(
            ledger=self._ledger,
            links=links,
            tickets=tickets,
            issues=issues,
            reference_notice_calls=notices,
            queue=self._queue,
            log=run,
            policy=self._settings.unlink_policy,
            projects=projects,
            now=self._clients.now,
            seconds_left=seconds_left,
        )

    @cache  # noqa: B019  one Wiring lives as long as the process
    def _vendors(self) -> tuple[LinksApi, ZendeskTickets, JiraIssues, ReferenceNoticeCalls, ProjectList]:
        """Made at the first message and not before: a parameter that is wrong fails that message, and is told there."""
        settings = self._settings
        zendesk = self._apis.zendesk(settings.zendesk_url)
        jira = self._apis.jira(settings.jira_base_url)
        fields = reference_fields(self._environ)
        return (
            self._apis.links(
                zendesk, version=settings.links_api_version, external_id=settings.jira_integration_external_id
            ),
            ZendeskTickets(zendesk=zendesk, field_id=fields.ticket.id, parse=fields.ticket.text_keys),
            JiraIssues(jira=jira, field_id=fields.issue.id, parse=fields.issue.ids, clock=self._clients.now),
            ReferenceNoticeCalls(
                kind=settings.wrong_reference_notice,
                tickets=ZendeskNotices(zendesk=zendesk),
                issues=JiraNotices(jira),
            ),
            ProjectList(fields.issue.projects),
        )


@cache
def wire() -> LinkWorker:
    """The link worker of this process.  Raises Misconfigured."""
    return Wiring(os.environ).worker
