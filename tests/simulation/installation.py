"""One Zendesk account, one Jira site, and one stack of linksync between them, in one process under one clock.

Everything of linksync is real: receivers, rules, ledger, worker, and the clients of Zendesk, Jira, SQS.  Around it are
the laptop's Zendesk and Jira, a fake AWS, and a network, all of which fail as they are told to.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from linksync.core.links import UnlinkPolicy
from linksync.store.dead_letters import DeadLetterQueue, Letter
from tests.simulation.clock import Clock
from tests.simulation.fault_injector import FaultInjector
from tests.simulation.fault_kinds import Fault
from tests.simulation.link_witness import LinkWitness
from tests.simulation.parameters import environment
from tests.simulation.people import People
from tests.simulation.receivers import Receivers
from tests.simulation.reconciler import SimulatedReconciler
from tests.simulation.senders import Delivery, Senders
from tests.simulation.simulated_jira import HOST as JIRA_HOST
from tests.simulation.simulated_jira import SimulatedJira
from tests.simulation.simulated_zendesk import HOST as ZENDESK_HOST
from tests.simulation.simulated_zendesk import SimulatedZendesk
from tests.simulation.sqs import DEAD_LETTERS, EVENTS, SimulatedSqs
from tests.simulation.vendor_network import VendorNetwork
from tests.simulation.worker import SimulatedWorker

RUN, RECONCILER_RUN = 30.0, 900.0
"""Seconds: the functions' time-outs."""

LINKS_MEANWHILE = 0.2
"""The chance of a link by hand at each call, while things fail."""

LINKS_A_WRITE = 2
"""What a run tells of links in one write: the outcome of the last call, and the intent of the next.  It may be cut."""

REST, MOST_RUNS = 7 * 86_400.0, 5_000
"""Seconds and runs within which the queue must be empty once everything works again."""


