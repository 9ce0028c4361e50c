"""Links in a table on disk: sorted, or looked up by ticket and by issue, however many there are.

Neither vendor's list nor the ledger comes in the order of tickets.  SQLite's own temporary file keeps them: nobody else
sees it, and it goes with the connection.  https://www.sqlite.org/inmemorydb.html#temp_db
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import batched

from linksync.core.drift import KnownLink
from linksync.core.issue import Issue
from linksync.core.links import LinkState, Owner
from linksync.core.listed_links import LinkRow

_AT_ONCE = 1_000


class _Table:
    """Pairs of ticket and issue, each with some text."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE links (ticket TEXT, issue TEXT, rest TEXT)")
        self._sorted = False

    def _insert(self, rows: Iterable[tuple[str, str, str]]) -> None:
        for batch in batched(rows, _AT_ONCE, strict=False):
            self._database.executemany("INSERT INTO links VALUES (?, ?, ?)", batch)

    def _select(self, where: str = "", *values: str) -> Iterator[tuple[str, str, str]]:
        if not self._sorted:
            self._database.execute("CREATE INDEX by_ticket ON links (ticket, issue)")
            self._database.execute("CREATE INDEX by_issue ON links (issue)")
            self._sorted = True
        query = f"SELECT ticket, issue, rest FROM links {where} ORDER BY ticket, issue, rowid"  # noqa: S608  our own words
        yield from self._database.execute(query, values)

    def close(self) -> None:
        """Remove the table."""
        self._database.close()


class ListedLinks(_Table):
    """Rows of the Links API."""

    def add(self, rows: Iterable[LinkRow]) -> None:
        """Put rows in; all of them before the first is read."""
        self._insert((row.ticket_id, row.issue_id, json.dumps([row.issue_key, row.link_id])) for row in rows)

    def __iter__(self) -> Iterator[LinkRow]:
        return self._rows()

    def of_ticket(self, ticket_id: str) -> list[LinkRow]:
        """The links of a ticket."""
        return list(self._rows("WHERE ticket = ?", ticket_id))

    def of_issue(self, issue_id: str) -> list[LinkRow]:
        """The links of an issue."""
        return list(self._rows("WHERE issue = ?", issue_id))

    def _rows(self, where: str = "", *values: str) -> Iterator[LinkRow]:
        for ticket, issue, rest in self._select(where, *values):
            key, link_id = json.loads(rest)
            yield LinkRow(ticket_id=ticket, issue_id=issue, issue_key=key, link_id=link_id)


class KnownLinks(_Table):
    """Links of the ledger."""

    def add(self, links: Iterable[KnownLink]) -> None:
        """Put links in; all of them before the first is read."""
        self._insert(
            (link.ticket_id, link.issue.id, json.dumps([link.issue.key, link.state, link.owner, link.wanted]))
            for link in links
        )

    def __iter__(self) -> Iterator[KnownLink]:
        for ticket, issue, rest in self._select():
            key, state, owner, wanted = json.loads(rest)
            yield KnownLink(
                ticket_id=ticket,
                issue=Issue(issue, key),
                state=LinkState(state),
                owner=Owner(owner),
                wanted=wanted,
            )
