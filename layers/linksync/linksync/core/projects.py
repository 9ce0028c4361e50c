"""The template's `ProjectKeys`: which Jira projects count."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProjectList:
    """An allow-list of upper-case project keys; empty: all count."""

    keys: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether it leaves any project out."""
        return bool(self.keys)

    def includes(self, issue_key: str) -> bool:
        """Whether the issue with this key counts."""
        return not self.keys or issue_key.rpartition("-")[0] in self.keys


ALL_PROJECTS = ProjectList()
