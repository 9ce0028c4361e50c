"""An issue as Jira names it, and a field as its own system shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """`id` never changes and is the identity (a string of digits); `key` is its current name, upper case."""

    id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """A field that was read just now.

    `refs` is None when there is no evidence: the ticket or issue was not found, or shows no such field.
    `issue` is the issue as it was found, with its current key (None for a ticket, or when not found).
    """

    refs: tuple[str, ...] | None
    issue: Issue | None = None
