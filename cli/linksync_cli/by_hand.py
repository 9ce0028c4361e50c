"""`link` and `unlink`: one link asked for by an operator, through its ticket's lane."""

from dataclasses import dataclass, replace
from typing import Any

from linksync.core.issue import Issue
from linksync.core.links import OPERATOR_CLAIM, Link
from linksync.core.messages import OperatorAction
from linksync.explanation.explain import Story, explain
from linksync.explanation.ticket_snapshot import TicketSnapshot
from linksync_cli.command import Run
from linksync_cli.failures import Failure, Interrupted, WrongUsage
from linksync_cli.lane_commands import LaneCommands
from linksync_cli.outcomes import Outcome
from linksync_cli.snapshots import Snapshots
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors

WAITING = "waiting"
_LEFT = "To take it away use Zendesk's Jira app; or set the parameter UnlinkPolicy to `any`, and deploy."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked, and what became of it.  `done`: it is as it was asked for."""

    ticket_id: str
    issue: Issue
    outcome: str
    done: bool
    story: Story
    advice: str = ""

    def document(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "ticket_id": self.ticket_id,
            "issue_id": self.issue.id,
            "issue_key": self.issue.key,
            "outcome": self.outcome,
            "why": self.story.why,
            "next": self.story.next,
        }


class ByHand:
    """One ticket and one issue.  Raises Failure, the clients' errors and those of `linksync.errors`."""

    def __init__(self, run: Run, stack: Stack, ticket_id: str, issue: str) -> None:
        self._run, self._stack, self._ticket_id = run, stack, ticket_id
        self._vendors = StackVendors(stack)
        self._gather = Snapshots(stack, self._vendors)
        self._text = issue.strip().upper()

    def link(self, *, wait: float) -> Asked:
        """Links them, unless ProjectKeys leaves the issue out or either is not there."""
        issue = self._issue()
        if not self._vendors.projects.includes(issue.key):
            mend = "Add its project to the parameter ProjectKeys with `linksync configure --project-keys`, and deploy."
            raise WrongUsage("project_keys", f"ProjectKeys leaves out the project of {issue.key}.", mend)
        if not self._vendors.tickets.exists(self._ticket_id):
            raise Failure("no_ticket", f"Zendesk has no ticket {self._ticket_id}.", "Check the number.")
        return self._asked(OperatorAction.LINK, issue, wait)

    def unlink(self, *, wait: float) -> Asked:
        """Takes the link away, as if by hand; refuses one that is not ours."""
        known = self._snapshot().lane.link_meant_by(self._text) or self._by_id()
        if known is None:
            return self._without_record()
        ours = not known.may_exist or self._vendors.policy.allows(known.owner)
        if not (ours or OPERATOR_CLAIM in known.claims):
            raise _not_ours(known.issue.key)
        asked = self._asked(OperatorAction.UNLINK, known.issue, wait)
        # What an operator asked for is withdrawn all the same; the link itself was there before.
        return asked if ours else replace(asked, outcome="claim withdrawn", done=False, advice=_LEFT)

    def _by_id(self) -> Link | None:
        return self._snapshot().lane.links.get(self._text)

    def _without_record(self) -> Asked:
        """The ledger knows no such link: it is somebody else's, or none."""
        issue = self._issue()
        if self._vendors.links.of_ticket(self._ticket_id).show(issue.id):
            raise _not_ours(issue.key)
        return self._ended(issue, "not linked", done=True)

    def _asked(self, action: OperatorAction, issue: Issue, wait: float) -> Asked:
        if self._run.dry_run:
            return self._ended(issue, f"would {action.value}", done=True)
        lanes = LaneCommands(self._stack)
        command = lanes.command(action, ticket_id=self._ticket_id, issue_id=issue.id, issue_key=issue.key)
        (delivery,) = lanes.send([command])
        try:
            with self._run.screen.working("Waiting for the worker …"):
                ended = lanes.wait([delivery], seconds=wait, on_progress=lambda _: None)[delivery]
        except KeyboardInterrupt:
            raise Interrupted(f"It is queued all the same.  See: linksync explain {self._ticket_id}") from None
        return self._after(action, issue, ended, delivery)

    def _after(self, action: OperatorAction, issue: Issue, ended: Outcome, delivery: str) -> Asked:
        see = f"See why with `linksync explain {self._ticket_id} {issue.key}`."
        match ended:
            case Outcome.WAITING:
                advice = f"The worker has not come to it yet (is it paused, or a vendor down?).  {see}"
                return self._ended(issue, WAITING, done=False, advice=advice)
            case Outcome.DEAD:
                advice = f"Mend what it tells, then: linksync redrive {delivery[:12]}"
                return self._ended(issue, "dead", done=False, advice=advice)
        asked = self._ended(issue, "", done=True)
        outcome = {True: "linked", False: "not linked", None: "not known"}[asked.story.linked]
        wanted = "linked" if action is OperatorAction.LINK else "not linked"
        return self._ended(issue, outcome, done=outcome == wanted, advice="" if outcome == wanted else see)

    def _ended(self, issue: Issue, outcome: str, *, done: bool, advice: str = "") -> Asked:
        (story,) = explain(self._snapshot(issue.id)).issues
        issue = issue if issue.key else story.issue
        return Asked(ticket_id=self._ticket_id, issue=issue, outcome=outcome, done=done, story=story, advice=advice)

    def _snapshot(self, issue: str = "") -> TicketSnapshot:
        return self._gather.of(self._ticket_id, issue)

    def _issue(self) -> Issue:
        """The issue as Jira knows it now."""
        if self._text.isdigit():
            found = self._vendors.issues.read(self._text).issue
        else:
            found = self._vendors.issues.look_up([self._text]).found.get(self._text)
        if found is None:
            mend = "Check the key; the stack's account must see the issue (permission Browse projects)."
            raise Failure("no_issue", f"Jira knows no issue {self._text}.", mend)
        return found


def _not_ours(name: str) -> WrongUsage:
    return WrongUsage("not_ours", f"The link with {name} was not made by linksync, so it is not unlinked.", _LEFT)
