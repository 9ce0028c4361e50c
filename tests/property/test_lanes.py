"""Invariants 5 and 8: one lane's trouble is its own, and an outage costs a bounded number of calls."""

import pytest

from linksync.worker import disposition
from tests.simulation.outage import play_outage
from tests.simulation.simulated_stack import SimulatedStack

HEALTHY = [str(number) for number in range(5002, 5012)]


def _with_a_poisoned_lane() -> SimulatedStack:
    world = SimulatedStack(1)
    world.faults.poisoned = frozenset({"5001"})
    world.new_issue("10001", "PROJ-1")
    for ticket_id in ["5001", *HEALTHY]:
        world.new_ticket(ticket_id)
        world.write_ticket(ticket_id, "PROJ-1", event=True)
    while world.network:
        world.deliver(0)
    return world


def _healthy_lanes_done_at_once(world: SimulatedStack) -> bool:
    begun = world.clock.now
    for lane in world.queue.ready():
        world.work(lane)
    linked = set(world.zendesk.links) == {(ticket_id, "10001") for ticket_id in HEALTHY}
    return linked and world.clock.now == begun


def test_a_poisoned_lane_delays_no_other() -> None:
    assert _healthy_lanes_done_at_once(_with_a_poisoned_lane())


def test_a_worker_that_waits_in_the_process_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _with_a_poisoned_lane()
    disposition_of = disposition.disposition

    def waits(*args: object, **told: object) -> disposition.Disposition:
        became = disposition_of(*args, **told)  # type: ignore[arg-type]
        world.clock.now += 5.0 if isinstance(became, disposition.Retry) else 0.0
        return became

    monkeypatch.setattr("linksync.worker.link_worker.disposition", waits)
    assert not _healthy_lanes_done_at_once(world)


def test_a_day_of_outage_is_survived_with_few_calls_and_no_lane_starves() -> None:
    outage = play_outage(7, lanes=10, hours=24)
    least, most = outage.calls_a_lane
    assert outage.divergences == []
    assert 96 < least <= most < 300  # at least one try each 15 minutes; with full jitter twice as many on average
    assert outage.hours_to_heal <= 0.25
