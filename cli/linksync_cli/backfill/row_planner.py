"""Plans pages of rows, by what the ledger, Zendesk's list of links, and Jira hold of them."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from linksync.core.backfill import BackfillRow, CsvRow, PlannedRow, plan_csv_row, plan_issue, plan_ticket
from linksync.core.change_feed import ChangedIssue, ChangedTicket
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord
from linksync.store.ledger_reads import LedgerReads
from linksync_cli.links_on_disk import ListedLinks
from linksync_cli.stack_vendors import StackVendors

_NOTHING = FieldRecord()


class RowPlanner:
    """`listed` holds all links that Zendesk lists.  Raises the clients' errors and those of `linksync.errors`."""

    def __init__(
        self,
        vendors: StackVendors,
        ledger: LedgerReads,
        listed: ListedLinks,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._vendors, self._ledger, self._listed, self._clock = vendors, ledger, listed, clock

    def planned(self, rows: Sequence[BackfillRow]) -> list[PlannedRow]:
        """What becomes of each.  A few calls for the whole page."""
        tickets = [row for row in rows if isinstance(row, ChangedTicket)]
        issues = [row for row in rows if isinstance(row, ChangedIssue)]
        listed = [row for row in rows if isinstance(row, CsvRow)]
        return [*self._tickets(tickets), *self._issues(issues), *self._csv_rows(listed)]

    def _tickets(self, rows: Sequence[ChangedTicket]) -> list[PlannedRow]:
        if not rows:
            return []
        recorded = self._ledger.tickets(row.ticket_id for row in rows if row.refs)
        meant = self._meant({key for row in rows for key in row.refs or ()})
        return [
            plan_ticket(
                row,
                recorded[row.ticket_id][0] if row.ticket_id in recorded else _NOTHING,
                issues=meant,
                listed=self._linked_with(row.ticket_id) if row.refs else (),
                now=self._clock(),
                projects=self._vendors.projects,
            )
            for row in rows
        ]

    def _issues(self, rows: Sequence[ChangedIssue]) -> list[PlannedRow]:
        if not rows:
            return []
        recorded = self._ledger.issues(row.issue.id for row in rows)
        linked = {row.issue.id: {one.ticket_id for one in self._listed.of_issue(row.issue.id)} for row in rows}
        absent = {ticket for row in rows for ticket in row.refs or () if ticket not in linked[row.issue.id]}
        there = self._vendors.tickets.known(sorted(absent))
        return [
            plan_issue(
                row,
                recorded[row.issue.id].stated if row.issue.id in recorded else _NOTHING,
                tickets=there,
                listed=linked[row.issue.id],
                now=self._clock(),
                projects=self._vendors.projects,
            )
            for row in rows
        ]

    def _csv_rows(self, rows: Sequence[CsvRow]) -> list[PlannedRow]:
        if not rows:
            return []
        meant = self._meant({row.issue for row in rows})
        there = self._vendors.tickets.known(sorted({row.ticket_id for row in rows}))
        return [
            plan_csv_row(
                row,
                issue=meant.get(row.issue),
                ticket_there=row.ticket_id in there,
                listed=self._linked_with(row.ticket_id),
                now=self._clock(),
                projects=self._vendors.projects,
            )
            for row in rows
        ]

    def _meant(self, names: Iterable[str]) -> Mapping[str, Issue]:
        """The issues that these keys mean.  Jira shows none to strangers: then it is asked who we are."""
        names = sorted(names)
        found = self._vendors.existence.issues(names)
        if len(found) < len(names):
            self._vendors.prove_jira()
        return found

    def _linked_with(self, ticket_id: str) -> set[str]:
        return {row.issue_id for row in self._listed.of_ticket(ticket_id)}
