"""The issues of the simulated Jira: fields, moves, deletion, and the changes that its senders hear of."""

import copy
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.http.messages import Json

FIRST_ISSUE_ID = 10001


class NoSuchIssue(LookupError):
    """No issue of this id or key can be seen."""


@dataclass(slots=True)
class SimulatedIssue:
    """An issue.  `id` never changes, `key` does on a move; `fields` is in the shape of REST v3."""

    id: str
    key: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IssueChange:
    """One thing that happened to an issue: `created`, `updated` or `deleted`.  `items` are the changelog's."""

    kind: str
    issue: SimulatedIssue
    at: float
    items: tuple[dict[str, Any], ...] = ()


class IssueStore:
    """Every issue of the site.

    Every issue shows the site's fields (`field_ids`), null where nobody filled them in.  Listeners are called in the
    order of the changes, one at a time; they must not wait.
    """

    def __init__(self, field_ids: tuple[str, ...] = ()) -> None:
        self.listeners: list[Callable[[IssueChange], None]] = []
        self._blank: dict[str, Any] = {field_id: [] if field_id == "labels" else None for field_id in field_ids}
        self._issues: dict[str, SimulatedIssue] = {}
        self._ids: dict[str, str] = {}
        self._old_keys: dict[str, str] = {}
        self._last_id = FIRST_ISSUE_ID - 1
        self._last_number: dict[str, int] = {}
        self._lock = threading.RLock()

    def create(self, key_or_project: str = "PROJ", fields: Mapping[str, Any] | None = None) -> SimulatedIssue:
        """A new issue: of this key, or of the next key of this project."""
        with self._lock:
            key = key_or_project if "-" in key_or_project else self._next_key(key_or_project)
            self._note(key)
            self._last_id += 1
            issue = SimulatedIssue(
                str(self._last_id), key, {"summary": f"Issue {key}", **self._blank, **(fields or {})}
            )
            self._issues[issue.id], self._ids[key] = issue, issue.id
            self._tell("created", issue, _created_items(issue, fields or {}))
            return copy.deepcopy(issue)

    def get(self, id_or_key: str) -> SimulatedIssue:
        """A copy of the issue, found by id, by key in any case, or by a key that it had before.  Raises NoSuchIssue."""
        with self._lock:
            return copy.deepcopy(self._find(id_or_key))

    def edit(self, id_or_key: str, fields: Mapping[str, Any]) -> SimulatedIssue:
        """Sets fields; only what differs is a change, and all of it is one."""
        with self._lock:
            issue = self._find(id_or_key)
            items = []
            for field_id, value in fields.items():
                previous = issue.fields.get(field_id)
                issue.fields[field_id] = value
                if (previous or None) != (value or None):
                    items.append(changelog_item(field_id, previous, value))
            if items:
                self._tell("updated", issue, items)
            return copy.deepcopy(issue)

    def move(self, id_or_key: str, key_or_project: str) -> SimulatedIssue:
        """Moves the issue to another project: it gets a new key, and is still found by its old one."""
        with self._lock:
            issue = self._find(id_or_key)
            key = key_or_project if "-" in key_or_project else self._next_key(key_or_project)
            self._note(key)
            item = {
                "field": "Key",
                "fieldtype": "jira",
                "from": None,
                "fromString": issue.key,
                "to": None,
                "toString": key,
            }
            self._old_keys[issue.key] = self._ids.pop(issue.key)
            issue.key, self._ids[key] = key, issue.id
            self._tell("updated", issue, [item])
            return copy.deepcopy(issue)

    def delete(self, id_or_key: str) -> None:
        """Deletes the issue, for good."""
        with self._lock:
            issue = self._issues.pop(self._find(id_or_key).id)
            del self._ids[issue.key]
            self._tell("deleted", issue)

    def _find(self, id_or_key: str) -> SimulatedIssue:
        name = id_or_key.upper()
        issue = self._issues.get(name) or self._issues.get(self._ids.get(name) or self._old_keys.get(name, ""))
        if issue is None:
            raise NoSuchIssue(id_or_key)
        return issue

    def _next_key(self, project: str) -> str:
        return f"{project}-{self._last_number.get(project, 0) + 1}"

    def _note(self, key: str) -> None:
        project, _, number = key.rpartition("-")
        self._last_number[project] = max(self._last_number.get(project, 0), int(number))

    def _tell(self, kind: str, issue: SimulatedIssue, items: list[dict[str, Any]] | None = None) -> None:
        change = IssueChange(kind, copy.deepcopy(issue), time.time(), tuple(items or ()))
        for listener in self.listeners:
            listener(change)


def changelog_item(field_id: str, previous: Json, current: Json) -> dict[str, Any]:
    """A changelog item as Jira Cloud writes it: values in the `*String` members, `from` and `to` null."""
    custom = field_id.startswith("customfield_")
    return {
        "field": "Zendesk tickets" if custom else field_id,
        "fieldtype": "custom" if custom else "jira",
        "fieldId": field_id,
        "from": None,
        "fromString": as_text(previous),
        "to": None,
        "toString": as_text(current),
    }


def as_text(value: Json) -> str:
    """A field's value as webhooks and changelogs print it: wiki text for documents, values for options."""
    match value:
        case None:
            return ""
        case {"type": "doc"}:
            return _document_text(value).strip()
        case {"value": shown}:
            return str(shown)
        case list():
            return " ".join(as_text(one) for one in value)
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _document_text(node: Mapping[str, Any]) -> str:
    inner = "".join(_document_text(child) for child in node.get("content", ()))
    return str(node.get("text", "")) + inner + ("\n" if node.get("type") == "paragraph" else "")


def _created_items(issue: SimulatedIssue, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [changelog_item(field_id, None, issue.fields[field_id]) for field_id in given]
