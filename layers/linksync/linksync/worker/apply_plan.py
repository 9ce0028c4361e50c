"""Makes the links what the lane says they should be, one call at a time, and records every step."""

from contextlib import suppress
from dataclasses import replace

from linksync.core.commands import (
    Command,
    CreateLink,
    DeleteLink,
    ForgetLink,
    RekeyLink,
    TransferLink,
    WithdrawTransfer,
    begun,
    created,
    intended,
)
from linksync.core.lanes import TicketLane
from linksync.core.links import Link, LinkState
from linksync.core.messages import Envelope, LinkNotice, NoticeKind
from linksync.core.ticket_rules import plan
from linksync.errors import AwsUnavailable, LinksyncError, UnfinishedWork, UpstreamRefused, UpstreamUnavailable
from linksync.metrics import Metric
from linksync.worker.dependencies import Dependencies

SECONDS_A_COMMAND = 12.0
"""The longest that one command may take: it is not begun with less than this left."""


class PlanApplication:
    """One run's worth of applying and recording, for one ticket.

    What the ticket stated is committed last, so that a run that is cut short is done again from the statement.  Until
    then the ledger is given checkpoints: links and facts.
    """

    def __init__(self, deps: Dependencies, envelope: Envelope, recorded: TicketLane) -> None:
        self._deps = deps
        self._envelope = envelope
        self._recorded = recorded
        self._refusal: UpstreamRefused | None = None
        self._progress = False

    def run(self, lane: TicketLane) -> None:
        """Apply what the lane plans, then commit what the ticket stated.

        A refused link stands aside for the others, and is raised at the end.  Anything else that fails ends the run:
        what was done is recorded, and what was not is left as it was.
        """
        commands = plan(lane, self._deps.policy)
        waiting = {command.link.issue.id for command in commands}
        for command in commands:
            waiting.remove(command.link.issue.id)
            lane = self._step(lane, command, waiting)
        self._deps.ledger.commit(self._recorded, lane)
        if self._refusal:
            raise self._refusal
        if not commands:
            self._deps.metrics.count(Metric.NOTHING_TO_DO)

    def _step(self, lane: TicketLane, command: Command, waiting: set[str]) -> TicketLane:
        # The first is tried in any case: a run whose look-ups took all its time must get on all the same.
        if self._progress and self._deps.seconds_left() < SECONDS_A_COMMAND:
            self._checkpoint(lane)
            raise UnfinishedWork("the run's time is nearly up; the rest is continued at once")
        self._progress = True
        command = begun(command, at=self._deps.now())
        if not isinstance(command, ForgetLink):
            # In one write: the outcome of the last call, and the intent of this one.  No call for a link whose turn has
            # not come was begun, so its record stays as it is.
            self._deps.links.ready()
            self._checkpoint(self._without(waiting, lane.with_link(intended(command))))
        try:
            return self._applied(lane, command)
        except UpstreamRefused as refusal:
            self._refusal = refusal
            return lane.with_link(command.link)
        except LinksyncError as error:
            with suppress(AwsUnavailable):  # what the vendor demands must not be lost over that
                self._checkpoint(_interrupted(lane, command, error))
            raise

    def _applied(self, lane: TicketLane, command: Command) -> TicketLane:
        link = command.link
        match command:
            case CreateLink():
                return lane.with_link(self._create(link))
            case RekeyLink():
                self._delete(link)
                return lane.with_link(replace(self._create(link), owner=link.owner))
            case DeleteLink():
                self._delete(link)
                return lane.without_link(link.issue.id)
            case ForgetLink():
                return lane.without_link(link.issue.id)
            case TransferLink():
                self._notify(command.target, link, NoticeKind.CLAIMED)
                if command.unlink:
                    # A merged ticket is closed, and whether links of such tickets can be deleted is not documented.
                    with suppress(UpstreamRefused):
                        self._delete(link)
                return lane.with_link(replace(link, state=LinkState.TRANSFERRED))
            case WithdrawTransfer():
                self._notify(command.target, link, command.kind)
                return lane.without_link(link.issue.id)

    def _create(self, link: Link) -> Link:
        made = self._deps.links.create(ticket_id=self._recorded.ticket_id, issue=link.issue)
        self._deps.metrics.count(Metric.LINKS_CREATED if made else Metric.LINKS_ALREADY_PRESENT)
        self._measure_delay()
        return created(link, made=made)

    def _delete(self, link: Link) -> None:
        removed = self._deps.links.delete(ticket_id=self._recorded.ticket_id, issue_id=link.issue.id)
        self._deps.metrics.count(Metric.LINKS_DELETED if removed else Metric.LINKS_ALREADY_ABSENT)
        self._measure_delay()

    def _measure_delay(self) -> None:
        self._deps.metrics.count(Metric.SECONDS_BEHIND, max(0.0, self._deps.now() - self._envelope.payload.at))

    def _notify(self, ticket_id: str, link: Link, kind: NoticeKind) -> None:
        notice = LinkNotice(
            ticket_id=ticket_id,
            issue_id=link.issue.id,
            issue_key=link.issue.key,
            key_at=link.key_at,
            kind=kind,
            at=self._deps.now(),
            via=self._recorded.ticket_id,
        )
        self._deps.queue.send_batch([self._envelope.forward(notice)])

    def _checkpoint(self, lane: TicketLane) -> None:
        self._recorded = self._deps.ledger.checkpoint(self._recorded, lane)

    def _without(self, waiting: set[str], lane: TicketLane) -> TicketLane:
        """The lane with the links whose turn has not come as they are recorded."""
        recorded = {key: link for key, link in self._recorded.links.items() if key in waiting}
        begun_so_far = {key: link for key, link in lane.links.items() if key not in waiting}
        return replace(lane, links=begun_so_far | recorded)


def _interrupted(lane: TicketLane, failed: Command, error: LinksyncError) -> TicketLane:
    """The lane after a call that failed.  Its intent is taken back when it was surely not applied.

    Else a link that was there first would be taken for ours when the create is tried again.
    """
    maybe_applied = isinstance(error, UpstreamUnavailable) and error.maybe_applied
    return lane.with_link(intended(failed) if maybe_applied else failed.link)
