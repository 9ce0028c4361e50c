"""An issue of the simulated Jira, what can happen to one, and how its values are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local.http.messages import Json


class NoSuchIssue(LookupError):
    """No issue of this id or key can be seen."""


@dataclass(frozen=True, slots=True)
class IssueComment:
    """A comment: `body` as text; `internal` where its property `sd.public.comment` says so."""

    id: str
    body: str
    properties: tuple[dict[str, Any], ...]
    created_at: float

    @property
    def internal(self) -> bool:
        """Whether a service project's customers do not see it."""
        values = {one["key"]: one["value"] for one in self.properties}
        return bool(values.get("sd.public.comment", {}).get("internal", False))


@dataclass(slots=True)
class SimulatedIssue:
    """An issue.  `id` never changes, `key` does on a move; `fields` is in the shape of REST v3; times in seconds."""

    id: str
    key: str
    fields: dict[str, Any]
    created_at: float = 0.0
    updated_at: float = 0.0
    comments: list[IssueComment] = field(default_factory=list)

    @property
    def project(self) -> str:
        """The key of its project."""
        return self.key.rpartition("-")[0]

    @property
    def rank(self) -> tuple[str, int]:
        """What orders issues by key."""
        project, _, number = self.key.rpartition("-")
        return project, int(number)

    def copy(self) -> "SimulatedIssue":
        """Another one that is equal; values of fields are never changed in place."""
        return replace(self, fields=dict(self.fields), comments=list(self.comments))


@dataclass(frozen=True, slots=True)
class IssueChange:
    """One thing that happened to an issue: `created`, `updated`, `deleted` or `commented`.

    `items` are the changelog's.
    """

    kind: str
    issue: SimulatedIssue
    at: float
    items: tuple[dict[str, Any], ...] = ()


def changelog_item(field_id: str, previous: Json, current: Json, name: str = "") -> dict[str, Any]:
    """A changelog item as Jira Cloud writes it: values in the `*String` members, `from` and `to` null."""
    custom = field_id.startswith("customfield_")
    return {
        "field": name or ("Zendesk tickets" if custom else field_id),
        "fieldtype": "custom" if custom else "jira",
        "fieldId": field_id,
        "from": None,
        "fromString": as_text(previous),
        "to": None,
        "toString": as_text(current),
    }


def as_text(value: Json) -> str:
    """A field's value as webhooks, changelogs and REST v2 print it: wiki text for documents, values for options."""
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


def as_document(text: str) -> dict[str, Any]:
    """A text as an Atlassian document of plain paragraphs."""
    paragraphs = [
        {"type": "paragraph", "content": [{"type": "text", "text": line}] if line else []} for line in text.split("\n")
    ]
    return {"type": "doc", "version": 1, "content": paragraphs}


def _document_text(node: Mapping[str, Any]) -> str:
    inner = "".join(_document_text(child) for child in node.get("content", ()))
    return str(node.get("text", "")) + inner + ("\n" if node.get("type") == "paragraph" else "")
