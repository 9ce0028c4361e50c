"""An issue as Jira names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Issue:
    """`id` never changes and is the identity (a string of digits); `key` is its current name, upper case."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """What Jira answered when asked for keys: the issues by the key asked for, and the keys that it does not know.

    A key in neither was not asked about: there was no time.
    """

    found: Mapping[str, Issue] = field(default_factory=dict)
    not_found: frozenset[str] = frozenset()
