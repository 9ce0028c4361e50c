"""What a vendor's list has shown so far: it may show a ticket or an issue again, as it is now or as it was before."""

from collections.abc import Iterable

from linksync.core.backfill import BackfillRow
from linksync.core.change_feed import ChangedIssue, ChangedTicket


class Shown:
    """The rows of one run.  Only whose they were is kept, and as of when."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def new(self, rows: Iterable[BackfillRow]) -> list[BackfillRow]:
        """Those that tell something new: of a ticket or an issue shown twice the later state, and once.

        A list of somebody's own may repeat its rows.
        """
        newest: dict[str | int, BackfillRow] = {}
        for number, row in enumerate(rows):
            match row:
                case ChangedTicket(ticket_id=name, updated_at=at):
                    pass
                case ChangedIssue(issue=issue, updated_at=at):
                    name = issue.id
                case _:
                    newest[number] = row
                    continue
            if name not in self._until or self._until[name] < at:
                self._until[name] = at
                newest.pop(name, None)
                newest[name] = row
        return list(newest.values())