class Installation:
    """`people` edit, `deliver` and `wait` move the network on, `work` runs the worker; `notice` as the parameter."""

    def __init__(
        self,
        seed: int,
        *,
        policy: UnlinkPolicy = UnlinkPolicy.OWNED,
        project_keys: str = "",
        v1: bool = False,
        notice: str = "off",
    ) -> None:
        self.random, self.clock, self.policy = Random(seed), Clock(), policy
        self.agents = Random(f"agents {seed}")
        self.project_keys = frozenset(key for key in project_keys.split(",") if key)
        self.injector = FaultInjector(self.random, self.clock)
        self.witness = LinkWitness(policy)
        self._open_vendors(v1=v1)
        self._open_stack(environment(policy=policy, project_keys=project_keys, v1=v1, notice=notice))
        self.network.meanwhile = self._meanwhile
        self.runs = 0
        self.kills: Counter[str] = Counter()
        """By the body of the message: runs that were killed."""
        self.wrongs: list[str] = []

    def _open_vendors(self, *, v1: bool) -> None:
        """Both vendors, what they send, and the people who edit there."""
        self.zendesk = SimulatedZendesk.opened(self.clock, self.injector, self.witness, v1=v1)
        self.jira = SimulatedJira.opened(self.clock, self.injector)
        self.senders = Senders(self.clock, self.zendesk.account.triggers)
        self.zendesk.account.tickets.listeners.append(self.senders.on_ticket_change)
        self.jira.jira.issues.listeners.append(self.senders.on_issue_change)
        self.people = People(self.random, self.clock, self.zendesk, self.jira, self.senders, self.witness)

    def _open_stack(self, environ: dict[str, str]) -> None:
        """The functions of linksync, and what they reach: AWS, and the vendors through a network."""
        self.sqs = SimulatedSqs(self.clock, self.injector)
        self.receivers = Receivers(self.clock, self.sqs, environ)
        self.network = VendorNetwork({ZENDESK_HOST: self.zendesk, JIRA_HOST: self.jira}, self.clock, self.injector)
        self.worker = SimulatedWorker(self.clock, self.injector, self.network, self.sqs, environ)
        self.reconciler = SimulatedReconciler(self.clock, self.network, self.sqs, self.worker.tables, environ)

    def counts(self, issue_key: str) -> bool:
        """Whether an issue with this key is in a project that counts."""
        return not self.project_keys or issue_key.rpartition("-")[0] in self.project_keys

    # ── the network ─────────────────────────────────────────────────────────────────────────────────────────────

    def deliver(self, delivery: Delivery, *, again: bool = False) -> None:
        """Let one delivery through; `again` leaves it on its way, to come once more."""
        if self.receivers.receive(delivery) and not again:
            self.senders.delivered(delivery)

    def deliver_all(self) -> None:
        """Whatever is on its way gets through, in some order."""
        while self.senders.network:
            self.deliver(self.random.choice(self.senders.network))

    def wait(self, seconds: float) -> None:
        """Let time pass; what senders are about to give up gets through before."""
        until = self.clock.now + seconds
        for delivery in self.senders.due(until):
            self.clock.wait_until(delivery.deadline)
            while delivery in self.senders.network:
                self.deliver(delivery)
        self.clock.wait_until(until)

    # ── the worker ──────────────────────────────────────────────────────────────────────────────────────────────

    def work(self, lane: str) -> None:
        """One run of the worker on the first message of a lane, unless another run has taken it meanwhile."""
        message = self.sqs.deliver(lane) if lane in self.sqs.events.ready() else None
        if message is None:
            return
        self.runs += 1
        begun, killed = self.clock.now, self.worker.kills
        with self._run(RUN) as ended:
            done = self.worker.run(message)
        self.kills[message.body] += self.worker.kills - killed
        if done:
            self.sqs.acknowledge(message)
            return
        if ended.struck and lane.startswith("ticket#"):
            self.witness.unknown_begun[lane.removeprefix("ticket#")] += LINKS_A_WRITE
        if message.visible_at < max(ended.demanded, begun + 1.0):
            self.wrongs.append(f"came again too soon: {lane}")

    @contextmanager
    def _run(self, seconds: float) -> Iterator["_RunEnd"]:
        """A run of a function, maybe while another's waits for its vendor.  Afterwards: how it ended."""
        outer, ended = (self.clock.end, self.injector.struck_at_home, self.network.demand_until), _RunEnd()
        self.clock.end, self.injector.struck_at_home, self.network.demand_until = self.clock.now + seconds, 0, 0.0
        yield ended
        ended.struck, ended.demanded = self.injector.struck_at_home > 1, self.network.demand_until
        self.clock.end, self.injector.struck_at_home, self.network.demand_until = outer

    def _meanwhile(self) -> None:
        """Other lanes are worked on while this one waits for its vendor."""
        if self.injector.rate and self.agents.random() < LINKS_MEANWHILE:
            self._link_by_hand()
        if self.injector.rate and self.random.random() < 0.2 and (lanes := self.sqs.events.ready()):
            self.work(self.random.choice(lanes))

    def _link_by_hand(self) -> None:
        """Some agent, or another program, links a pair right before the call that is on its way gets there."""
        people, fault = self.people, Fault.LINKED_MEANWHILE
        tickets = sorted(set(people.ticket_refs) - set(people.merged) - people.binned)
        if fault in self.injector.kinds and tickets and people.keys:
            pair = self.agents.choice(tickets), self.agents.choice(list(people.keys))
            self.injector.counts[fault] += pair not in self.zendesk.pairs()
            people.link_by_hand(*pair)

    # ── the reconciler ──────────────────────────────────────────────────────────────────────────────────────────

    def reconcile(self) -> str:
        """One run of the reconciler.  How it ended."""
        with self._run(RECONCILER_RUN):
            return self.reconciler.run()

    # ── quiet ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def quiet(self) -> bool:
        """Whether nothing is on its way or waiting."""
        return not self.senders.network and not self.sqs.events.lanes

    def rest(self) -> None:
        """Everything works again, every delivery gets through, every message is worked on."""
        self.heal()
        self.deliver_all()
        end, most = self.clock.now + REST, self.runs + MOST_RUNS
        while (opens := self.sqs.events.next_visible()) is not None:
            self.clock.wait_until(opens)
            if self.clock.now > end or self.runs > most:
                self.wrongs.append(f"does not come to rest: {sorted(self.sqs.events.lanes)}")
                return
            for lane in self.sqs.events.ready():
                self.work(lane)

    def heal(self) -> None:
        """Nothing fails any more."""
        self.injector.rate = 0.0
        self.zendesk.down = self.jira.down = None
        self.zendesk.revoke(revoked=False)
        self.jira.revoke(revoked=False)
        self.zendesk.links.manage_links = True

    # ── the operator ────────────────────────────────────────────────────────────────────────────────────────────

    def letters(self) -> list[Letter]:
        """What is in the dead-letter queue."""
        return self._dead_letters().letters()

    def redrive(self) -> None:
        """Move every letter back."""
        queue = self._dead_letters()
        for letter in queue.each():
            queue.move_back(letter)

    def _dead_letters(self) -> DeadLetterQueue:
        client: Any = self.sqs
        return DeadLetterQueue(client, queue_url=EVENTS, dead_letter_url=DEAD_LETTERS)


@dataclass
class _RunEnd:
    """`struck`: after its last call to a vendor it was killed, or got no answer from AWS twice: once is got over.

    `demanded` is the moment before which a vendor asked not to be called again.
    """

    struck: bool = False
    demanded: float = 0.0
