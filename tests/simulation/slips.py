"""An edit war of slips: wrong keys, wrong ticket numbers, tickets deleted for good, issues that may not be read."""

import re
from collections import Counter
from dataclasses import dataclass

from linksync.metrics import Metric
from tests.simulation.fault_injector import ALL, KILLS
from tests.simulation.fault_kinds import Fault
from tests.simulation.installation import Installation
from tests.simulation.oracle import OPERATORS, divergences

TICKETS = [str(number) for number in range(5_001, 5_009)]
VALUE = re.compile(r"WRONG-[0-9]+|\b[0-9]{4}\b")
KEYS = [f"PROJ-{number}" for number in range(1, 7)]


@dataclass(frozen=True)
class EditWar:
    """How it ended.  `dead_letters` are their reasons; the numbers are the metrics of what was not found."""

    edits: int
    dead_letters: list[str]
    keys_not_found: float
    tickets_not_found: float
    divergences: list[str]
    told: Counter[str]
    """How often each wrong value was told, by the ticket or issue."""


def play_slips(
    seed: int, *, wrong: int = 100, rate: float = 0.0, notice: str = "off", kinds: frozenset[Fault] = ALL - KILLS
) -> EditWar:
    """`wrong` keys and as many ticket numbers that nobody knows are written, between edits that are right.

    No run is killed by default: a message whose runs are killed again and again is a dead letter whatever it holds.
    """
    installation = Installation(seed, notice=notice)
    installation.injector.kinds, installation.injector.rate = kinds - OPERATORS, rate
    _people_begin(installation)
    edits = [f"WRONG-{number + 1}" for number in range(wrong)] + [str(9_001 + number) for number in range(wrong)]
    installation.random.shuffle(edits)
    for number, slip in enumerate(edits):
        _edit(installation, slip)
        if number % 50 == 25:
            _end_of_something(installation)
        _work(installation)
    for issue_id in list(installation.people.unread):
        installation.people.show_issue(issue_id)
    installation.rest()
    return _ended(installation, edits=len(edits))


def _people_begin(installation: Installation) -> None:
    """The tickets and issues that are edited."""
    for ticket_id in TICKETS:
        installation.people.new_ticket(ticket_id)
    for key in KEYS:
        installation.people.new_issue(key)


def _ended(installation: Installation, *, edits: int) -> EditWar:
    metrics = installation.worker.metrics
    return EditWar(
        edits=edits,
        dead_letters=[letter.reason for letter in installation.letters()],
        keys_not_found=metrics[Metric.KEYS_NOT_FOUND],
        tickets_not_found=metrics[Metric.TICKETS_NOT_FOUND],
        divergences=divergences(installation),
        told=_told(installation),
    )


def _told(installation: Installation) -> Counter[str]:
    """Every value that a note or a comment names, with where it stands."""
    tickets, issues = installation.zendesk.account.tickets.all(), installation.people.keys
    texts = [(f"ticket {one.id}", note.body) for one in tickets for note in one.comments[1:]]
    texts += [
        (f"issue {issue_id}", comment.body)
        for issue_id in issues
        for comment in installation.jira.jira.issues.get(issue_id).comments
    ]
    return Counter(f"{where}: {value}" for where, text in texts for value in VALUE.findall(text))


def _edit(installation: Installation, slip: str) -> None:
    """One edit that holds the slip beside what is right."""
    random, people = installation.random, installation.people
    right = random.randrange(3)
    if slip.isdigit():
        people.write_issue(random.choice(list(people.keys)), slip, *random.sample(TICKETS, right))
    else:
        keys = random.sample(KEYS, right)
        people.write_ticket(
            random.choice(list(people.ticket_refs)), slip, *keys, by=random.choice(("trigger", "event"))
        )


def _end_of_something(installation: Installation) -> None:
    """A ticket that issues name is deleted for good; an issue may not be read any more."""
    random, people = installation.random, installation.people
    people.delete_ticket(random.choice(list(people.ticket_refs)))
    people.hide_issue(random.choice(list(people.keys)))


def _work(installation: Installation) -> None:
    installation.deliver_all()
    installation.wait(installation.random.choice([1.0, 60.0, 700.0]))
    for lane in installation.sqs.events.ready():
        installation.work(lane)
