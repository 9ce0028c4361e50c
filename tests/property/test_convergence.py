"""After any history the links equal what the fields say: the invariants of the design, on the real rules and ledger."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from linksync.core.links import UnlinkPolicy
from tests.simulation.histories import ISSUES, TICKETS, UNKNOWN, play
from tests.simulation.oracle import divergences
from tests.simulation.simulated_stack import SimulatedStack

TEXTS = [*ISSUES.values(), UNKNOWN]
SEEDS_A_TEST = 500


@pytest.mark.parametrize("policy", UnlinkPolicy)
@pytest.mark.parametrize("block", range(2))
def test_random_histories_with_faults_converge(policy: UnlinkPolicy, block: int) -> None:
    seeds = range(block * SEEDS_A_TEST, (block + 1) * SEEDS_A_TEST)
    ended = [play(seed, world=SimulatedStack(seed, policy=policy)) for seed in seeds]
    assert [(history.seed, history.divergences) for history in ended if history.divergences] == []


class Histories(RuleBasedStateMachine):
    """The same world in Hypothesis' hands: it looks for the shortest history that diverges."""

    @initialize(seed=st.integers(0, 2**32), rate=st.sampled_from([0.0, 0.05, 0.3]))
    def begin(self, seed: int, rate: float) -> None:
        self.world = SimulatedStack(seed)
        self.world.faults.rate = rate
        for ticket_id in TICKETS:
            self.world.new_ticket(ticket_id)
        for issue_id, key in ISSUES.items():
            self.world.new_issue(issue_id, key)

    @rule(ticket=st.sampled_from(TICKETS), keys=st.lists(st.sampled_from(TEXTS), unique=True), event=st.booleans())
    def an_agent_writes(self, ticket: str, keys: list[str], event: bool) -> None:
        self.world.write_ticket(ticket, *keys, event=event)

    @rule(ticket=st.sampled_from(TICKETS), key=st.sampled_from(TEXTS))
    def an_agent_writes_what_breaks_the_json(self, ticket: str, key: str) -> None:
        self.world.write_ticket(ticket, key, broken=True)

    @rule(issue=st.sampled_from(sorted(ISSUES)), tickets=st.lists(st.sampled_from(TICKETS), unique=True))
    def an_engineer_writes(self, issue: str, tickets: list[str]) -> None:
        self.world.write_issue(issue, *tickets)

    @rule(issue=st.sampled_from(sorted(ISSUES)), silent=st.booleans())
    def an_issue_moves(self, issue: str, silent: bool) -> None:
        self.world.move_issue(issue, f"NEW-{len(self.world.jira.known_as)}", silent=silent)

    @rule(ticket=st.sampled_from(TICKETS), issue=st.sampled_from(sorted(ISSUES)))
    def somebody_links_by_hand(self, ticket: str, issue: str) -> None:
        self.world.link_by_hand(ticket, issue)

    @precondition(lambda self: self.world.network)
    @rule(place=st.integers(0, 99), keep=st.booleans(), new_name=st.booleans())
    def a_delivery_gets_through(self, place: int, keep: bool, new_name: bool) -> None:
        self.world.deliver(place % len(self.world.network), keep=keep, new_name=new_name)

    @precondition(lambda self: self.world.queue.ready())
    @rule(place=st.integers(0, 99))
    def the_worker_runs(self, place: int) -> None:
        lanes = self.world.queue.ready()
        self.world.work(lanes[place % len(lanes)])

    @rule(seconds=st.sampled_from([0.5, 30.0, 120.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.wait(seconds)

    @rule(outage=st.booleans())
    def the_vendors_go_down_or_come_back(self, outage: bool) -> None:
        self.world.faults.outage = outage

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle()
            assert divergences(self.world) == []


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
