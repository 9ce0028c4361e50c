"""Named scenarios: what people and vendors do, step by step, so that a newcomer sees what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from local.playground.controls import Controls

type Do = Callable[[Controls], object]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, and what to look at.

    The next step comes after `pause` seconds, which begin when the stack is quiet where the step `waits` for that.
    """

    caption: str
    do: Do
    waits: bool = True
    pause: float = 1.5


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario of several steps.  `shows` says what it is good for."""

    name: str
    title: str
    shows: str
    steps: tuple[Step, ...]


def scenarios() -> list[Scenario]:
    """All of them, simplest first."""
    return [*_of_fields(), *_of_people(), *_of_faults(), *_of_order(), *_of_operators()]


def _of_fields() -> list[Scenario]:
    return [
        Scenario(
            "two-keys",
            "An agent names two issues",
            "What is written becomes links; what is deleted goes.",
            (
                Step("An agent writes two issue keys into ticket 5001.", _ticket(5001, "PROJ-1, proj-2")),
                Step("One key is taken out again: its link goes.", _ticket(5001, "PROJ-2")),
            ),
        ),
        Scenario(
            "both-sides",
            "Both sides name each other",
            "A link stays while either side wants it.",
            (
                Step("A developer writes ticket 5003 into PROJ-3.", _issue("PROJ-3", "5003")),
                Step("The ticket names PROJ-3 too: nothing is to be done.", _ticket(5003, "PROJ-3")),
                Step("The developer takes the number out: the ticket still wants it.", _issue("PROJ-3", "")),
                Step("The agent takes the key out: now the link goes.", _ticket(5003, "")),
            ),
        ),
    ]


def _of_people() -> list[Scenario]:
    return [
        Scenario(
            "typo",
            "A key that does not exist",
            "A slip is a person's: the good keys are linked, the wrong one is remembered.",
            (Step("An agent writes one good key and one wrong one.", _ticket(5004, "PROJ-4 PROJ-999")),),
        ),
        Scenario(
            "by-hand",
            "An agent links by hand",
            "A link that linksync did not make is never deleted by it.",
            (
                Step("An agent links ticket 5004 and PROJ-5 in Zendesk's Jira app.", _link(5004, "PROJ-5")),
                Step("The ticket's field names it: linksync adopts the link.", _ticket(5004, "PROJ-5")),
                Step("The key is taken out: the link stays, for it is not ours.", _ticket(5004, "")),
            ),
        ),
    ]


def _of_faults() -> list[Scenario]:
    return [
        Scenario(
            "outage",
            "Zendesk is down",
            "Deliveries are accepted meanwhile, and nothing is lost.",
            (
                Step("Zendesk answers 503 from now on.", _on("zendesk.outage"), waits=False),
                Step("An agent's edit is accepted, and waits in its lane.", _ticket(5002, "PROJ-1"), False, 6.0),
                Step("Zendesk is back: the lane's next try makes the link.", _off("zendesk.outage")),
            ),
        ),
    ]


def _of_order() -> list[Scenario]:
    return [
        Scenario(
            "disorder",
            "Twice, and out of order",
            "Senders repeat and reorder: the last edit wins.",
            (
                Step("Each delivery comes twice, and they overtake.", _disorder(on=True), waits=False, pause=0.5),
                Step("An agent changes her mind three times.", _three_edits, waits=True),
                Step("Back to an orderly world.", _disorder(on=False)),
            ),
        ),
        Scenario(
            "lost",
            "A delivery is lost",
            "What no sender told is found by the reconciler.",
            (
                Step("From now on deliveries are lost.", _on("deliveries.drop_all"), waits=False),
                Step("A developer writes ticket 5002 into PROJ-2. Nobody tells.", _issue("PROJ-2", "5002"), False, 2.5),
                Step("Deliveries arrive again, but that one never will.", _off("deliveries.drop_all"), waits=False),
                Step("The reconciler looks for what changed, and finds it.", Controls.reconcile),
            ),
        ),
    ]


def _of_operators() -> list[Scenario]:
    return [
        Scenario(
            "forged",
            "Somebody forges a request",
            "Without the right signature nothing is queued, nothing is written.",
            (Step("A stranger posts: “ticket 5001 names nothing”.", Controls.forge),),
        ),
        Scenario(
            "dead-letter",
            "What only a person can mend",
            "Forbidden calls end before an operator, who mends and sends back. Takes a minute.",
            (
                Step("Somebody switches “Manage links” off in Zendesk.", _on("zendesk.manage_links"), waits=False),
                Step(
                    "An edit meets 403, is tried for half a minute, and becomes a dead letter.", _ticket(5003, "PROJ-4")
                ),
                Step("“Manage links” is on again. Now press “Send back” in the tray.", _off("zendesk.manage_links")),
            ),
        ),
    ]


def _ticket(number: int, text: str) -> Do:
    return lambda controls: controls.do("ticket", {"id": number, "text": text})


def _issue(key: str, text: str) -> Do:
    return lambda controls: controls.do("issue", {"id": key, "text": text})


def _link(number: int, key: str) -> Do:
    return lambda controls: controls.do("link", {"ticket": number, "issue": key})


def _on(name: str) -> Do:
    return lambda controls: controls.switches.set(name, on=True)


def _off(name: str) -> Do:
    return lambda controls: controls.switches.set(name, on=False)


def _disorder(*, on: bool) -> Do:
    def do(controls: Controls) -> None:
        for name in ("deliveries.duplicate", "deliveries.reorder"):
            controls.switches.set(name, on=on)

    return do


def _three_edits(controls: Controls) -> None:
    for text in ("PROJ-1", "", "PROJ-1 PROJ-5"):
        controls.do("ticket", {"id": 5001, "text": text})
