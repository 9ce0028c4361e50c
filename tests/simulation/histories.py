"""Random histories: people edit while the network duplicates, reorders and delays, and everything fails at times."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from tests.simulation.oracle import divergences, lost
from tests.simulation.simulated_stack import SimulatedStack

TICKETS = ("5001", "5002", "5003")
ISSUES = {"10001": "PROJ-1", "10002": "PROJ-2", "10003": "OPS-3"}
UNKNOWN = "UTF-8"


@dataclass
class Ended:
    """How a history ended.  `divergences` must be empty."""

    seed: int
    divergences: list[str]
    totals: dict[str, int]


def play(seed: int, *, world: SimulatedStack | None = None, steps: int = 40) -> Ended:
    """One random history with faults, then quiet."""
    world = world or SimulatedStack(seed)
    random = world.random
    for ticket_id in TICKETS:
        world.new_ticket(ticket_id)
    for issue_id, key in ISSUES.items():
        world.new_issue(issue_id, key)
    world.faults.rate = random.choice([0.0, 0.02, 0.1, 0.25])
    new_keys = (f"NEW-{number}" for number in count(1))
    for _ in range(random.randrange(5, steps)):
        _step(world, new_keys)
    world.settle()
    calls = _calls(world)
    found = divergences(world) or _encore(world)
    totals = {"deliveries": world.accepted, "messages": world.queue.sent, "runs": world.runs, "calls upstream": calls}
    return Ended(seed, found, totals | {"lost": lost(world)})


def _encore(world: SimulatedStack) -> list[str]:
    """What is wrong when every field is stated again as it is: that must cost no call."""
    calls = _calls(world)
    world.clock.now += 1_000
    world.repeat_all()
    world.settle()
    spent = _calls(world) - calls
    return divergences(world) + ([f"{spent} calls for unchanged statements"] if spent else [])


def _calls(world: SimulatedStack) -> int:
    return world.zendesk.calls.total() + world.jira.calls.total()


def _step(world: SimulatedStack, new_keys: Iterator[str]) -> None:
    random = world.random
    match random.randrange(10):
        case 0 | 1 | 2:
            _edit(world, next(new_keys))
        case 3 | 4 | 5 if world.network:
            _deliver(world)
        case 6:
            world.wait(random.choice([0.5, 5, 40, 200, 700]))
        case 7:
            world.faults.outage = random.random() < 0.3
        case _ if lanes := world.queue.ready():
            world.work(random.choice(lanes))


def _deliver(world: SimulatedStack) -> None:
    random = world.random
    keep = random.random() < 0.3
    world.deliver(random.randrange(len(world.network)), keep=keep, new_name=random.random() < 0.5)


def _edit(world: SimulatedStack, new_key: str) -> None:
    random = world.random
    open_tickets = [ticket for ticket in world.zendesk.fields if ticket not in world.merged]
    issues = list(world.jira.keys)
    match random.randrange(16):
        case 0 if len(open_tickets) > 1:
            source, target = random.sample(open_tickets, 2)
            world.merge(source, target)
        case 1 if len(open_tickets) > 2:
            world.delete_ticket(random.choice(open_tickets))
        case 2 if len(issues) > 1:
            world.delete_issue(random.choice(issues))
        case 3 if issues:
            world.move_issue(random.choice(issues), new_key, silent=random.random() < 0.5)
        case 4 if issues and open_tickets:
            world.link_by_hand(random.choice(open_tickets), random.choice(issues))
        case 5 | 6 | 7 | 8 if issues:
            chosen = random.sample(TICKETS, random.randrange(len(TICKETS) + 1))
            exact, told = random.random() < 0.7, random.random() < 0.9
            world.write_issue(random.choice(issues), *chosen, exact=exact, told=told)
        case _ if open_tickets:
            known = [*world.jira.known_as, UNKNOWN]
            keys = random.sample(known, random.randrange(min(4, len(known)) + 1))
            event, broken = random.random() < 0.3, random.random() < 0.1
            world.write_ticket(random.choice(open_tickets), *keys, event=event, broken=broken)
