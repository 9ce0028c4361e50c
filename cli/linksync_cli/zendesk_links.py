"""The links that Zendesk lists, each with what the ledger knows of it."""

from collections.abc import Iterator

from linksync.core.listed_links import LinkRow
from linksync_cli.failures import Failure
from linksync_cli.ledger_links import LedgerLinks, Row
from linksync_cli.stack_vendors import StackVendors

UNKNOWN = "unknown"
"""The owner of a link that the ledger does not know."""


class ZendeskLinks:
    """Zendesk's list.  Raises the clients' errors and those of `linksync.errors`."""

    def __init__(self, ledger: LedgerLinks, vendors: StackVendors) -> None:
        self._ledger, self._vendors = ledger, vendors

    def of(self, ticket: str | None, issue: str | None) -> Iterator[Row]:
        """The links of a ticket, with an issue (by its key or id), of both, or all.  What is listed is linked."""
        issue_id = self._id_of(issue) if issue else ""
        known = {(row.ticket_id, row.issue_id): row for row in self._known(ticket, issue_id)}
        for listed in self._listed(ticket, issue_id):
            if not issue_id or listed.issue_id == issue_id:
                yield _row(listed, known.get(listed.pair))

    def _listed(self, ticket: str | None, issue_id: str) -> Iterator[LinkRow]:
        links = self._vendors.links
        if ticket:
            return links.rows_of_ticket(ticket)
        return links.rows_of_issue(issue_id) if issue_id else links.rows()

    def _known(self, ticket: str | None, issue_id: str) -> Iterator[Row]:
        if ticket:
            return self._ledger.of_ticket(ticket)
        return self._ledger.of_issue(issue_id) if issue_id else self._ledger.all()

    def _id_of(self, issue: str) -> str:
        """The id of an issue.  Zendesk lists by ids, and keys change."""
        key = issue.strip().upper()
        if key.isdigit():
            return key
        found = self._vendors.issues.look_up([key]).found.get(key)
        if found is None:
            raise Failure("no_issue", f"Jira knows no issue {key}.", "Check the key, or give the issue's id.")
        return found.id


def _row(listed: LinkRow, known: Row | None) -> Row:
    return Row(
        ticket_id=listed.ticket_id,
        issue_id=listed.issue_id,
        issue_key=listed.issue_key or "",
        owner=known.owner if known else UNKNOWN,
        state="linked",
    )
