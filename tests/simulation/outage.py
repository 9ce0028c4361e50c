"""A long outage of Zendesk or Jira and its end: how many calls it takes, and whether any lane comes off badly."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from tests.simulation.fault_kinds import Fault
from tests.simulation.installation import Installation
from tests.simulation.oracle import divergences
from tests.simulation.senders import TicketSender
from tests.simulation.sqs import RECEIVE_LIMIT

HOUR = 3_600.0
DAY = 24 * HOUR

type Side = Literal["zendesk", "jira"]


@dataclass(frozen=True)
class Outage:
    """What an outage cost.

    `calls` are those to the side that is down and `calls_elsewhere` those to the other one, both while it lasts.
    `runs_a_lane` are the tries of the least and of the most tried lane, and `most_calls_a_lane` the calls of the lane
    with most of them: a try that finds the side left alone makes none.
    """

    lanes: int
    hours: float
    calls: int
    calls_elsewhere: int
    runs_a_lane: tuple[int, int]
    most_calls_a_lane: int
    hours_to_heal: float
    divergences: list[str]


def play_outage(
    seed: int,
    *,
    lanes: int,
    hours: float,
    retry_after: float = 0.0,
    down: Side = "zendesk",
    by: TicketSender = "event",
) -> Outage:
    """`lanes` tickets get a key each while a side answers 503, with `Retry-After` where given; then it comes back."""
    installation = _edited(seed, lanes, by)
    _go_down(installation, retry_after, down)
    before = installation.network.calls.copy()
    tries, made = _work_until(installation, installation.clock.now + hours * HOUR)
    calls = installation.network.calls - before
    there = sum(number for name, number in calls.items() if name.startswith(down))
    healed = installation.clock.now
    installation.rest()
    return Outage(
        lanes=lanes,
        hours=hours,
        calls=there,
        calls_elsewhere=calls.total() - there,
        runs_a_lane=(min(tries.values()), max(tries.values())),
        most_calls_a_lane=max(made.values()),
        hours_to_heal=(installation.clock.now - healed) / HOUR,
        divergences=divergences(installation),
    )


def days_until_sqs_gives_up(seed: int, *, retry_after: float = 0.0) -> float:
    """How long an outage must last for SQS to move a message away, at the receive limit of the event queue."""
    installation = _edited(seed, 1, "event")
    _go_down(installation, retry_after, "zendesk")
    begun = installation.clock.now
    (lane,) = installation.sqs.events.lanes
    (message,) = installation.sqs.events.lanes[lane]
    while message.received < RECEIVE_LIMIT:
        installation.clock.wait_until(message.visible_at)
        installation.work(lane)
    return (installation.clock.now - begun) / DAY


def _edited(seed: int, lanes: int, by: TicketSender) -> Installation:
    """Each lane has a statement waiting that names a key of its own."""
    installation = Installation(seed)
    people = installation.people
    for number in range(lanes):
        people.new_issue(f"PROJ-{number + 1}")
        people.new_ticket(str(5_001 + number))
    for number in range(lanes):
        people.write_ticket(str(5_001 + number), f"PROJ-{number + 1}", by=by)
    installation.deliver_all()
    return installation


def _go_down(installation: Installation, retry_after: float, side: Side) -> None:
    vendor = installation.zendesk if side == "zendesk" else installation.jira
    vendor.down = Fault.OUTAGE_WITH_DEMAND if retry_after else Fault.OUTAGE
    vendor.demand = retry_after


def _work_until(installation: Installation, end: float) -> tuple[Counter[str], Counter[str]]:
    """The tries of each lane, and the calls that these made."""
    events, tries, made = installation.sqs.events, Counter[str](), Counter[str]()
    while (opens := events.next_visible()) is not None and opens <= end:
        installation.clock.wait_until(opens)
        for lane in events.ready():
            before = installation.network.calls.total()
            installation.work(lane)
            tries[lane] += 1
            made[lane] += installation.network.calls.total() - before
    installation.clock.wait_until(end)
    return tries, made
