"""After any history the links equal what the fields say: the invariants of the design, on the real linksync.

Receivers, rules, ledger, worker and the clients of Zendesk and Jira are the product's own; see `tests.simulation`.
"""

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from linksync.core.links import UnlinkPolicy
from local.http.messages import Reply
from tests.simulation.edits import KEYS, TICKETS, UNKNOWN_KEY, UNKNOWN_TICKET
from tests.simulation.fault_kinds import Fault
from tests.simulation.histories import Ended, begin, play
from tests.simulation.oracle import divergences
from tests.simulation.vendor_faults import outcome

SEEDS_A_TEST = 150
TEXTS = [*KEYS, UNKNOWN_KEY]


@pytest.mark.parametrize("policy", UnlinkPolicy)
@pytest.mark.parametrize("block", range(2))
def test_random_histories_with_faults_converge(policy: UnlinkPolicy, block: int) -> None:
    ended = [play(seed, policy=policy) for seed in range(block * SEEDS_A_TEST, (block + 1) * SEEDS_A_TEST)]
    assert diverged(ended) == []


@pytest.mark.parametrize("policy", UnlinkPolicy)
def test_what_senders_dropped_is_found_by_the_reconciler(policy: UnlinkPolicy) -> None:
    ended = [play(seed, policy=policy, reconciled=True) for seed in range(SEEDS_A_TEST)]
    assert sum(history.faults[Fault.DROPPED] for history in ended) > SEEDS_A_TEST / 5
    assert diverged(ended) == []


@pytest.mark.parametrize("reconciled", [False, True])
def test_version_1_of_the_links_api_converges_too(reconciled: bool) -> None:
    assert diverged([play(seed, v1=True, reconciled=reconciled) for seed in range(SEEDS_A_TEST)]) == []


def diverged(ended: Iterable[Ended]) -> list[tuple[int, list[str]]]:
    return [(history.seed, history.divergences) for history in ended if history.divergences]


def test_whom_zendesk_does_not_let_in_learns_nothing_of_the_call_before() -> None:
    """A create without an answer, then 401s; a link made by hand meanwhile: nobody can tell whose it is."""
    assert outcome(None, Reply(401, {})) == outcome(Fault.SLOW, Reply(403, {})) == "not written"
    assert outcome(None, Reply(409, {})) == "answered"
    assert diverged([play(seed) for seed in (8_092, 8_461)]) == []


def test_a_link_whose_naming_was_dropped_may_be_made_after_somebody_removed_it_by_hand() -> None:
    """Seed 4019: the field named it all the time, which linksync learned from the reconciler afterwards."""
    assert diverged([play(4_019, policy=UnlinkPolicy.NEVER, v1=True, reconciled=True)]) == []


def test_an_old_copy_that_agrees_with_a_late_delivery_is_not_believed() -> None:
    assert diverged([play(56_666, policy=UnlinkPolicy.NEVER)]) == []


def test_a_merged_ticket_hands_on_whatever_it_once_named() -> None:
    """With UnlinkPolicy any, the link that somebody made of such a pair goes once nothing names it."""
    assert diverged([play(5_074, policy=UnlinkPolicy.ANY, v1=True, reconciled=True)]) == []


class Histories(RuleBasedStateMachine):
    """The same in Hypothesis' hands: it looks for the shortest history that diverges."""

    @initialize(seed=st.integers(0, 2**32), rate=st.sampled_from([0.0, 0.05, 0.3]))
    def begin(self, seed: int, rate: float) -> None:
        self.installation = begin(seed)
        self.people = self.installation.people
        self.installation.injector.rate = rate

    @rule(ticket=st.sampled_from(TICKETS), keys=st.lists(st.sampled_from(TEXTS), unique=True), event=st.booleans())
    def an_agent_writes(self, ticket: str, keys: list[str], event: bool) -> None:
        self.people.write_ticket(ticket, *keys, by="event" if event else "trigger")

    @rule(ticket=st.sampled_from(TICKETS), key=st.sampled_from(TEXTS))
    def an_agent_writes_what_breaks_the_json(self, ticket: str, key: str) -> None:
        self.people.write_ticket(ticket, key, broken=True)

    @rule(
        issue=st.integers(0, len(KEYS) - 1),
        tickets=st.lists(st.sampled_from([*TICKETS, UNKNOWN_TICKET]), unique=True),
    )
    def an_engineer_writes(self, issue: int, tickets: list[str]) -> None:
        self.people.write_issue(list(self.people.keys)[issue], *tickets)

    @rule(issue=st.integers(0, len(KEYS) - 1), silent=st.booleans())
    def an_issue_moves(self, issue: int, silent: bool) -> None:
        key = f"NEW-{len(self.people.known_as)}"
        self.people.move_issue(list(self.people.keys)[issue], key, by="unreadable" if silent else "webhook")

    @rule(ticket=st.sampled_from(TICKETS), issue=st.integers(0, len(KEYS) - 1))
    def somebody_links_by_hand(self, ticket: str, issue: int) -> None:
        self.people.link_by_hand(ticket, list(self.people.keys)[issue])

    @rule(ticket=st.sampled_from(TICKETS), issue=st.integers(0, len(KEYS) - 1))
    def somebody_unlinks_by_hand(self, ticket: str, issue: int) -> None:
        self.people.unlink_by_hand(ticket, list(self.people.keys)[issue], quiet=self.installation.quiet)

    @precondition(lambda self: self.installation.senders.network)
    @rule(place=st.integers(0, 99), again=st.booleans())
    def a_delivery_gets_through(self, place: int, again: bool) -> None:
        network = self.installation.senders.network
        self.installation.deliver(network[place % len(network)], again=again)

    @precondition(lambda self: self.installation.sqs.events.ready())
    @rule(place=st.integers(0, 99))
    def the_worker_runs(self, place: int) -> None:
        lanes = self.installation.sqs.events.ready()
        self.installation.work(lanes[place % len(lanes)])

    @rule(seconds=st.sampled_from([0.5, 30.0, 120.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        self.installation.wait(seconds)

    @rule(zendesk=st.booleans(), down=st.sampled_from([None, Fault.OUTAGE, Fault.OUTAGE_WITH_DEMAND]))
    def a_vendor_goes_down_or_comes_back(self, zendesk: bool, down: Fault | None) -> None:
        vendor = self.installation.zendesk if zendesk else self.installation.jira
        vendor.down = down

    def teardown(self) -> None:
        if hasattr(self, "installation"):
            self.installation.rest()
            assert divergences(self.installation) == []


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
