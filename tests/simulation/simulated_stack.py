"""People who edit, a network that delivers as it pleases, and the worker under test."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import SimpleNamespace
from typing import Any

from linksync.core.links import LinkState, UnlinkPolicy
from linksync.core.messages import Envelope, IssueStatement, LifecycleEvent, TicketStatement
from linksync.metrics import Metric
from linksync.worker.link_worker import LinkWorker
from linksync.worker.run_guard import RunGuard
from tests.simulation.aws import RUN, FakeCrashCount, FakeDynamo, FakeIdempotency, FakeQueue
from tests.simulation.faults import Clock, Crash, Faults
from tests.simulation.parts import Parts
from tests.simulation.vendors import FakeJira, FakeZendesk, Pair

SENDERS_RETRY_FOR = 550.0
"""Seconds after which a Zendesk sender gives up retrying: within the retry horizon."""


@dataclass
class Delivery:
    """On its way.  `deadline` is when the sender's last retry gets through at the latest."""

    name: str
    statement: TicketStatement | IssueStatement
    deadline: float


class SimulatedStack(Parts):
    """One Zendesk account, one Jira site, one stack."""

    def __init__(self, seed: int, *, policy: UnlinkPolicy = UnlinkPolicy.OWNED) -> None:
        self.random = Random(seed)
        self.clock = Clock()
        self.faults = Faults(self.random, self.clock)
        self.zendesk = FakeZendesk(self.faults, meanwhile=self._meanwhile)
        self.jira = FakeJira(self.faults)
        self.queue = FakeQueue(self.clock, self.faults)
        self.dynamo = FakeDynamo(self.faults)
        self.idempotency = FakeIdempotency(self.clock, self.faults)
        self.crash_count = FakeCrashCount(self.faults)
        self.network: list[Delivery] = []
        self.merged: dict[str, str] = {}
        self.withdrawn: set[Pair] = set()
        self.ambiguous: set[Pair] = set()
        self.policy = policy
        self.runs = 0
        self.hasty = 0
        self.accepted = 0
        self._deliveries = 0
        self.metrics: defaultdict[Metric, float] = defaultdict(float)
        self.worker = LinkWorker(
            queue=self.queue,
            guard=RunGuard(self.idempotency, self.crash_count),
            dependencies=self._dependencies,
            write_line=self._write_line,
            now=self.clock,
            jitter=self.random.random,
        )

    def _write_line(
        self,
        level: int,
        message: str,
        *,
        fields: Mapping[str, object] | None = None,
        counts: Mapping[Metric, float | Sequence[float]] | None = None,
        source: str = "",
        correlation_id: str = "",
    ) -> None:
        for metric, value in (counts or {}).items():
            self.metrics[metric] += sum(value) if isinstance(value, Sequence) else value

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────

    def new_ticket(self, ticket_id: str) -> None:
        self.zendesk.fields[ticket_id] = ()

    def write_ticket(self, ticket_id: str, *keys: str, event: bool = False, broken: bool = False) -> None:
        """An agent writes keys into a ticket; a trigger tells, or an event subscription, or a trigger's broken JSON."""
        meant = {self.jira.known_as.get(key) for key in keys}
        gone = {self.jira.known_as.get(key) for key in self.zendesk.fields[ticket_id]} - meant
        self.withdrawn |= {(ticket_id, issue_id) for issue_id in gone if issue_id}
        self.zendesk.fields[ticket_id] = keys
        said = None if broken else keys
        self._post(TicketStatement(ticket_id=ticket_id, issue_keys=said, at=self._tick(), exact=event and not broken))

    def write_issue(self, issue_id: str, *ticket_ids: str, exact: bool = True, told: bool = True) -> None:
        """An engineer writes ticket ids into an issue; Jira's webhook tells, or automation (not `exact`).

        Not `told`: the body shows the field in a shape that nobody can read.
        """
        self.jira.fields[issue_id] = ticket_ids
        statement = self._about(issue_id, ticket_ids if told else None, LifecycleEvent.EDITED)
        self._post(replace(statement, exact=exact))

    def move_issue(self, issue_id: str, key: str, *, silent: bool = False) -> None:
        """An issue goes to another project.  `silent`: the body does not show the field."""
        self.jira.keys[issue_id] = key
        self.jira.known_as[key] = issue_id
        self._post(self._about(issue_id, None if silent else self.jira.fields[issue_id], LifecycleEvent.MOVED))

    def delete_issue(self, issue_id: str) -> None:
        statement = self._about(issue_id, None, LifecycleEvent.DELETED)
        del self.jira.keys[issue_id], self.jira.fields[issue_id]
        self._post(statement)

    def merge(self, source: str, target: str) -> None:
        self.merged[source] = target
        self._post(
            TicketStatement(
                ticket_id=source,
                issue_keys=None,
                at=self._tick(),
                exact=True,
                lifecycle=LifecycleEvent.MERGED,
                merged_into=target,
            )
        )

    def delete_ticket(self, ticket_id: str) -> None:
        del self.zendesk.fields[ticket_id]
        self._post(
            TicketStatement(
                ticket_id=ticket_id, issue_keys=None, at=self._tick(), exact=True, lifecycle=LifecycleEvent.DELETED
            )
        )

    def link_by_hand(self, ticket_id: str, issue_id: str) -> None:
        pair = (ticket_id, issue_id)
        if pair not in self.zendesk.links:
            self.zendesk.links[pair] = self.jira.keys[issue_id]
            self.zendesk.by_hand.add(pair)
            self.zendesk.deleted.discard(pair)
            self._note_ambiguous()

    def _about(self, issue_id: str, ticket_ids: tuple[str, ...] | None, lifecycle: LifecycleEvent) -> IssueStatement:
        key = self.jira.keys[issue_id]
        at = self._tick()
        return IssueStatement(
            issue_id=issue_id, issue_key=key, ticket_ids=ticket_ids, at=at, exact=True, lifecycle=lifecycle
        )

    def _tick(self) -> float:
        self.clock.now += 0.001
        return self.clock.now

    # ── the network ─────────────────────────────────────────────────────────────────────────────────────────────

    def _post(self, statement: TicketStatement | IssueStatement) -> None:
        self._deliveries += 1
        of_the_change = isinstance(statement, IssueStatement) and statement.exact
        retries_for = SENDERS_RETRY_FOR * (3 if of_the_change else 1)
        self.network.append(Delivery(f"d{self._deliveries}", statement, self.clock.now + retries_for))

    def deliver(self, position: int, *, keep: bool = False, new_name: bool = False) -> None:
        """Let one delivery through, out of turn; `keep` lets it come again, `new_name` under another delivery id."""
        delivery = self.network[position] if keep else self.network.pop(position)
        statement = delivery.statement
        if not statement.exact:
            statement = replace(statement, at=float(int(self.clock.now)))  # Zendesk signs the attempt's time
        self.accepted += 1
        name = f"{delivery.name}-{self.accepted}" if new_name else delivery.name
        self.queue.send(
            Envelope(delivery=name, correlation_id=name, source="test", received_at=self.clock.now, payload=statement)
        )

    def wait(self, seconds: float) -> None:
        """Let time pass; deliveries whose senders are about to give up get through before."""
        until = self.clock.now + seconds
        for delivery in sorted(self.network, key=lambda delivery: delivery.deadline):
            if delivery.deadline <= until:
                self.clock.now = max(self.clock.now, delivery.deadline)
                self.deliver(self.network.index(delivery))
        self.clock.now = max(self.clock.now, until)

    # ── the worker ──────────────────────────────────────────────────────────────────────────────────────────────

    def work(self, lane: str) -> None:
        """One run of the worker on the first message of a lane."""
        self.runs += 1
        self.faults.unclean, self.faults.demanded = False, 0.0
        end = self.clock.now + RUN
        context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: max(0, int(1000 * (end - self.clock.now))))
        begun = self.clock.now
        event = self.queue.receive(lane)
        try:
            answer = self.worker.handle(event, context)
        except Crash:
            answer = {"batchItemFailures": [lane]}
        if not answer["batchItemFailures"]:
            self.queue.acknowledge(lane)
        elif self.queue.lanes[lane][0].visible_at < begun + max(self.faults.demanded, 1.0):
            self.hasty += 1
        if self.faults.unclean:
            self._note_ambiguous()

    def _meanwhile(self) -> None:
        """Other lanes are worked on while this one waits for Zendesk."""
        if self.faults.rate and self.random.random() < 0.2 and (lanes := self.queue.ready()):
            mine = self.faults.unclean, self.faults.demanded
            self.work(self.random.choice(lanes))
            self.faults.unclean, self.faults.demanded = mine

    def _note_ambiguous(self) -> None:
        """Whose a link is that stands beside an attempt of ours of which nothing is known, nobody can tell."""
        for lane, records in self.dynamo.items.items():
            for record in records.values():
                if record.get("state", {}).get("S") in (LinkState.CREATING, LinkState.DELETING, LinkState.REKEYING):
                    pair = (lane.removeprefix("ticket#"), record["issue_id"]["S"])
                    self.ambiguous |= {pair} & self.zendesk.by_hand

    def repeat_all(self) -> None:
        """Every field is stated once more as it is, by senders that know nothing of what was said before."""
        for ticket_id, keys in list(self.zendesk.fields.items()):
            self.write_ticket(ticket_id, *keys, event=self.random.random() < 0.5)
        for issue_id, ticket_ids in list(self.jira.fields.items()):
            self.write_issue(issue_id, *ticket_ids)

    def settle(self) -> None:
        """Everything heals, every delivery gets through, every message is worked on."""
        self.faults.rate, self.faults.outage = 0.0, False
        while self.network:
            self.deliver(self.random.randrange(len(self.network)))
        runs = self.runs
        while (opens := self.queue.next_visible()) is not None:
            self.clock.now = max(self.clock.now, opens)
            for lane in self.queue.ready():
                self.work(lane)
            assert self.runs < runs + 5_000, "the worker does not come to rest"
