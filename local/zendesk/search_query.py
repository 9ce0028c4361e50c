"""Zendesk's search syntax, as far as tickets need it.

Follows https://support.zendesk.com/hc/en-us/articles/4408886879258 (search reference): `field:value`, comparisons of
times and states, `*` for any value, a minus before what must not be, quotes around phrases.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from local.zendesk.ticket import SimulatedTicket

TERM = re.compile(r'(-?)(?:([A-Za-z_0-9]+)\s*(:|<=|>=|<|>)\s*)?("[^"]*"|\S+)')
STATES = ("new", "open", "pending", "hold", "solved", "closed")
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ":": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


class BadQuery(ValueError):
    """The query is none."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition.  `field` is empty for words anywhere."""

    negated: bool
    field: str
    operator: str
    value: str

    def holds(self, ticket: SimulatedTicket) -> bool:
        """Whether the ticket meets it."""
        return self._matches(ticket) != self.negated

    def _matches(self, ticket: SimulatedTicket) -> bool:
        if self.field.startswith("custom_field_"):
            return _has(ticket.fields.get(self.field.removeprefix("custom_field_")), self.value)
        match self.field:
            case "":
                return _has(f"{ticket.id} {ticket.subject}", self.value)
            case "tags":
                return self.value in ticket.tags or (self.value == "*" and bool(ticket.tags))
            case "status":
                return COMPARISONS[self.operator](STATES.index(ticket.status), STATES.index(self.value))
            case "created" | "created_at":
                return COMPARISONS[self.operator](ticket.created_at, _time(self.value))
            case "updated" | "updated_at":
                return COMPARISONS[self.operator](ticket.updated_at, _time(self.value))
        raise BadQuery(f"Invalid search: {self.field} is no keyword")


def parsed(query: str, *, only: str = "") -> tuple[list[Term], str]:
    """The terms of a query, and the type of what is searched: `only`, or what the query names.  Raises BadQuery."""
    terms = [
        Term(bool(minus), field or "", operator or ":", value.strip('"'))
        for minus, field, operator, value in TERM.findall(query)
    ]
    types = {term.value for term in terms if term.field == "type"} | ({only} if only else set())
    if len(types) > 1:
        raise BadQuery("Invalid search: more than one type")
    return [term for term in terms if term.field != "type"], next(iter(types), "")


def _has(value: object, wanted: str) -> bool:
    """Whether a text holds these words, whatever their case; `*` is anything at all and `none` nothing."""
    texts = value if isinstance(value, list) else [value]
    text = " ".join(str(one) for one in texts if one not in (None, ""))
    if wanted in ("*", "none"):
        return bool(text) == (wanted == "*")
    return f" {_words(wanted)} " in f" {_words(text)} "


def _words(text: str) -> str:
    return " ".join(re.findall(r"[\w-]+", text.lower()))


def _time(text: str) -> float:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise BadQuery("Invalid search: no date") from problem
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
