"""Lines of history as DynamoDB items: plain mappings, before they are put into DynamoDB's own notation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from linksync.core.history import Event, HistoryLine
from linksync.core.issue import Issue

HISTORY = "history#"


def history_item(name: str, line: HistoryLine, *, keep_days: int) -> dict[str, Any]:
    """The item of a line of a ticket's history.

    Its issue is no `issue_id`: the index over that finds links, and lines of history are none.
    """
    at = datetime.fromtimestamp(line.at, UTC).isoformat(timespec="milliseconds")
    return {
        "lane": HISTORY + name,
        "record": f"{at}#{line.issue.id}#{line.event}",
        "issue": line.issue.id,
        "issue_key": line.issue.key,
        "event": line.event.value,
        "why": line.why,
        "source": line.source,
        "delivery": line.delivery,
        "expires_at": int(line.at) + keep_days * 86_400,
    }


def history_of(item: Mapping[str, Any]) -> HistoryLine:
    """A line of a ticket's history, read from its item."""
    return HistoryLine(
        at=datetime.fromisoformat(item["record"].partition("#")[0]).timestamp(),
        issue=Issue(item["issue"], item["issue_key"]),
        event=Event(item["event"]),
        why=item["why"],
        source=item["source"],
        delivery=item["delivery"],
    )
