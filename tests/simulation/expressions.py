"""As much of DynamoDB's expressions as linksync writes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

import re
from collections.abc import Mapping
from typing import Any

from linksync.store.attributes import plain

type Item = Mapping[str, Any]
"""In DynamoDB's notation."""

_ABSENT = re.compile(r"attribute_not_exists\((\w+)\)")
_BEGINS = re.compile(r"begins_with\(([#\w]+), (:\w+)\)")
_COMPARED = re.compile(r"([#\w]+) ([<=]) (:\w+)")


def holds(condition: str, item: Item, asked: Mapping[str, Any]) -> bool:
    """Whether a condition of comparisons, joined by AND or by OR, holds for the item."""
    parts, every = (condition.split(" OR "), any) if " OR " in condition else (condition.split(" AND "), all)
    return every(_holds(part, item, asked) for part in parts)


def updated(item: Item, expression: str, values: Item) -> dict[str, Any]:
    """The item after `SET name = :value, …` or `REMOVE name, …`."""
    verb, _, rest = expression.partition(" ")
    if verb == "REMOVE":
        gone = rest.split(", ")
        return {name: value for name, value in item.items() if name not in gone}
    assert verb == "SET", expression
    pairs = (assignment.split(" = ") for assignment in rest.split(", "))
    return {**item, **{name: values[value] for name, value in pairs}}


def _holds(part: str, item: Item, asked: Mapping[str, Any]) -> bool:
    if match := _ABSENT.fullmatch(part):
        return match[1] not in item
    if match := _BEGINS.fullmatch(part):
        ours, other = _operands(match[1], match[2], item, asked)
        return ours is not None and str(ours).startswith(other)
    match = _COMPARED.fullmatch(part)
    assert match, part
    ours, other = _operands(match[1], match[3], item, asked)
    if ours is None:
        return False
    return bool(ours < other if match[2] == "<" else ours == other)


def _operands(name: str, value: str, item: Item, asked: Mapping[str, Any]) -> tuple[Any, Any]:
    name = asked.get("ExpressionAttributeNames", {}).get(name, name)
    known = plain({name: item[name]})[name] if name in item else None
    return known, plain({value: asked["ExpressionAttributeValues"][value]})[value]
