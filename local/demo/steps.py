"""The steps of the demonstration: what happens, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass

from local.aws.stack import Stack
from local.vendors import SimulatedVendors

ACCEPTED, REFUSED, DROPPED = "202 accepted", "401 NotAuthentic", "dropped"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person does.

    `answers`: what every delivery is answered.  `writes`: the calls that change links, in any order.  `gained` and
    `lost`: how the links differ after it.  `silent`: no call of any kind goes to Zendesk or Jira.
    """

    title: str
    act: Callable[[SimulatedVendors], None]
    writes: tuple[str, ...] = ()
    gained: frozenset[tuple[str, str]] = frozenset()
    lost: frozenset[tuple[str, str]] = frozenset()
    answers: tuple[str, ...] = (ACCEPTED,)
    silent: bool = False
    then: Callable[[Stack], object] | None = None


def prepare(vendors: SimulatedVendors) -> None:
    """Tickets 5001 to 5004, issues PROJ-1 to PROJ-5, and a link made by hand.  To be called before a stack listens.

    Zendesk's export shows the latest minute too, which the real one leaves out: nobody wants to sit through it.
    """
    vendors.zendesk.exports.excluded_seconds = 0.0
    for _ in range(4):
        vendors.ticket()
    issues = [vendors.issue("PROJ") for _ in range(5)]
    vendors.link_by_hand(5002, issues[3].key)


def before_linksync(vendors: SimulatedVendors) -> None:
    """Ticket 5005 has named two issues for years, and an agent linked one of them.  Before a stack listens, too."""
    ticket = vendors.ticket("PROJ-2 PROJ-3")
    vendors.link_by_hand(ticket, "PROJ-2")


def steps() -> list[Step]:
    """The demonstration, in order."""
    return [*_ticket_steps(), *_removal_steps(), *_both_sides_steps(), *_edge_steps(), *_late_steps()]


def _ticket_steps() -> list[Step]:
    return [
        Step(
            "An agent writes one issue key into ticket 5001",
            lambda vendors: vendors.write_keys(5001, "PROJ-1"),
            writes=(_link(5001, 1),),
            gained=_pairs(5001, 1),
        ),
        Step(
            "… and two more, as people write them",
            lambda vendors: vendors.write_keys(5001, "PROJ-1, proj-2 and https://acme.atlassian.net/browse/PROJ-3"),
            writes=(_link(5001, 2), _link(5001, 3)),
            gained=_pairs(5001, 2, 3),
        ),
        Step("Zendesk delivers that once more, under the same id", _deliver_again, silent=True),
        Step("The trigger fires again, with nothing changed", _fire_again, silent=True),
        Step(
            "An unknown key stands among good ones",
            lambda vendors: vendors.write_keys(5003, "PROJ-1 PROJ-999 PROJ-2"),
            writes=(_link(5003, 1), _link(5003, 2)),
            gained=_pairs(5003, 1, 2),
        ),
    ]


def _removal_steps() -> list[Step]:
    return [
        Step(
            "Two keys go from ticket 5001",
            lambda vendors: vendors.write_keys(5001, "PROJ-3"),
            writes=(_unlink(5001, 1), _unlink(5001, 2)),
            lost=_pairs(5001, 1, 2),
        ),
        Step(
            "… and one comes back",
            lambda vendors: vendors.write_keys(5001, "PROJ-3 PROJ-1"),
            writes=(_link(5001, 1),),
            gained=_pairs(5001, 1),
        ),
    ]


def _both_sides_steps() -> list[Step]:
    return [
        Step(
            "A developer writes ticket 5004 into PROJ-5",
            lambda vendors: vendors.write_tickets("PROJ-5", "#5004"),
            writes=(_link(5004, 5),),
            gained=_pairs(5004, 5),
        ),
        Step("Ticket 5004 names PROJ-5 too: both claim the link", lambda vendors: vendors.write_keys(5004, "PROJ-5")),
        Step("PROJ-5 lets go; the ticket still claims it", lambda vendors: vendors.write_tickets("PROJ-5", None)),
        Step(
            "The ticket lets go too",
            lambda vendors: vendors.write_keys(5004, ""),
            writes=(_unlink(5004, 5),),
            lost=_pairs(5004, 5),
        ),
    ]


def _edge_steps() -> list[Step]:
    return [
        Step(
            "Ticket 5002 names PROJ-4, linked by hand before",
            lambda vendors: vendors.write_keys(5002, "PROJ-4"),
            writes=("Zendesk: link 5002 PROJ-4 → 409",),
        ),
        Step("… and lets go: a link that is not ours stays", lambda vendors: vendors.write_keys(5002, "")),
        Step("Somebody forges a delivery", _forge, answers=(REFUSED,), silent=True),
    ]


def _late_steps() -> list[Step]:
    return [
        Step(
            "`linksync backfill` links what fields named before",
            lambda _: None,
            writes=(_link(5005, 3),),
            gained=_pairs(5005, 3),
            answers=(),
            then=lambda stack: stack.linksync("backfill", "--from", "zendesk"),
        ),
        Step(
            "Zendesk drops what it should deliver",
            lambda vendors: _dropped(vendors, lambda: vendors.write_keys(5003, "PROJ-1 PROJ-2 PROJ-4")),
            answers=(DROPPED,),
            silent=True,
        ),
        Step(
            "… and the reconciler's next run finds it",
            lambda _: None,
            writes=(_link(5003, 4),),
            gained=_pairs(5003, 4),
            answers=(),
            then=Stack.reconcile,
        ),
    ]


def _deliver_again(vendors: SimulatedVendors) -> None:
    courier = vendors.senders.trigger.courier
    courier.repeat(courier.deliveries[-1])


def _fire_again(vendors: SimulatedVendors) -> None:
    trigger = vendors.senders.trigger
    trigger.send(trigger.render(vendors.zendesk.tickets.get(5001)))


def _forge(vendors: SimulatedVendors) -> None:
    trigger = vendors.senders.trigger
    secret, trigger.secret = trigger.secret, "a guess"
    trigger.send(b'{"ticket_id": "5001", "issue_keys": ""}')
    trigger.secret = secret


def _dropped(vendors: SimulatedVendors, edit: Callable[[], None]) -> None:
    """What is edited, and nothing of it delivered."""
    faults = vendors.senders.pace.faults
    faults.drop = 1.0
    edit()
    faults.clear()


def _pairs(ticket: int, *numbers: int) -> frozenset[tuple[str, str]]:
    return frozenset((str(ticket), f"PROJ-{number}") for number in numbers)


def _link(ticket: int, number: int) -> str:
    return f"Zendesk: link {ticket} PROJ-{number} → 201"


def _unlink(ticket: int, number: int) -> str:
    return f"Zendesk: unlink {ticket} PROJ-{number} → 204"
