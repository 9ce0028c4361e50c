"""What one command of a plan does: its calls upstream, and what they make of the link."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from linksync.core.commands import (
    Command,
    CreateLink,
    DeleteLink,
    ForgetLink,
    RekeyLink,
    TransferLink,
    UnlinkByHand,
    WithdrawTransfer,
    created,
    deleted,
    unlinked_by_hand,
)
from linksync.core.history import Event, HistoryLine
from linksync.core.history_reasons import why_removed, why_wanted
from linksync.core.lanes import TicketLane
from linksync.core.links import Link, LinkState, Owner
from linksync.core.messages import BACKFILL, Envelope, LinkNotice, NoticeKind
from linksync.errors import UpstreamRefused
from linksync.metrics import Metric
from linksync.worker.dependencies import Dependencies


class NotCreated(Exception):
    """A create was refused.  `link` is as it stands after that, without the intent."""

    def __init__(self, link: Link, refusal: UpstreamRefused) -> None:
        self.link, self.refusal = link, refusal


class CommandRun:
    """Runs the commands of one ticket's plan, and keeps the lines of history until they are taken."""

    def __init__(self, deps: Dependencies, envelope: Envelope, ticket_id: str) -> None:
        self._deps = deps
        self._links = deps.links.of_ticket(ticket_id)
        self._envelope = envelope
        self._ticket_id = ticket_id
        self._history: list[HistoryLine] = []
        self.current: Command
        """What is being done, once anything is: of a re-key that has come half way, the half that is left."""

    def take_history(self) -> Iterable[HistoryLine]:
        """The lines since they were last taken: they go into the next write."""
        lines, self._history = self._history, []
        return lines

    def add_history(self, event: Event, link: Link, why: str) -> None:
        """Add a line to the history."""
        line = HistoryLine(
            at=self._deps.now(),
            issue=link.issue,
            event=event,
            why=why,
            source=self._envelope.source,
            delivery=self._envelope.delivery,
        )
        self._history.append(line)
        self._deps.log.happened(event)

    def get_ready(self, command: Command) -> None:
        """Get what the command's first call needs, so that nothing stands between its intent and that call."""
        match command:
            case CreateLink() | RekeyLink():
                self._links.ready_to_create()
            case DeleteLink(link) | UnlinkByHand(link) | TransferLink(link, unlink=True):
                self._links.ready_to_delete(link_id=link.link_id)

    def applied(self, lane: TicketLane, command: Command) -> TicketLane:
        """The lane after the command's calls.  Raises what they raise, and NotCreated for a refused create."""
        link, self.current = command.link, command
        match command:
            case CreateLink():
                return lane.with_link(self._create(link))
            case RekeyLink():
                return self._rekey(lane, link)
            case DeleteLink():
                self._delete(link, why_removed(link, self._envelope.payload))
                return _with(lane, link, deleted(link))
            case UnlinkByHand():
                self._delete(link, "an operator asked for it")
                return _with(lane, link, unlinked_by_hand(link))
            case ForgetLink():
                self.add_history(Event.FORGOTTEN, link, "nothing names it any more, and it is not ours to remove")
                return lane.without_link(link.issue.id)
            case TransferLink():
                return self._transfer(lane, command)
            case WithdrawTransfer():
                self._notify(command.target, link, command.kind)
                return lane.without_link(link.issue.id)

    def _rekey(self, lane: TicketLane, link: Link) -> TicketLane:
        removed = self._delete(link, "its issue has another key")
        if not removed and link.state is LinkState.REKEYING:
            # No run of ours has begun this before: somebody removed it by hand, and it stays removed.
            self.add_history(Event.UNLINKED, link, "it was not there when its issue got another key")
            return _with(lane, link, unlinked_by_hand(link))
        # What this run took away is not there, whatever was begun before: one that is in the way is somebody's.
        moving = replace(link, state=LinkState.PLANNED if removed else LinkState.MOVING)
        self.current = CreateLink(moving)
        remade = self._create(moving)
        self.add_history(Event.REKEYED, link, "its issue has another key")
        return lane.with_link(replace(remade, owner=link.owner) if remade.owner is Owner.LINKSYNC else remade)

    def _transfer(self, lane: TicketLane, command: TransferLink) -> TicketLane:
        link = command.link
        self._notify(command.target, link, NoticeKind.CLAIMED)
        if command.unlink:
            # A merged ticket is closed, and whether links of such tickets can be deleted is not documented.
            with suppress(UpstreamRefused):
                self._delete(link, "its ticket was merged")
        self.add_history(Event.TRANSFERRED, link, "its ticket was merged")
        return lane.with_link(replace(link, state=LinkState.TRANSFERRED))

    def _create(self, link: Link) -> Link:
        try:
            there = self._links.create(link.issue)
        except UpstreamRefused as refusal:
            gone = link.state is LinkState.MOVING
            raise NotCreated(replace(link, state=LinkState.PLANNED) if gone else link, refusal) from refusal
        self._deps.log.count(Metric.LINKS_CREATED if there.made else Metric.LINKS_ALREADY_PRESENT)
        self._measure_delay()
        after = created(link, made=there.made, link_id=there.link_id)
        ours = after.owner is Owner.LINKSYNC
        self.add_history(
            Event.MADE if ours else Event.ADOPTED, link, why_wanted(link) if there.made else "it was there already"
        )
        return after

    def _delete(self, link: Link, why: str) -> bool:
        removed = self._links.delete(link.issue.id, link_id=link.link_id)
        self._deps.log.count(Metric.LINKS_DELETED if removed else Metric.LINKS_ALREADY_ABSENT)
        self._measure_delay()
        self.add_history(Event.REMOVED if removed else Event.ABSENT, link, why)
        return removed

    def _measure_delay(self) -> None:
        if self._envelope.source == BACKFILL:
            return  # what was written years ago is not late
        self._deps.log.count(Metric.SECONDS_BEHIND, max(0.0, self._deps.now() - self._envelope.payload.at))

    def _notify(self, ticket_id: str, link: Link, kind: NoticeKind) -> None:
        notice = LinkNotice(
            ticket_id=ticket_id,
            issue_id=link.issue.id,
            issue_key=link.issue.key,
            key_at=link.key_at,
            kind=kind,
            at=self._deps.now(),
            via=self._ticket_id,
        )
        self._deps.queue.send_batch([self._envelope.forward(notice)])


def _with(lane: TicketLane, link: Link, after: Link | None) -> TicketLane:
    return lane.without_link(link.issue.id) if after is None else lane.with_link(after)
