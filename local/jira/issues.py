"""The issues of the simulated Jira: fields, moves, comments, deletion, and the changes that subscribers are told of."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.jira.issue import IssueChange, IssueComment, NoSuchIssue, SimulatedIssue, changelog_item

FIRST_ISSUE_ID = 10001
FIRST_PROJECT_ID = 10000


class IssueStore:
    """Every issue of the site.

    Every issue shows the site's fields (`field_ids`, to which more may be added), null where nobody filled them in.
    Those whose id is in `hidden` may not be read by the caller any more.  Listeners are called in the order of the
    changes, one at a time; they must not wait, nor change what they are given.
    """

    def __init__(self, field_ids: Iterable[str] = (), clock: Callable[[], float] = time.time) -> None:
        self.field_ids = list(field_ids)
        self.hidden: set[str] = set()
        self.listeners: list[Callable[[IssueChange], None]] = []
        self.clock = clock
        self._issues: dict[str, SimulatedIssue] = {}
        self._ids: dict[str, str] = {}
        self._old_keys: dict[str, str] = {}
        self._last_id = FIRST_ISSUE_ID - 1
        self._last_number: dict[str, int] = {}
        self._comment_ids = itertools.count(10001)
        self._lock = threading.RLock()

    def create(self, key_or_project: str = "PROJ", fields: Mapping[str, Any] | None = None) -> SimulatedIssue:
        """A new issue: of this key, or of the next key of this project."""
        with self._lock:
            key = key_or_project if "-" in key_or_project else self._next_key(key_or_project)
            self._note(key)
            self._last_id += 1
            blank: dict[str, Any] = {name: [] if name == "labels" else None for name in self.field_ids}
            values = {"summary": f"Issue {key}", **blank, **(fields or {})}
            issue = SimulatedIssue(str(self._last_id), key, values, created_at=self.clock())
            self._issues[issue.id], self._ids[key] = issue, issue.id
            self._tell("created", issue, [changelog_item(name, None, values[name]) for name in fields or {}])
            return issue.copy()

    def get(self, id_or_key: str) -> SimulatedIssue:
        """A copy of the issue, found by id, by key in any case, or by a key that it had before.  Raises NoSuchIssue."""
        with self._lock:
            return self._find(id_or_key).copy()

    def all(self) -> list[SimulatedIssue]:
        """Copies of every issue, by key."""
        with self._lock:
            return sorted((issue.copy() for issue in self._issues.values()), key=lambda issue: issue.rank)

    def add_project(self, key: str) -> None:
        """A project without issues; one that has some is there already."""
        with self._lock:
            self._last_number.setdefault(key, 0)

    def projects(self) -> dict[str, str]:
        """Every project's id by its key, in the order of their making."""
        with self._lock:
            return {key: str(FIRST_PROJECT_ID + place) for place, key in enumerate(self._last_number)}

    def project_key(self, id_or_key: str) -> str:
        """The key of a project, by its id or by its key in any case; empty when there is none."""
        projects = self.projects()
        return next((key for key, number in projects.items() if id_or_key.upper() in (key, number)), "")

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
            return issue.copy()

    def comment(self, id_or_key: str, body: str, properties: Iterable[dict[str, Any]] = ()) -> IssueComment:
        """Comments on it, which is a change of the issue too."""
        with self._lock:
            issue = self._find(id_or_key)
            comment = IssueComment(str(next(self._comment_ids)), body, tuple(properties), self.clock())
            issue.comments.append(comment)
            self._tell("commented", issue)
            return comment

    def move(self, id_or_key: str, key_or_project: str) -> SimulatedIssue:
        """Moves the issue to another project: it gets a new key, and is still found by its old one."""
        with self._lock:
            issue = self._find(id_or_key)
            key = key_or_project if "-" in key_or_project else self._next_key(key_or_project)
            self._note(key)
            named = {"field": "Key", "fieldtype": "jira"}
            item = {**named, "from": None, "fromString": issue.key, "to": None, "toString": key}
            self._old_keys[issue.key] = self._ids.pop(issue.key)
            issue.key, self._ids[key] = key, issue.id
            self._tell("updated", issue, [item])
            return issue.copy()

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
        issue.updated_at = self.clock()
        change = IssueChange(kind, issue.copy(), issue.updated_at, tuple(items or ()))
        for listener in self.listeners:
            listener(change)
