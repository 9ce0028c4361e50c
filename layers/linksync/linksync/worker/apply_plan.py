"""Makes the links what the lane says they should be, one call at a time, and records every step."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from linksync.core.commands import Command, CreateLink, ForgetLink, RekeyLink, begun, intended, refused
from linksync.core.history import Event, HistoryLine
from linksync.core.lanes import TicketLane
from linksync.core.links import CallKind, Link, LinkState, Owner
from linksync.core.messages import Envelope
from linksync.core.ordering import REPLICA_LAG
from linksync.core.plans import plan
from linksync.core.ticket_rules import is_missing
from linksync.errors import (
    AwsUnavailable,
    LinksyncError,
    NotYetVisible,
    UnfinishedWork,
    UpstreamRefused,
    UpstreamUnavailable,
)
from linksync.metrics import Metric
from linksync.outbound.deadline import SECONDS_A_COMMAND
from linksync.worker import reference_notice
from linksync.worker.dependencies import Dependencies
from linksync.worker.run_command import CommandRun, NotCreated


class PlanApplication:
    """One run's worth of applying and recording, for one ticket.

    What the ticket stated is committed last, so that a run that is cut short is done again from the statement.  Until
    then the ledger is given checkpoints: links, facts and history.
    """

    def __init__(self, deps: Dependencies, envelope: Envelope, recorded: TicketLane) -> None:
        self._deps = deps
        self._delivery = envelope.delivery
        self._recorded = recorded
        self._commands = CommandRun(deps, envelope, recorded.ticket_id)
        self._doubt: NotYetVisible | None = None
        self._progress = False
        self._ticket_was_seen = False

    def run(self, lane: TicketLane, *, complete: bool) -> None:
        """Apply what the lane plans, then commit what the ticket stated; not `complete`: leave that to another run.

        A call that is refused for good stands alone: it is recorded with its reason, the others go on, and it is raised
        at the end; one that may be for want of the ticket is made once more, a little later.  Anything else that fails
        ends the run: what was done is recorded, what was not is left as it was.
        """
        for link in _adopted(self._recorded, lane):
            self._commands.add_history(Event.ADOPTED, link, "Zendesk was seen to list it")
        commands = plan(lane, self._deps.policy)
        waiting = {command.link.issue.id for command in commands}
        for command in commands:
            waiting.remove(command.link.issue.id)
            if not (lane.facts.missing and isinstance(command, CreateLink | RekeyLink)):
                lane = self._step(lane, command, waiting)
        if not complete:
            self._checkpoint(lane)
            raise UnfinishedWork("there was no time to ask about every key; the rest is continued at once")
        telling = reference_notice.begun(self._deps, lane)
        history = self._commands.take_history()
        self._twice(lambda: self._deps.ledger.commit(self._recorded, telling, history))
        reference_notice.give(self._deps, lane, telling)
        if self._doubt:
            raise self._doubt
        if refusal := _refusal(lane, self._delivery):
            raise refusal
        if not commands:
            self._deps.log.count(Metric.NOTHING_TO_DO)

    def _step(self, lane: TicketLane, command: Command, waiting: set[str]) -> TicketLane:
        # The first is tried in any case: a run whose look-ups took all its time must get on all the same.
        if self._progress and self._deps.seconds_left() < SECONDS_A_COMMAND:
            self._checkpoint(lane)
            raise UnfinishedWork("the run's time is nearly up; the rest is continued at once")
        self._progress = True
        command = begun(command, at=self._deps.now())
        if not isinstance(command, ForgetLink):
            self._record_intent(lane, command, waiting)
        try:
            return self._commands.applied(lane, command)
        except NotCreated as error:
            return self._not_created(lane, error, waiting)
        except UpstreamRefused as error:
            return self._refused(lane, command, CallKind.DELETE, error)
        except LinksyncError as error:
            with suppress(AwsUnavailable):  # what the vendor demands must not be lost over that
                self._checkpoint(_interrupted(lane, self._commands.current, error))
            raise

    def _record_intent(self, lane: TicketLane, command: Command, waiting: set[str]) -> None:
        """In one write: the outcome of the last call, and the intent of this one.

        No call for a link whose turn has not come was begun, so its record stays as it is.
        """
        self._get_ready(lane, command, waiting)
        history = self._commands.take_history()
        try:
            begins = self._without(waiting, lane.with_link(intended(command)))
            self._recorded = self._deps.ledger.checkpoint(self._recorded, begins, history)
        except AwsUnavailable:
            # A part may have been written: an intent whose call is not sent must not stand, and the last outcome must.
            with suppress(AwsUnavailable):
                self._recorded = self._recorded.with_link(intended(command))
                self._checkpoint(self._without(waiting, lane), history)
            raise

    def _get_ready(self, lane: TicketLane, command: Command, waiting: set[str]) -> None:
        """Where this call cannot be made, the outcome of the last one is recorded all the same."""
        try:
            self._commands.get_ready(command)
        except LinksyncError:
            with suppress(AwsUnavailable):
                self._checkpoint(self._without({*waiting, command.link.issue.id}, lane))
            raise

    def _not_created(self, lane: TicketLane, error: NotCreated, waiting: set[str]) -> TicketLane:
        """The lane after a create that was refused: the ticket may be missing, which is nobody's to mend."""
        link, refusal = replace(error.link, refusal=None), error.refusal
        if not self._seen(lane.with_link(link), waiting):
            self._deps.log.count(Metric.TICKETS_NOT_FOUND)
            self._commands.add_history(Event.TICKET_MISSING, link, "Zendesk does not know the ticket")
            return is_missing(lane.with_link(link))
        if refusal.not_found and error.link.refusal is None:
            self._doubt = NotYetVisible("a ticket is shown that a create did not find", retry_after=REPLICA_LAG)
            doubted = refused(link, CallKind.CREATE, reason=str(refusal), delivery=self._delivery, settled=False)
            return lane.with_link(doubted)
        return self._refused(lane.with_link(link), CreateLink(link), CallKind.CREATE, refusal)

    def _seen(self, lane: TicketLane, waiting: set[str]) -> bool:
        """Whether Zendesk shows the ticket.  That nothing was made is recorded first: a look takes a while."""
        if not self._ticket_was_seen:
            with suppress(AwsUnavailable):
                self._checkpoint(self._without(waiting, lane))
            self._ticket_was_seen = self._deps.tickets.exists(lane.ticket_id)
        return self._ticket_was_seen

    def _refused(self, lane: TicketLane, command: Command, call: CallKind, error: UpstreamRefused) -> TicketLane:
        self._deps.log.count(Metric.LINKS_REFUSED)
        self._commands.add_history(Event.REFUSED, command.link, str(error))
        return lane.with_link(refused(command.link, call, reason=str(error), delivery=self._delivery))

    def _checkpoint(self, lane: TicketLane, history: Iterable[HistoryLine] = ()) -> None:
        lines = (*history, *self._commands.take_history())
        self._recorded = self._twice(lambda: self._deps.ledger.checkpoint(self._recorded, lane, lines))

    def _twice[T](self, write: Callable[[], T]) -> T:
        """Write what calls did: it is not lost over one answer of the ledger that does not come."""
        try:
            return write()
        except AwsUnavailable:
            if self._deps.seconds_left() < SECONDS_A_COMMAND:
                raise
            return write()

    def _without(self, waiting: set[str], lane: TicketLane) -> TicketLane:
        """The lane with the links whose turn has not come as they are recorded."""
        recorded = {key: link for key, link in self._recorded.links.items() if key in waiting}
        begun_so_far = {key: link for key, link in lane.links.items() if key not in waiting}
        return replace(lane, links=begun_so_far | recorded)


def _refusal(lane: TicketLane, delivery: str) -> UpstreamRefused | None:
    """What was refused for this very delivery, be it to an earlier run that ended before an operator was told."""
    refusals = (link.refusal for link in lane.links.values())
    ours = (found for found in refusals if found and found.settled and found.delivery == delivery)
    return next((UpstreamRefused(found.reason) for found in ours), None)


def _interrupted(lane: TicketLane, failed: Command, error: LinksyncError) -> TicketLane:
    """The lane after a call that failed.  Its intent is taken back when it was surely not applied.

    Else a link that was there first would be taken for ours when the create is tried again.
    """
    maybe_applied = isinstance(error, UpstreamUnavailable) and error.maybe_applied
    return lane.with_link(intended(failed) if maybe_applied else failed.link)


def _adopted(recorded: TicketLane, lane: TicketLane) -> list[Link]:
    """The links that are known to be there without a call of ours, and were not before."""
    there = (LinkState.LINKED, LinkState.SEEN)

    def was_there(link: Link) -> bool:
        known = recorded.links.get(link.issue.id)
        return known is not None and (known.state in there or known.may_exist)

    return [
        link
        for link in lane.links.values()
        if link.owner is Owner.ADOPTED and link.state in there and not was_there(link)
    ]
