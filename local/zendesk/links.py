"""The rows behind both versions of the links API.  Each version has a table of its own, as it has at Zendesk."""

import threading
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from local.http.messages import Reply

FORBIDDEN = "Link automation is not allowed for this integration"


@dataclass(frozen=True, slots=True)
class SimulatedLink:
    """A link.  `number` orders the rows; `issue_key` is None in rows of the earliest days; times in seconds."""

    number: int
    ticket_id: str
    issue_id: str
    issue_key: str | None
    created_at: float


class LinkTable:
    """The links of one integration.

    `manage_links` is the switch "Manage links" of the integration's settings: off, everything answers 403.  Listeners
    are told of each row that comes or goes.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.manage_links = True
        self._clock = clock
        self.listeners: list[Callable[[SimulatedLink], None]] = []
        self._rows: dict[int, SimulatedLink] = {}
        self._ever: list[SimulatedLink] = []
        self._numbers: list[int] = []
        self._of_ticket: dict[str, list[int]] = defaultdict(list)
        self._of_issue: dict[str, list[int]] = defaultdict(list)
        self._last = 0
        self._lock = threading.RLock()

    def all(self) -> list[SimulatedLink]:
        """Every link, oldest first."""
        with self._lock:
            return list(self._rows.values())

    def pairs(self) -> set[tuple[str, str]]:
        """Every link as (ticket id, issue key)."""
        return {(link.ticket_id, link.issue_key or "") for link in self.all()}

    def select(self, ticket_id: str = "", issue_id: str = "") -> list[int]:
        """The numbers of these rows, in order; an empty id selects them all."""
        with self._lock:
            if ticket_id and issue_id:
                return [number for number in self._of_ticket[ticket_id] if self._rows[number].issue_id == issue_id]
            if ticket_id or issue_id:
                return list(self._of_ticket[ticket_id] if ticket_id else self._of_issue[issue_id])
            return self._numbers

    def of(self, ticket_id: str = "", issue_id: str = "") -> list[SimulatedLink]:
        """These rows, in order; an empty id stands for any."""
        with self._lock:
            return [self._rows[number] for number in self.select(ticket_id, issue_id)]

    def page(
        self, numbers: list[int], size: int, *, after: int = 0, before: int = 0
    ) -> tuple[list[SimulatedLink], bool]:
        """So many rows after (or before) a number, and whether there are more that way."""
        with self._lock:
            if before:
                end = bisect_left(numbers, before)
                start, more = max(0, end - size), end > size
            else:
                start = bisect_right(numbers, after)
                end, more = start + size, len(numbers) > start + size
            return [self._rows[number] for number in numbers[start:end]], more

    def add(self, ticket_id: int | str, issue_id: int | str, issue_key: str | None) -> bool:
        """Links them, as an agent does by hand in the Jira app; False when they were linked already."""
        with self._lock:
            if self.find(str(ticket_id), str(issue_id)):
                return False
            self.insert(ticket_id, issue_id, issue_key)
            return True

    def insert(self, ticket_id: int | str, issue_id: int | str, issue_key: str | None) -> SimulatedLink:
        """A new row, whatever there is already."""
        with self._lock:
            self._last += 1
            row = SimulatedLink(self._last, str(ticket_id), str(issue_id), issue_key, self._clock())
            self._rows[row.number] = row
            self._ever.append(row)
            for numbers in self._indexes(row):
                numbers.append(row.number)
        self._tell(row)
        return row

    def find(self, ticket_id: str, issue_id: str) -> SimulatedLink | None:
        """The link of this pair, the oldest where there are several."""
        with self._lock:
            return next((self._rows[number] for number in self.select(ticket_id, issue_id)), None)

    def ever(self, number: int) -> SimulatedLink | None:
        """The row of this number, gone or not; None where there never was one."""
        return self._ever[number - 1] if 1 <= number <= len(self._ever) else None

    def remove(self, ticket_id: int | str, issue_id: int | str) -> bool:
        """Unlinks them, as an agent does by hand; False when there was no link."""
        with self._lock:
            gone = self.select(str(ticket_id), str(issue_id))
            for number in gone:
                self.drop(number)
            return bool(gone)

    def drop(self, number: int) -> SimulatedLink | None:
        """Takes one row away; the row, or None where there was none."""
        with self._lock:
            row = self._rows.pop(number, None)
            for numbers in self._indexes(row) if row else ():
                del numbers[bisect_left(numbers, number)]
        if row:
            self._tell(row)
        return row

    def _tell(self, row: SimulatedLink) -> None:
        for listener in self.listeners:
            listener(row)

    def _indexes(self, row: SimulatedLink) -> tuple[list[int], list[int], list[int]]:
        return self._numbers, self._of_ticket[row.ticket_id], self._of_issue[row.issue_id]


def refused(status: int, code: str, title: str) -> Reply:
    """An error in the form of the integrations APIs."""
    return Reply(status, {"errors": [{"code": code, "title": title}]})
