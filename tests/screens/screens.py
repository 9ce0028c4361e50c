"""Which screens there are, and the page that they make."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.screens.recorded import Recorded
from tests.screens.scene import Scene, scene


def _as_it_is(_scene: Scene) -> None:
    """Nothing is changed for this screen."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen: the command, what is said of it, and what is changed before it."""

    arguments: str
    about: str
    before: Callable[[Scene], None] = _as_it_is


def _manage_links_off(there: Scene) -> None:
    there.vendors.zendesk.links.manage_links = False


def _manage_links_on(there: Scene) -> None:
    there.vendors.zendesk.links.manage_links = True


def _letters(there: Scene) -> None:
    _manage_links_on(there)
    there.dead()


def _by_hand(there: Scene) -> None:
    """An agent links one ticket and unlinks another, and a third names issues; nobody tells linksync."""
    there.vendors.senders.pace.faults.drop = 1.0
    there.vendors.link_by_hand(5001, "PROJ-2")
    there.vendors.link_by_hand(5002, "OPS-7")
    there.vendors.link_by_hand(5004, "PROJ-3")
    there.vendors.write_keys(5003, "PROJ-1 PROJ-2 UTF-8")
    there.vendors.write_keys(5004, "PROJ-3")


SCREENS: Mapping[str, Shown] = {
    "help": Shown("--help", "The commands. Each has its own `--help`."),
    "install-plan": Shown("install --dry-run", "What an installation would do; nothing is changed."),
    "setup-zendesk-plan": Shown("setup zendesk --dry-run", "Every call that a set-up would make."),
    "setup-zendesk": Shown("setup zendesk", "The set-up itself."),
    "setup-zendesk-again": Shown("setup zendesk", "Run again, it changes nothing and says so."),
    "setup-jira": Shown("setup jira", "The same for Jira."),
    "doctor": Shown("doctor", "All is well."),
    "doctor-failing": Shown(
        "doctor",
        "Something is not, here the switch *Manage links* in Zendesk: each failure says what to do.",
        _manage_links_off,
    ),
    "list": Shown("list", "The links that the ledger knows.", _manage_links_on),
    "explain": Shown("explain 5001", "Why a ticket's links are there, or not."),
    "link": Shown("link 5003 PROJ-3", "One link by hand."),
    "unlink": Shown("unlink 5003 PROJ-3", "And away again."),
    "drift": Shown("drift", "What people changed by hand in Zendesk, and linksync does not know.", _by_hand),
    "drift-repair": Shown("drift --repair gone --repair unknown", "Only what is named is repaired."),
    "backfill-plan": Shown("backfill --from zendesk --dry-run", "What the fields name already, and is not linked."),
    "backfill": Shown("backfill --from zendesk", "The same, through the queue."),
    "migrate-plan": Shown("migrate v2-to-v1 --dry-run", "From one version of the Links API to the other."),
    "redrive": Shown("redrive", "Dead letters with their reasons. `--all` or a delivery moves them back.", _letters),
    "pause": Shown("pause", "The emergency stop."),
    "resume": Shown("resume", "And on again."),
    "uninstall-plan": Shown("uninstall --dry-run", "What linksync would take out of Zendesk and Jira."),
}


def recorded(width: int) -> dict[str, Recorded]:
    """Every screen, one after the other on one stack."""
    with scene() as there:
        found = {}
        for name, shown in SCREENS.items():
            shown.before(there)
            found[name] = Recorded(shown.arguments.split(), width=width, shown=there.shown)
        return found


def page(screens: Mapping[str, Recorded]) -> str:
    """The page of all screens."""
    head = (
        "# The commands\n\n"
        "What `linksync` shows on a terminal of 80 columns. Made by `make screens`; a test keeps it true. For programs"
        " each command has `--json`.\n"
    )
    parts = [
        f"\n## `linksync {one.arguments}`\n\n{one.about}\n\n```console\n{screens[name].text()}```\n"
        for name, one in SCREENS.items()
    ]
    return head + "".join(parts)
