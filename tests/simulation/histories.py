"""Random histories: people edit while the network duplicates, reorders and delays, and everything fails at times."""

from collections import Counter
from dataclasses import dataclass

from linksync.core.links import UnlinkPolicy
from local.zendesk.links_v1 import Duplicate
from tests.simulation.edits import KEYS, TICKETS, edit
from tests.simulation.fault_injector import ALL
from tests.simulation.fault_kinds import Fault
from tests.simulation.installation import Installation
from tests.simulation.oracle import divergences, lost

PROJECTS = "PROJ,NEW"
"""The allow-list of every fourth history."""

NOTICES = ("off", "off", "off", "tag", "note")
"""WrongReferenceNotice, history by history."""

DUPLICATES: tuple[Duplicate, ...] = ("conflict", "invalid", "row", "shown")
"""What version 1 does with a second POST of a pair, which nobody documents, history by history."""

IMPATIENT = 13
"""One history in so many has a queue that somebody set to move a message away after FEW_RECEIVES."""
FEW_RECEIVES = 5

RATES = (0.0, 0.02, 0.1, 0.25)
MENDED_BY_THE_RECONCILER = frozenset({Fault.DROPPED, Fault.INDEX_LAG})
"""What nobody but the reconciler finds."""

MOST_REDRIVES = 3
RECONCILED_AFTER = (200.0, 4_000.0, 700_000.0)
"""Seconds from one to the next of the reconciler's runs at a history's end: longer than exports and searches lag, and
in the end than the reconciler waits before it looks again for what was not found."""


@dataclass
class Ended:
    """How a history ended.  `divergences` must be empty."""

    seed: int
    divergences: list[str]
    totals: Counter[str]
    faults: Counter[Fault]


def begin(
    seed: int, *, policy: UnlinkPolicy = UnlinkPolicy.OWNED, v1: bool = False, reconciled: bool = False
) -> Installation:
    """Three empty tickets and three empty issues; one of these is in no project that counts where only some do.

    `reconciled`: with a reconciler, and with what only that finds.
    """
    projects, notice = PROJECTS if seed % 4 == 3 else "", NOTICES[seed % len(NOTICES)]
    installation = Installation(seed, policy=policy, v1=v1, project_keys=projects, notice=notice)
    installation.zendesk.account.links_v1.duplicate = DUPLICATES[seed // 2 % len(DUPLICATES)]
    if seed % IMPATIENT == 0:
        installation.sqs.receive_limit = FEW_RECEIVES
    installation.injector.kinds = ALL if reconciled else ALL - MENDED_BY_THE_RECONCILER
    for ticket_id in TICKETS:
        installation.people.new_ticket(ticket_id)
    for key in KEYS:
        installation.people.new_issue(key)
    if reconciled:
        installation.reconcile()
    return installation


def play(
    seed: int,
    *,
    policy: UnlinkPolicy = UnlinkPolicy.OWNED,
    v1: bool = False,
    reconciled: bool = False,
    steps: int = 40,
) -> Ended:
    """One random history with faults, then quiet; then the operator redrives, and every field is stated once more.

    Without a reconciler, so that it mends nothing that others should have done right; `reconciled`: with one.
    """
    installation = begin(seed, policy=policy, v1=v1, reconciled=reconciled)
    random = installation.random
    installation.injector.rate = random.choice(RATES)
    for _ in range(random.randrange(5, steps)):
        _step(installation)
    found = _end(installation)
    totals = Counter(
        {
            "deliveries": installation.receivers.answers.total(),
            "messages": installation.sqs.events.sent,
            "runs": installation.runs,
            "calls upstream": installation.network.calls.total(),
            "reconciler runs": installation.reconciler.runs,
            "lost": lost(installation),
        }
    )
    return Ended(seed, found, totals, installation.injector.counts)


def _end(installation: Installation) -> list[str]:
    """What is wrong at the end."""
    for issue_id in list(installation.people.unread):
        installation.people.show_issue(issue_id)
    installation.rest()
    for seconds in RECONCILED_AFTER if installation.reconciler.runs else ():
        installation.wait(seconds)
        installation.reconcile()
        installation.rest()
    for _ in range(MOST_REDRIVES):
        installation.redrive()
        installation.rest()
    return divergences(installation) or _again(installation)


def _again(installation: Installation) -> list[str]:
    """What is wrong when every field is stated again as it is: that must cost no call.

    Not the first time, with `ProjectKeys`: an issue that was never heard of is looked at.  Nor where an issue could not
    be read for a while: what was not found then is news.
    """
    if installation.project_keys:
        _repeat_all(installation)
    calls = installation.network.calls.total()
    _repeat_all(installation)
    spent = 0 if installation.people.unread else installation.network.calls.total() - calls
    return divergences(installation) + ([f"{spent} calls for unchanged statements"] if spent else [])


def _repeat_all(installation: Installation) -> None:
    people = installation.people
    installation.clock.now += 1_000
    for ticket_id in people.ticket_refs:
        if ticket_id not in people.binned:
            people.repeat_ticket(ticket_id, by=installation.random.choice(("trigger", "event")))
    for issue_id in people.issue_refs:
        people.repeat_issue(issue_id)
    installation.rest()


def _step(installation: Installation) -> None:
    random, network = installation.random, installation.senders.network
    match random.randrange(13):
        case 0 | 1 | 2:
            edit(installation)
        case 3 | 4 | 5 if network:
            _deliver(installation)
        case 6:
            installation.wait(random.choice([0.5, 5, 40, 200, 700]))
        case 7:
            _sides_change(installation)
        case 8 if installation.reconciler.runs:
            installation.reconcile()
        case _:
            _work(installation)


def _work(installation: Installation) -> None:
    """A few runs, waiting for a lane to open where none is."""
    random, events = installation.random, installation.sqs.events
    for _ in range(random.randrange(1, 6)):
        if (opens := events.next_visible()) is None:
            return
        installation.wait(max(0.0, opens - installation.clock.now))
        installation.work(random.choice(events.ready()))


def _deliver(installation: Installation) -> None:
    random, network, injector = installation.random, installation.senders.network, installation.injector
    position = random.randrange(len(network)) if injector.happens(Fault.REORDERED, 0.7) else 0
    if not network[position].traceless and injector.happens(Fault.DROPPED, 0.15):
        network.pop(position)
        return
    installation.deliver(network[position], again=injector.happens(Fault.DUPLICATED, 0.3))


def _sides_change(installation: Installation) -> None:
    """A side goes down or comes back; credentials are revoked or given back."""
    random, injector = installation.random, installation.injector
    side = random.choice([installation.zendesk, installation.jira])
    outages = sorted(injector.kinds & {Fault.OUTAGE, Fault.OUTAGE_WITH_DEMAND})
    side.down = random.choice(outages) if outages and random.random() < 0.3 else None
    side.revoke(revoked=injector.happens(Fault.CREDENTIALS_REVOKED, 0.1))
    installation.zendesk.links.manage_links = not injector.happens(Fault.LINKS_SWITCHED_OFF, 0.05)
