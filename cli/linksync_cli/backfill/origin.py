"""Where the rows of a backfill come from: a plan, and a place, are of use for the very same rows alone."""

import hashlib
from dataclasses import asdict, dataclass

from linksync_cli.stack import Stack

_FIELDS = {"zendesk": "TicketFieldId", "jira": "IssueFieldId"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """`source` as in --from, the account, the site, and the field; a list of somebody's own is of no field."""

    source: str
    zendesk: str
    jira: str
    field: str = ""

    @classmethod
    def of(cls, stack: Stack, source: str) -> "Origin":
        """What a stack reads."""
        field = stack.parameter(_FIELDS[source]) if source in _FIELDS else ""
        return cls(source=source, zendesk=stack.zendesk_url, jira=stack.jira_url, field=field)

    def mark(self, *, projects: str, content: str) -> str:
        """What tells these rows from others: by ProjectKeys too, and by the digest of a file's content."""
        return digest(repr([*asdict(self).values(), projects, content]).encode())


def digest(content: bytes) -> str:
    """What tells this content from any other."""
    return hashlib.sha256(content).hexdigest()[:32]
