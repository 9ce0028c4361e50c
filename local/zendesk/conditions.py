"""Conditions of Zendesk's triggers, looked at after a ticket was made or updated.

Follows https://developer.zendesk.com/documentation/ticketing/reference-guides/conditions-reference/.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.zendesk.ticket import ADMIN_ID, API, TicketChange

STATES = ("new", "open", "pending", "hold", "solved", "closed")
VIA_IDS = {"web_form": "0", API: "5"}
CREATE, CHANGE = "Create", "Change"


def met(conditions: Mapping[str, Any], change: TicketChange) -> bool:
    """Whether a trigger fires: all of the one list, and any of the other where there are any."""
    alternatives = conditions.get("any") or []
    return all(_holds(one, change) for one in conditions.get("all") or []) and (
        not alternatives or any(_holds(one, change) for one in alternatives)
    )


def _holds(condition: Mapping[str, Any], change: TicketChange) -> bool:
    """One condition.  One that nobody knows never holds."""
    field, operator = str(condition["field"]), condition.get("operator") or "is"
    wanted = condition.get("value")
    if operator in ("changed", "not_changed"):
        return (_name(field) in change.changed) == (operator == "changed")
    if operator in ("includes", "not_includes"):
        named = set(str(wanted or "").split())
        return bool(named & set(change.ticket.tags)) == (operator == "includes")
    current = _current(field, change)
    holds = _OPERATORS.get(operator)
    return holds is not None and current is not None and holds(current, "" if wanted is None else str(wanted))


def _current(field: str, change: TicketChange) -> str | None:
    """What a field is now, as text; None for one that nobody knows."""
    if field.startswith("custom_fields_"):
        value = change.ticket.fields.get(_name(field))
        return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    values = {
        "update_type": CREATE if change.kind == "created" else CHANGE,
        "status": change.ticket.status,
        "current_via_id": VIA_IDS[change.via],
        "role": str(ADMIN_ID) if change.via == API else "agent",
        "current_tags": " ".join(change.ticket.tags),
    }
    return values.get(field)


def _name(field: str) -> str:
    """The name by which a change tells of the field."""
    return "tags" if field == "current_tags" else field.removeprefix("custom_fields_")


def _rank(state: str) -> int:
    return STATES.index(state) if state in STATES else -1


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "is": lambda current, wanted: current == wanted,
    "is_not": lambda current, wanted: current != wanted,
    "value": lambda current, wanted: current == wanted,
    "present": lambda current, _: current != "",
    "not_present": lambda current, _: current == "",
    "less_than": lambda current, wanted: _rank(current) < _rank(wanted),
    "greater_than": lambda current, wanted: _rank(current) > _rank(wanted),
}
