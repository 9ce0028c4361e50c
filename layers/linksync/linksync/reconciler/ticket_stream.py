"""The tickets that changed, a page at a time."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from linksync.core.change_feed import ChangedTicket, TicketPage, newest_tickets
from linksync.core.checkpoints import TicketCheckpoint
from linksync.core.lanes import FieldRecord, TicketFacts
from linksync.core.messages import ticket_lane
from linksync.errors import UpstreamUnavailable
from linksync.metrics import Metric
from linksync.observability import emit_line
from linksync.outbound.zendesk_exports import LARGEST_PAGE, SMALLEST_PAGE, CursorRefused
from linksync.reconciler.dependencies import ChangedTickets, Dependencies
from linksync.reconciler.enqueue_findings import FindingQueue
from linksync.reconciler.findings import NOTHING_STATED, Finding, erased_ticket, ticket_finding
from linksync.reconciler.leased_checkpoint import LeasedCheckpoint

EXPORT_LAG = 60.0
"""Seconds of the present that the export leaves out, and that a start must be in the past by."""


class TicketStream:
    """Reads the export from the checkpoint on, and tells the lanes of tickets that differ from the ledger."""

    name = "tickets"

    def __init__(self, deps: Dependencies, tickets: ChangedTickets, finding_queue: FindingQueue) -> None:
        self._deps = deps
        self._tickets = tickets
        self._finding_queue = finding_queue
        self._size = LARGEST_PAGE

    def step(self, progress: LeasedCheckpoint) -> bool:
        """One page.  Whether that was the last for now."""
        checkpoint = progress.checkpoint
        place = checkpoint.tickets
        try:
            page = self._page(place)
        except CursorRefused:
            if not place.cursor:
                raise
            progress.save(replace(checkpoint, tickets=place.without_cursor()))
            return False
        self._finding_queue.tell(list(self._findings(page.rows)), round_number=checkpoint.round)
        progress.save(replace(checkpoint, tickets=self._after(place, page)))
        return page.last

    def _page(self, place: TicketCheckpoint) -> TicketPage:
        start = min(place.generated_at, self._deps.now() - EXPORT_LAG - 1)
        try:
            page = self._tickets.changed(cursor=place.cursor, start=start, size=self._size)
        except UpstreamUnavailable:
            self._size = max(SMALLEST_PAGE, self._size // 2)
            raise
        if not page.last and page.cursor in ("", place.cursor):
            raise UpstreamUnavailable("Zendesk's export did not say how to go on; it will be tried again")
        self._deps.metrics.count(Metric.RECONCILER_READ, len(page.rows))
        return page

    def _after(self, place: TicketCheckpoint, page: TicketPage) -> TicketCheckpoint:
        after = replace(
            place,
            cursor=page.cursor or place.cursor,
            generated_at=max(place.generated_at, page.generated_at or 0.0),
        )
        now = self._deps.now()
        return replace(after.anew(now), current_at=now - EXPORT_LAG) if page.last else after

    def _findings(self, rows: Sequence[ChangedTicket]) -> Iterator[Finding]:
        latest = newest_tickets(rows)
        known = self._deps.ledger.tickets(latest)
        _report_merges(row.ticket_id for row in latest.values() if row.merged and _untold(known.get(row.ticket_id)))
        for ticket_id, row in latest.items():
            recorded = known.get(ticket_id, NOTHING_STATED)
            if row.erased:
                if not recorded[1].deleted and self._deps.ledger.has_links(ticket_id):
                    yield erased_ticket(row)
            elif finding := ticket_finding(row, recorded, now=self._deps.now()):
                yield finding


def _untold(recorded: tuple[FieldRecord, TicketFacts] | None) -> bool:
    """Whether the ledger knows the ticket, and nobody told into which one it was merged."""
    return recorded is not None and bool(recorded[0].refs) and not recorded[1].merged_into


def _report_merges(tickets: Iterable[str]) -> None:
    """Tells an operator: the links of such a ticket are carried by nobody, since no list names its target."""
    if lanes := sorted(map(ticket_lane, tickets)):
        emit_line(logging.WARNING, "tickets were merged, and no delivery told into which", fields={"lanes": lanes})
