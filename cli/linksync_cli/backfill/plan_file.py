"""The plan of a backfill as a file: what was read, what would be linked, what is there already, and what is not found.

One JSON document a line: a head, a line for each ticket, issue or row, and a last line that tells that it is whole.  A
later run reads the rows again, and plans them by what the ledger and Zendesk have by then.  The head tells whose rows
they are: ticket 5001 of another account is another ticket.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from linksync.core.backfill import BackfillRow, CsvRow, PlannedRow
from linksync.core.change_feed import ChangedIssue, ChangedTicket
from linksync.core.issue import Issue
from linksync_cli.backfill.file_rows import file_pages
from linksync_cli.backfill.origin import Origin, digest
from linksync_cli.backfill.rows import Page
from linksync_cli.failures import WrongUsage

_KIND = "backfill plan"


class PlanWriter:
    """Writes a plan, line by line."""

    def __init__(self, file: TextIO, origin: Origin) -> None:
        self._file, self._rows = file, 0
        places = {"zendesk": origin.zendesk, "jira": origin.jira, "field": origin.field}
        self._write({"linksync": _KIND, "from": origin.source} | places)

    def add(self, planned: PlannedRow) -> None:
        """Write what becomes of a row."""
        plan = {
            "link": planned.missing,
            "linked": planned.present,
            "not_found": [
                one.issue if "ticket_id" in _shown(planned.row) else one.ticket_id for one in planned.not_found
            ],
        }
        self._rows += 1
        self._write(_shown(planned.row) | plan | ({"read_again": True} if planned.reread else {}))

    def end(self) -> None:
        """Write the last line, by which a reader knows that the plan is whole."""
        self._write({"rows": self._rows})

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")


class PlanRows:
    """The rows of a plan.  A place is how many rows went before.

    Raises WrongUsage for a file that is no whole plan, and for a plan of other rows than those of `origin`.
    """

    def __init__(self, path: Path, origin: Origin) -> None:
        mend = f"Make one for this stack: linksync backfill --from {origin.source} --plan FILE --dry-run"
        try:
            text = path.read_text("utf-8")
            self.content = digest(text.encode())
            head, *rows, last = [json.loads(line) for line in text.split("\n") if line]
            whole = head["linksync"] == _KIND and last["rows"] == len(rows)
            self._rows = [_row(row) for row in rows]
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise WrongUsage("plan", f"{path} holds no whole plan.", mend)
        if head.get("from") != origin.source:
            raise WrongUsage("plan", f"{path} is a plan from {head.get('from')}.", f"Say --from {head.get('from')}.")
        if other := _other(head, origin):
            raise WrongUsage("plan", f"{path} was made for {other}.", mend)

    def total(self) -> int | None:
        """How many rows the plan has."""
        return len(self._rows)

    def pages(self, place: str) -> Iterator[Page]:
        """See Rows."""
        yield from file_pages(self._rows, place)


def _other(head: Mapping[str, Any], origin: Origin) -> str:
    """What a plan was made for, where that is not what it is to be worked off for; empty where it is."""
    expected = (("zendesk", origin.zendesk), ("jira", origin.jira), ("field", origin.field))
    differs = [name for name, here in expected if head.get(name) != here]
    if not differs:
        return ""
    recorded = head.get(differs[0])
    return (
        (f"another field ({recorded})" if differs[0] == "field" else str(recorded))
        if recorded
        else "an unknown account"
    )


def _shown(row: BackfillRow) -> dict[str, Any]:
    match row:
        case ChangedTicket():
            return {"ticket_id": row.ticket_id, "issue_keys": row.refs, "updated_at": row.updated_at}
        case ChangedIssue():
            return {
                "issue_id": row.issue.id,
                "issue_key": row.issue.key,
                "ticket_ids": row.refs,
                "updated_at": row.updated_at,
            }
        case CsvRow():
            return {"ticket_id": row.ticket_id, "issue": row.issue}


def _row(shown: Mapping[str, Any]) -> BackfillRow:
    if "issue" in shown:
        return CsvRow(ticket_id=str(shown["ticket_id"]), issue=str(shown["issue"]))
    of_ticket = "issue_keys" in shown
    refs = shown["issue_keys" if of_ticket else "ticket_ids"]
    named = None if refs is None else tuple(map(str, refs))
    at = float(shown["updated_at"])
    if of_ticket:
        return ChangedTicket(ticket_id=str(shown["ticket_id"]), refs=named, updated_at=at, too_many=named is None)
    issue = Issue(str(shown["issue_id"]), str(shown["issue_key"]))
    return ChangedIssue(issue=issue, refs=named, updated_at=at, too_many=named is None)
