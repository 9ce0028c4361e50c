"""Making the links what the lane says they should be, one call at a time, and recording every step."""

from contextlib import suppress
from dataclasses import replace

from linksync.core.commands import (
    CarryLink,
    Command,
    CreateLink,
    DeleteLink,
    DropCarried,
    ForgetLink,
    RekeyLink,
    begun,
    created,
    intended,
)
from linksync.core.ledger import Link, State, TicketLane
from linksync.core.messages import Change, Envelope, LinkNotice
from linksync.core.ticket_rules import plan
from linksync.errors import LinksyncError, OurSideUnavailable, UnfinishedWork, UpstreamRefused, UpstreamUnavailable
from linksync.worker.context import World

SECONDS_A_COMMAND = 12.0
"""The longest that one command may take: it is not begun with less than this left."""


class Settlement:
    """One run's worth of applying and recording, for one ticket."""

    def __init__(self, world: World, envelope: Envelope, recorded: TicketLane) -> None:
        self._world = world
        self._envelope = envelope
        self._recorded = recorded
        self._refusal: UpstreamRefused | None = None
        self._progress = False

    def settle(self, lane: TicketLane) -> None:
        """Apply what the lane plans, then record what the ticket said.

        A refused link stands aside for the others, and is raised at the end.  Anything else that fails ends the run:
        what was done is recorded, and what was not is left as it was.
        """
        commands = plan(lane, self._world.policy)
        waiting = {command.link.issue.id for command in commands}
        for command in commands:
            waiting.remove(command.link.issue.id)
            lane = self._step(lane, command, waiting)
        self._record(lane)
        if self._refusal:
            raise self._refusal
        if not commands:
            self._world.metrics.count("NothingToDo")

    def _step(self, lane: TicketLane, command: Command, waiting: set[str]) -> TicketLane:
        # The first is tried in any case: a run whose look-ups took all its time must get on all the same.
        if self._progress and self._world.seconds_left() < SECONDS_A_COMMAND:
            self._record(self._unsaid(lane))
            raise UnfinishedWork("the run's time is nearly up; the rest is continued at once")
        self._progress = True
        command = begun(command, at=self._world.now())
        if not isinstance(command, ForgetLink):
            self._begin(lane.with_link(intended(command)), waiting)
        try:
            return self._applied(lane, command)
        except UpstreamRefused as refusal:
            self._refusal = refusal
            return lane.with_link(command.link)
        except LinksyncError as trouble:
            with suppress(OurSideUnavailable):  # the demand of the remote side must not be lost over that
                self._record(self._unsaid(_interrupted(lane, command, trouble)))
            raise

    def _begin(self, lane: TicketLane, waiting: set[str]) -> None:
        """Record the outcome of the last call and the intent of the next, in one write.

        The links whose turn has not come are left as they are recorded: no call for them was begun.
        """
        self._world.links.ready()
        self._record(self._unsaid(self._without(waiting, lane)))

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
            case CarryLink():
                self._tell(command.target, link, Change.CLAIMED)
                if command.unlink:
                    # A merged ticket is closed, and whether links of such tickets can be deleted is not documented.
                    with suppress(UpstreamRefused):
                        self._delete(link)
                return lane.with_link(replace(link, state=State.CARRIED))
            case DropCarried():
                self._tell(command.target, link, command.change)
                return lane.without_link(link.issue.id)

    def _create(self, link: Link) -> Link:
        made = self._world.links.create(ticket_id=self._recorded.ticket_id, issue=link.issue)
        self._world.metrics.count("LinksCreated" if made else "LinksAlreadyPresent")
        self._changed()
        return created(link, made=made)

    def _delete(self, link: Link) -> None:
        removed = self._world.links.delete(ticket_id=self._recorded.ticket_id, issue_id=link.issue.id)
        self._world.metrics.count("LinksDeleted" if removed else "LinksAlreadyAbsent")
        self._changed()

    def _changed(self) -> None:
        at = getattr(self._envelope.payload, "at", self._envelope.received_at)
        self._world.metrics.count("SecondsBehind", max(0.0, self._world.now() - at))

    def _tell(self, ticket_id: str, link: Link, change: Change) -> None:
        notice = LinkNotice(
            ticket_id=ticket_id,
            issue_id=link.issue.id,
            issue_key=link.issue.key,
            key_at=link.key_at,
            change=change,
            at=self._world.now(),
            via=self._recorded.ticket_id,
        )
        self._world.queue.send_batch([self._envelope.passed_on(notice)])

    def _record(self, lane: TicketLane) -> None:
        if lane != self._recorded:
            self._world.ledger.save_ticket(self._recorded, lane)
            self._recorded = lane

    def _without(self, waiting: set[str], lane: TicketLane) -> TicketLane:
        """The lane with the links whose turn has not come as they are recorded: so they are written once less."""
        recorded = {key: link for key, link in self._recorded.links.items() if key in waiting}
        begun = {key: link for key, link in lane.links.items() if key not in waiting}
        return replace(lane, links=begun | recorded)

    def _unsaid(self, lane: TicketLane) -> TicketLane:
        # What the ticket said is recorded last, so that a run that is cut short is done again from the statement.
        # What is final stays, and what Jira did not know.
        said = replace(
            self._recorded.said,
            merged_into=lane.said.merged_into,
            deleted=lane.said.deleted,
            unresolved=self._recorded.said.unresolved | lane.said.unresolved,
        )
        return replace(lane, said=said)


def _interrupted(lane: TicketLane, failed: Command, trouble: LinksyncError) -> TicketLane:
    """The lane after a call that failed.  Its intent is taken back when it was surely not applied.

    Else a link that was there first would be taken for ours when the create is tried again.
    """
    maybe_applied = isinstance(trouble, UpstreamUnavailable) and trouble.maybe_applied
    return lane.with_link(intended(failed) if maybe_applied else failed.link)
