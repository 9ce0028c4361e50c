"""What is asked of the lanes to repair a drift, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from linksync.core.drift import Difference, DriftKind
from linksync.core.listed_links import LinksApiVersion
from linksync.core.messages import OperatorAction, OperatorCommand
from linksync.store.event_queue import EventQueue
from linksync_cli.backfill.budget import Budget
from linksync_cli.backfill.feeder import Feeder
from linksync_cli.command import Run
from linksync_cli.failures import Interrupted
from linksync_cli.lane_commands import LaneCommands
from linksync_cli.outcomes import Outcome
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors

_CALLS = {DriftKind.GONE: 1, DriftKind.UNKNOWN: 0, DriftKind.STALE: 2}
_ACTIONS = {
    DriftKind.GONE: OperatorAction.RELINK,
    DriftKind.UNKNOWN: OperatorAction.ADOPT,
    DriftKind.STALE: OperatorAction.REKEY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """The differences that are mended by now, of how many that were asked for; `would`: of a dry run."""

    done: tuple[Difference, ...] = ()
    asked: int = 0
    would: int = 0
    advice: str = ""


class DriftRepairs:
    """Repairs of one stack.  Raises the clients' errors."""

    def __init__(self, run: Run, stack: Stack, budget: Budget) -> None:
        self._run, self._lanes, vendors = run, LaneCommands(stack), StackVendors(stack)
        self._policy, self._looks = vendors.policy, int(vendors.version is LinksApiVersion.V1)
        queue = EventQueue(stack.aws.client("sqs"), stack.output("EventQueueUrl"))
        self._feeder = Feeder(queue, budget, run=uuid4().hex)

    def make(self, chosen: Sequence[Difference], *, wait: float) -> Repaired:
        """Ask for them, and wait for what becomes of each, for so many seconds.

        A link that is not ours keeps the key that it has: the Links API changes a key by removing the link first.
        """
        mendable = [one for one in chosen if one.kind is not DriftKind.STALE or self._may_rekey(one)]
        if self._run.dry_run or not mendable:
            return Repaired(would=len(mendable))
        tracked = self._run.screen.tracked(mendable, what="Asked for", total=len(mendable))
        deliveries = self._feeder.feed((self._command(one), self._calls(one)) for one in tracked)
        outcomes = self._outcomes(deliveries, wait)
        pairs = list(zip(mendable, deliveries, strict=True))
        done = tuple(one for one, delivery in pairs if outcomes[delivery] is Outcome.DONE)
        return Repaired(done=done, asked=len(mendable), advice=_advice([outcomes[one] for one in deliveries]))

    def _may_rekey(self, one: Difference) -> bool:
        return one.known is not None and self._policy.allows(one.known.owner)

    def _command(self, one: Difference) -> OperatorCommand:
        return self._lanes.command(
            _ACTIONS[one.kind], ticket_id=one.ticket_id, issue_id=one.issue.id, issue_key=one.issue.key
        )

    def _calls(self, one: Difference) -> int:
        """Of Zendesk, by the lane: version 1 looks at the ticket's links first."""
        return _CALLS[one.kind] and _CALLS[one.kind] + self._looks

    def _outcomes(self, deliveries: list[str], wait: float) -> dict[str, Outcome]:
        try:
            with self._run.screen.progress("Repaired", total=len(deliveries)) as step:
                return self._lanes.wait(deliveries, seconds=wait, on_progress=step)
        except KeyboardInterrupt:
            raise Interrupted("What was asked for is worked on.  See what is left with `linksync drift`.") from None


def _advice(outcomes: Sequence[Outcome]) -> str:
    if Outcome.DEAD in outcomes:
        return "See why the others are dead letters with `linksync redrive`."
    return "The worker is still at the others: run it again." if Outcome.WAITING in outcomes else ""
