"""Crash × delay: a fault at a chosen step of a long plan, then a wait while other lanes are worked on, then quiet.

The plan is one ticket's: creates, deletes, and links of agents' that are merely forgotten, more than one write of the
ledger holds.  At the worst moment, right after the fault, agents link by hand whatever is not linked yet.
"""

from dataclasses import dataclass

from linksync.core.links import UnlinkPolicy
from tests.simulation.fault_kinds import Fault
from tests.simulation.installation import Installation
from tests.simulation.oracle import divergences

TICKET, OTHER = "5001", "5002"
CREATES = DELETES = FORGETS = 9
CLEARED = (Fault.KILLED, Fault.TIMED_OUT, Fault.AWS_SILENT, Fault.AWS_SILENT_AFTER_WRITE, Fault.UNPROCESSED_ITEMS)
FAULTS = (*CLEARED, Fault.RESET, Fault.RESET_AFTER_WRITE, Fault.HANG_AFTER_WRITE)
DELAYS = (40.0, 700.0)


@dataclass(frozen=True)
class Schedule:
    """`fault` at the step of this number, if it can happen there; then `delay` seconds."""

    step: int
    fault: Fault
    delay: float
    policy: UnlinkPolicy = UnlinkPolicy.OWNED


def steps() -> int:
    """How many steps the plan has when nothing fails."""
    installation = _edited(UnlinkPolicy.OWNED)
    installation.injector.steps = 0
    _work_on_ticket(installation)
    return installation.injector.steps


def play_schedule(schedule: Schedule) -> list[str]:
    """What is wrong after the field was edited, and again after it was cleared; empty when all is right."""
    installation = _edited(schedule.policy)
    installation.injector.steps, installation.injector.schedule = 0, {schedule.step: schedule.fault}
    _work_on_ticket(installation)
    people = installation.people
    for issue_id in list(people.keys):
        people.link_by_hand(TICKET, issue_id)
    people.write_issue(people.known_as["NEW-1"], TICKET, OTHER)
    people.move_issue(people.known_as["NEW-2"], "MOVED-2")
    installation.wait(schedule.delay)
    for lane in installation.sqs.events.ready():
        installation.work(lane)
    installation.rest()
    found = divergences(installation)
    people.write_ticket(TICKET, by="event")
    people.write_issue(people.known_as["NEW-1"])
    installation.rest()
    return found + [f"once cleared: {what}" for what in divergences(installation)]


def _work_on_ticket(installation: Installation) -> None:
    lane = f"ticket#{TICKET}"
    installation.deliver_all()
    installation.work(lane)


def _edited(policy: UnlinkPolicy) -> Installation:
    """A ticket that names issues whose links are ours, and others whose links are agents'; and an edit of all that."""
    installation = Installation(0, policy=policy)
    people = installation.people
    for ticket_id in (TICKET, OTHER):
        people.new_ticket(ticket_id)
    ours = [f"OURS-{number + 1}" for number in range(DELETES)]
    agents = [f"AGENT-{number + 1}" for number in range(FORGETS)]
    new = [f"NEW-{number + 1}" for number in range(CREATES)]
    for key in (*ours, *agents, *new):
        people.new_issue(key)
    for key in agents:
        people.link_by_hand(TICKET, people.known_as[key])
    people.write_ticket(TICKET, *ours, *agents, by="event")
    installation.rest()
    people.write_ticket(TICKET, *new, by="event")
    return installation
