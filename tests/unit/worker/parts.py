"""The fakes around one worker, and the outside that they make for it."""

from collections.abc import Callable
from typing import Any

from linksync.core.links import UnlinkPolicy
from linksync.core.projects import ALL_PROJECTS
from linksync.core.wrong_references import WrongReferenceNotice
from linksync.store.ledger import DynamoDbLedger
from linksync.worker.dependencies import Dependencies, ReferenceNoticeCalls
from linksync.worker.run_log import RunLog
from tests.simulation.clock import Clock
from tests.unit.worker.fake_aws import FakeDynamo, FakeQueue
from tests.unit.worker.fake_vendors import FakeJira, FakeZendesk


class Parts:
    """Zendesk, Jira and an AWS under one clock; whoever inherits sets them up."""

    clock: Clock
    zendesk: FakeZendesk
    jira: FakeJira
    queue: FakeQueue
    dynamo: FakeDynamo
    policy: UnlinkPolicy
    projects = ALL_PROJECTS
    history_days = 0
    notice = WrongReferenceNotice.OFF

    @property
    def ledger(self) -> DynamoDbLedger:
        """The real ledger on the fake DynamoDB."""
        client: Any = self.dynamo
        return DynamoDbLedger(client, "ledger", clock=self.clock, history_days=self.history_days, sleep=lambda _: None)

    def new_issue(self, issue_id: str, key: str) -> None:
        self.jira.keys[issue_id] = key
        self.jira.known_as[key] = issue_id
        self.jira.fields[issue_id] = ()

    def _dependencies(self, run: RunLog, seconds_left: Callable[[], float]) -> Dependencies:
        return Dependencies(
            ledger=self.ledger,
            links=self.zendesk,
            tickets=self.zendesk,
            issues=self.jira,
            reference_notice_calls=ReferenceNoticeCalls(kind=self.notice, tickets=self.zendesk, issues=self.jira),
            queue=self.queue,
            log=run,
            policy=self.policy,
            projects=self.projects,
            now=self.clock,
            seconds_left=seconds_left,
        )
