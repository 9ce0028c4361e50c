"""An issue as Jira names it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """`id` never changes and is the identity (a string of digits); `key` is its current name, upper case."""

    id: str
    key: str
