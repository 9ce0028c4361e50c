"""What the deployed functions log, line by line as it comes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.aws.logs import log_lines
from local.aws.stack import Stack

OVERLAP = 5.0
"""Seconds that are read again each time: a line may become visible after a later one."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of ours: when it was written (seconds since the epoch), and its JSON members."""

    at: float
    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A member as text; empty where it is missing."""
        return str(self.fields.get(name, ""))


class LogTail:
    """Follows the log groups of a stack's functions: `new` gives each line of linksync's own once."""

    def __init__(self, stack: Stack) -> None:
        self._client = stack.client("logs")
        self._groups = [stack.log_group(function) for function in stack.functions]
        self._since = 0.0
        self._known: dict[str, float] = {}

    def new(self) -> list[LogLine]:
        """The lines since the last call, in order."""
        lines = [line for group in self._groups for line in self._read(group)]
        if lines:
            self._since = max(self._since, max(line.at for line in lines) - OVERLAP)
            self._known = {text: at for text, at in self._known.items() if at >= self._since}
        return sorted(lines, key=lambda line: line.at)

    def _read(self, group: str) -> list[LogLine]:
        messages = log_lines(self._client, group, since=self._since)
        return [line for message in messages if (line := self._line(message))]

    def _line(self, message: str) -> LogLine | None:
        """The line, unless it is Lambda's own or known already: ids and times make each of ours unlike all others."""
        line = parsed(message)
        if line is None or line.at < self._since or message in self._known:
            return None
        self._known[message] = line.at
        return line


def parsed(message: str) -> LogLine | None:
    """A line of linksync's own; None for any other."""
    try:
        fields = json.loads(message)
        return LogLine(datetime.fromisoformat(fields["timestamp"]).timestamp(), fields)
    except (ValueError, KeyError, TypeError):
        return None
