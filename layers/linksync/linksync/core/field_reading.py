"""A field as its vendor shows it."""

from dataclasses import dataclass

from linksync.core.issue import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """A field that was read just now.

    `refs` is None when there is no evidence: the ticket or issue was not found, or shows no such field.
    `issue` is the issue as it was found, with its current key (None for a ticket, or when not found).
    `updated_at` is when the ticket was last updated, by what was shown (None: not told).
    `found` is False when Zendesk or Jira answered that there is no such ticket or issue, and our credentials were good.
    """

    refs: tuple[str, ...] | None
    issue: Issue | None = None
    updated_at: float | None = None
    found: bool = True
