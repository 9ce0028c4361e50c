"""One random thing that a person does."""

from collections.abc import Callable
from itertools import count

from tests.simulation.fault_kinds import Fault
from tests.simulation.installation import Installation
from tests.simulation.senders import IssueSender

UNKNOWN_KEY, UNKNOWN_TICKET = "UTF-8", "9001"
TICKETS = ("5001", "5002", "5003")
KEYS = ("PROJ-1", "PROJ-2", "OPS-3")
UNDONE = 0.2
"""How often an edit takes the one before back."""


def edit(installation: Installation) -> None:
    """At Zendesk, in Jira, or at a link.  What is not possible now is left."""
    (chosen,) = installation.random.choices(list(_EDITS), weights=list(_EDITS.values()))
    chosen(installation)


def write_ticket(installation: Installation) -> None:
    """An agent names up to four keys, or undoes the last edit."""
    random, people, injector = installation.random, installation.people, installation.injector
    if not (tickets := _open_tickets(installation)):
        return
    ticket_id, known = random.choice(tickets), list(people.known_as)
    keys = random.sample(known, random.randrange(min(4, len(known)) + 1))
    keys += [UNKNOWN_KEY] if injector.happens(Fault.WRONG_KEY, 0.2) else []
    if random.random() < UNDONE:
        keys = sorted(people.earlier.get(ticket_id, keys))
    if random.random() < 0.3:
        people.write_ticket(ticket_id, *keys, by="event")
    else:
        people.write_ticket(ticket_id, *keys, broken=bool(keys) and injector.happens(Fault.BROKEN_JSON, 0.1))


def write_issue(installation: Installation) -> None:
    """An engineer names tickets, gone ones and wrong ones among them, or undoes the last edit."""
    random, people, injector = installation.random, installation.people, installation.injector
    if not people.keys:
        return
    numbers = random.sample(list(people.ticket_refs), random.randrange(len(people.ticket_refs) + 1))
    numbers += [UNKNOWN_TICKET] if injector.happens(Fault.WRONG_TICKET, 0.1) else []
    gone = [ticket_id for ticket_id in TICKETS if ticket_id not in people.ticket_refs]
    numbers += [random.choice(gone)] if gone and injector.happens(Fault.GONE_TICKET, 0.2) else []
    issue_id = random.choice(list(people.keys))
    if random.random() < UNDONE:
        numbers = sorted(people.earlier.get(issue_id, numbers))
    people.write_issue(issue_id, *numbers, by=_issue_sender(installation))


def _issue_sender(installation: Installation) -> IssueSender:
    if installation.injector.happens(Fault.UNREADABLE_BODY, 0.1):
        return "unreadable"
    return "automation" if installation.random.random() < 0.3 else "webhook"


def _merge(installation: Installation) -> None:
    tickets = _open_tickets(installation)
    if len(tickets) > 1:
        installation.people.merge(*installation.random.sample(tickets, 2))


def _end_of_ticket(installation: Installation) -> None:
    """Into the bin, out of it, or gone for good."""
    random, people, tickets = installation.random, installation.people, _open_tickets(installation)
    if people.binned and random.random() < 0.5:
        people.restore_ticket(random.choice(sorted(people.binned)))
    elif tickets and installation.injector.happens(Fault.BINNED_TICKET, 0.4):
        people.bin_ticket(random.choice(tickets))
    elif len(tickets) > 1:
        people.delete_ticket(random.choice(tickets))


def _delete_issue(installation: Installation) -> None:
    if len(installation.people.keys) > 1:
        installation.people.delete_issue(installation.random.choice(list(installation.people.keys)))


def _move(installation: Installation) -> None:
    """To another project; with `ProjectKeys`, out of those that count or into them."""
    random, people = installation.random, installation.people
    if not people.keys:
        return
    issue_id = random.choice(list(people.keys))
    project = random.choice(("NEW", "OUT")) if installation.project_keys else "NEW"
    key = next(key for number in count(1) if (key := f"{project}-{number}") not in people.known_as)
    if installation.project_keys:
        counted, counts = installation.counts(people.keys[issue_id]), installation.counts(key)
        installation.injector.counts[Fault.LEFT_PROJECTS] += counted and not counts
        installation.injector.counts[Fault.JOINED_PROJECTS] += counts and not counted
    if installation.injector.happens(Fault.MOVE_BY_AUTOMATION, 0.3):
        people.move_issue(issue_id, key, by="automation")
    else:
        people.move_issue(issue_id, key, by="unreadable" if random.random() < 0.4 else "webhook")


def _by_hand(installation: Installation) -> None:
    """Somebody links or unlinks in the Jira app."""
    random, people, injector = installation.random, installation.people, installation.injector
    tickets = _open_tickets(installation)
    if not (tickets and people.keys):
        return
    pair = random.choice(tickets), random.choice(list(people.keys))
    if pair not in installation.zendesk.pairs():
        if injector.happens(Fault.LINKED_BY_HAND, 1.0):
            people.link_by_hand(*pair)
    elif injector.happens(Fault.UNLINKED_BY_HAND, 0.5):
        # What was dropped may name the pair, and is found later: as if it were on its way.
        people.unlink_by_hand(*pair, quiet=installation.quiet and not injector.counts[Fault.DROPPED])


def _visibility(installation: Installation) -> None:
    """An issue may not be read any more, or may be read again."""
    random, people = installation.random, installation.people
    if people.unread and random.random() < 0.5:
        people.show_issue(random.choice(sorted(people.unread)))
    elif people.keys and installation.injector.happens(Fault.HIDDEN_ISSUE, 0.3):
        people.hide_issue(random.choice(list(people.keys)), forbidden=random.random() < 0.3)


def _refuse(installation: Installation) -> None:
    """Zendesk will not link a pair any more: its project is restricted, say."""
    tickets, issues = _open_tickets(installation), list(installation.people.keys)
    if tickets and issues and Fault.REFUSED_LINK in installation.injector.kinds and installation.random.random() < 0.3:
        installation.zendesk.refuses.add((installation.random.choice(tickets), installation.random.choice(issues)))


def _open_tickets(installation: Installation) -> list[str]:
    people = installation.people
    return [one for one in people.ticket_refs if one not in people.merged and one not in people.binned]


_EDITS: dict[Callable[[Installation], None], int] = {
    write_ticket: 10,
    write_issue: 6,
    _by_hand: 3,
    _merge: 1,
    _end_of_ticket: 1,
    _delete_issue: 1,
    _move: 2,
    _visibility: 1,
    _refuse: 1,
}
"""What people do, by how often."""
