"""What was observed, in a few words for people."""

import json
from typing import Any

from linksync.core.history import Event, HistoryLine
from linksync.core.messages import NoticeKind
from local.http.deliveries import Delivery

NOTICES: dict[str, str] = {
    NoticeKind.CLAIMED: "the issue's lane hands over: the issue's field names this ticket",
    NoticeKind.RELEASED: "the issue's lane hands over: the issue's field names this ticket no more",
    NoticeKind.MOVED: "another lane hands over: the issue or the claim has moved",
    NoticeKind.DELETED: "the issue's lane hands over: the issue was deleted",
}
HAPPENED = {
    Event.MADE: "link to {} made",
    Event.ADOPTED: "link to {} was there first: adopted",
    Event.REMOVED: "link to {} removed",
    Event.ABSENT: "link to {} was gone already",
    Event.REFUSED: "link to {} refused",
    Event.REKEYED: "link got the new key {}",
    Event.TRANSFERRED: "link to {} carried to the target of the merge",
    Event.UNLINKED: "link to {} was removed by hand: left away",
    Event.FORGOTTEN: "link to {} let go: it was not ours to remove",
    Event.TICKET_MISSING: "link to {}: Zendesk does not know the ticket",
}


def history_text(line: HistoryLine) -> str:
    """A change of a link, and why."""
    return f"{HAPPENED[line.event].format(line.issue.key)}: {line.why}"


def change_of(body: bytes) -> str:
    """What a delivery says, in a sentence; true or not."""
    try:
        told = json.loads(body)
        return _change(told)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "A body that cannot be read"


def _change(told: dict[str, Any]) -> str:
    if "webhookEvent" in told:
        return _issue_change(told)
    if "type" in told:
        return (
            f"{told['subject'].replace('zen:ticket:', 'Ticket ')}: {told['type'].rpartition('.')[2].replace('_', ' ')}"
        )
    if "ticket_id" in told:
        return f"Ticket {told['ticket_id']} now says {_quoted(told['issue_keys'])}"
    return f"{told['issue_key']} now says {_quoted(told['ticket_ids'])}"


def _issue_change(told: dict[str, Any]) -> str:
    key, items = told["issue"]["key"], told.get("changelog", {}).get("items", ())
    changes = [f"{item['field']}: {_quoted(item['toString'])}" for item in items]
    return f"{key} now says {', '.join(changes)}" if changes else f"{key}: {told['webhookEvent'].rpartition('_')[2]}"


def answer_of(delivery: Delivery) -> str:
    """The last answer, by status and the receiver's own word; empty where there is none yet."""
    if not delivery.attempts:
        return ""
    last = delivery.attempts[-1]
    if last.status is None:
        return f"no answer ({last.error})"
    try:
        body = json.loads(last.body)
        word = body.get("reason") or body.get("status") or f"{body['error']['code']}: {body['error']['message']}"
    except (ValueError, KeyError, TypeError, AttributeError):
        word = ""
    return f"{last.status} {word}".strip()


def _quoted(value: object) -> str:
    return f"“{value}”" if value not in (None, "") else "nothing"
