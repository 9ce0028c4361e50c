# ruff: noqa: N803 - DynamoDB's client is untyped here; AWS names its parameters so
"""The worker over the simulation's fakes, with faults by script, and with a bill for every call."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from linksync.core.issue import Issue
from linksync.core.lanes import TicketLane
from linksync.core.links import UnlinkPolicy
from linksync.core.messages import Envelope, IssueStatement, LifecycleEvent, Payload, TicketStatement
from linksync.metrics import Metric
from linksync.worker.dependencies import Dependencies
from linksync.worker.link_worker import LinkWorker
from linksync.worker.run_guard import RunGuard
from linksync.worker.run_log import RunLog
from tests.simulation.clock import Clock, RunKilled
from tests.unit.worker.fake_aws import FakeCrashCount, FakeDynamo, FakeIdempotency, FakeQueue
from tests.unit.worker.fake_vendors import FakeJira, FakeZendesk, Pair
from tests.unit.worker.parts import Parts
from tests.unit.worker.script import Script

RUN = 30.0
START = 1_800_000_000.0


@dataclass
class Zendesk(FakeZendesk):
    """Refuses what `refuses` says for as long as it says so."""

    refuses: dict[Pair, Exception] = field(default_factory=dict)
    refuses_delete: dict[Pair, Exception] = field(default_factory=dict)

    def create(self, *, ticket_id: str, issue: Issue) -> bool:
        if error := self.refuses.get((ticket_id, issue.id)):
            self.calls["create"] += 1
            raise error
        return super().create(ticket_id=ticket_id, issue=issue)

    def delete(self, *, ticket_id: str, issue_id: str) -> bool:
        if error := self.refuses_delete.get((ticket_id, issue_id)):
            self.calls["delete"] += 1
            raise error
        return super().delete(ticket_id=ticket_id, issue_id=issue_id)


@dataclass
class Dynamo(FakeDynamo):
    """Counts calls: `query`, `query_index`, `batch_write`; `writes` counts items."""

    calls: Counter[str] = field(default_factory=Counter)

    def paginate(self, **query: Any) -> Iterator[dict[str, Any]]:
        self.calls["query_index" if query.get("IndexName") else "query"] += 1
        return super().paginate(**query)

    def batch_write_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:
        self.calls["batch_write"] += 1
        return super().batch_write_item(RequestItems=RequestItems)


class Stack(Parts):
    """One Zendesk account, one Jira site, one worker; a virtual clock, jitter that is always a half."""

    def __init__(self, policy: UnlinkPolicy = UnlinkPolicy.OWNED) -> None:
        self.policy = policy
        self.clock = Clock(START)
        self.script = Script()
        self.zendesk = Zendesk(self.script)
        self.jira = FakeJira(self.script)
        self.queue = FakeQueue(self.clock, self.script)
        self.dynamo = Dynamo(self.script)
        self.idempotency = FakeIdempotency(self.clock, self.script)
        self.crash_count = FakeCrashCount(self.script)
        self.logs: list[RunLog] = []
        self.runs = 0
        self._deliveries = 0
        self.guard = RunGuard(self.idempotency, self.crash_count)
        self.worker = LinkWorker(
            queue=self.queue,
            guard=self.guard,
            dependencies=self._dependencies,
            now=self.clock,
            jitter=lambda: 0.5,
        )

    def _dependencies(self, run: RunLog, seconds_left: Callable[[], float]) -> Dependencies:
        self.logs.append(run)
        return super()._dependencies(run, seconds_left)

    # ── people and senders ──────────────────────────────────────────────────────────────────────────────────────

    def link_by_hand(self, ticket_id: str, issue_id: str) -> None:
        self.zendesk.links[ticket_id, issue_id] = "by hand"
        self.zendesk.by_hand.add((ticket_id, issue_id))

    def tick(self) -> float:
        self.clock.now += 0.01
        return self.clock.now

    def edit_ticket(self, ticket_id: str, *keys: str) -> TicketStatement:
        """An agent writes these keys; an event subscription tells, with the time of the change."""
        self.zendesk.fields[ticket_id] = keys
        return TicketStatement(ticket_id=ticket_id, issue_keys=keys, at=self.tick(), exact=True)

    def merge_ticket(self, ticket_id: str, *, into: str) -> TicketStatement:
        """An agent merges it into another; an event subscription tells."""
        return TicketStatement(
            ticket_id=ticket_id,
            issue_keys=None,
            at=self.tick(),
            exact=True,
            lifecycle=LifecycleEvent.MERGED,
            merged_into=into,
        )

    def move_issue(self, key: str) -> None:
        """An engineer moves issue 10001 to where it has this key; nobody tells yet."""
        self.jira.keys["10001"] = key
        self.jira.known_as[key] = "10001"

    def edit_issue(
        self, issue_id: str, *ticket_ids: str, lifecycle: LifecycleEvent = LifecycleEvent.EDITED
    ) -> IssueStatement:
        """An engineer writes these ticket ids; Jira's webhook tells."""
        self.jira.fields[issue_id] = ticket_ids
        key = self.jira.keys[issue_id]
        return IssueStatement(
            issue_id=issue_id, issue_key=key, ticket_ids=ticket_ids, at=self.tick(), exact=True, lifecycle=lifecycle
        )

    def post(
        self,
        payload: Payload,
        *,
        delivery: str = "",
        received_at: float | None = None,
        redriven: bool = False,
        source: str = "test",
    ) -> None:
        """Queue it, as a delivery of its own unless named."""
        self._deliveries += 1
        delivery = delivery or f"d{self._deliveries}"
        accepted = self.clock.now if received_at is None else received_at
        self.queue.send(
            Envelope(delivery=delivery, correlation_id=delivery, source=source, received_at=accepted, payload=payload),
            known_by=f"{delivery}-{self._deliveries}",
            redriven=redriven,
        )

    # ── the worker ──────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, lane: str) -> bool:
        """One run on the lane's first message.  Whether it was acknowledged; a crash was not."""
        self.runs += 1
        end = self.clock.now + RUN
        context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: int(1000 * (end - self.clock.now)))
        try:
            done = not self.worker.handle(self.queue.receive(lane), context)["batchItemFailures"]
        except RunKilled:
            done = False
        if done:
            self.queue.acknowledge(lane)
        return done

    def run_until_idle(self, *, within: float = 3_600) -> None:
        """Work until the queue is empty, waiting where messages are hidden."""
        end = self.clock.now + within
        while (opens := self.queue.next_visible()) is not None:
            self.clock.now = max(self.clock.now, opens)
            assert self.clock.now <= end, f"still at work: {list(self.queue.lanes)}"
            for lane in self.queue.ready():
                self.run(lane)

    def deliver(self, *payloads: Payload) -> None:
        """Queue one after the other, each worked on to its end."""
        for payload in payloads:
            self.post(payload)
            self.run_until_idle()

    # ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────

    def linked(self, ticket_id: str = "5001") -> set[str]:
        """The issues that the ticket is linked with at Zendesk."""
        return {issue_id for ticket, issue_id in self.zendesk.links if ticket == ticket_id}

    def lane(self, ticket_id: str = "5001") -> TicketLane:
        """What the ledger knows."""
        return self.ledger.ticket(ticket_id)

    def metric(self, name: str) -> float:
        return sum(run.counts.get(Metric(name), 0) for run in self.logs)

    def bill(self, work: Callable[[], None]) -> dict[str, int]:
        """What the work cost, by call, without what cost nothing."""
        before = self._spent()
        work()
        return dict(self._spent() - before)

    def _spent(self) -> Counter[str]:
        upstream = {f"zendesk {call}": number for call, number in self.zendesk.calls.items()}
        upstream |= {f"jira {call}": number for call, number in self.jira.calls.items()}
        return Counter(upstream | self.dynamo.calls | {"items": self.dynamo.writes, "notices": self.queue.sent})
