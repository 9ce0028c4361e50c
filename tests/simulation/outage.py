"""A long outage of Zendesk and its end: how many calls it takes, and whether any lane comes off badly."""

from dataclasses import dataclass

from tests.simulation.oracle import divergences
from tests.simulation.simulated_stack import SimulatedStack

HOUR = 3_600.0


@dataclass(frozen=True)
class Outage:
    """What an outage cost.  `calls_a_lane` are the tries of the least and the most tried lane."""

    lanes: int
    hours: float
    calls: int
    calls_a_lane: tuple[int, int]
    hours_to_heal: float
    divergences: list[str]


def play_outage(seed: int, *, lanes: int, hours: float) -> Outage:
    """`lanes` tickets get a key each while Zendesk is down; then it comes back."""
    world = SimulatedStack(seed)
    for number in range(lanes):
        world.new_issue(str(10_000 + number), f"PROJ-{number + 1}")
        world.new_ticket(str(5_000 + number))
    world.faults.zendesk_outage = True
    for number in range(lanes):
        world.write_ticket(str(5_000 + number), f"PROJ-{number + 1}", event=True)
    while world.network:
        world.deliver(0)
    begun = world.clock.now
    tries = _work_until(world, begun + hours * HOUR)
    calls = world.zendesk.calls.total()
    world.faults.zendesk_outage = False
    healed = world.clock.now
    world.settle()
    return Outage(
        lanes=lanes,
        hours=hours,
        calls=calls,
        calls_a_lane=(min(tries.values()), max(tries.values())),
        hours_to_heal=(world.clock.now - healed) / HOUR,
        divergences=divergences(world),
    )


def _work_until(world: SimulatedStack, end: float) -> dict[str, int]:
    tries = dict.fromkeys(world.queue.lanes, 0)
    while (opens := world.queue.next_visible()) is not None and opens <= end:
        world.clock.now = max(world.clock.now, opens)
        for lane in world.queue.ready():
            world.work(lane)
            tries[lane] += 1
    world.clock.now = end
    return tries
