"""Items as DynamoDB writes them, and as plain mappings.

Text, numbers, truth values, sets of text, lists and mappings: all that linksync stores.  boto3 has the same, and takes
a quarter of the link worker's start to be imported.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any


def number(value: float) -> Decimal:
    """A number as DynamoDB takes it."""
    return Decimal(repr(value))


def written(item: Mapping[str, Any]) -> dict[str, Any]:
    """A plain mapping in DynamoDB's notation.  An empty set is no value there: it is told by its absence, like None."""
    return {name: attribute(value) for name, value in item.items() if value not in (frozenset(), None)}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's notation as a plain mapping."""
    return {name: value_of(value) for name, value in item.items()}


def attribute(value: object) -> dict[str, Any]:
    """One value in DynamoDB's notation.  Raises TypeError for what linksync does not store, a float among it."""
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": str(value)}  # an enum's member is text of its own type
        case int() | Decimal():
            return {"N": str(value)}
        case Set() if value and all(isinstance(member, str) for member in value):
            return {"SS": sorted(value)}
        case list() | tuple():
            return {"L": [attribute(member) for member in value]}
        case Mapping():
            return {"M": {str(name): attribute(member) for name, member in value.items()}}
    raise TypeError(f"no {type(value).__name__} is stored: use text, Decimal, bool, a set of text, a list or a mapping")


def value_of(stored: Mapping[str, Any]) -> Any:  # noqa: ANN401  whatever an item holds
    """The value that is stored so.  Raises ValueError for a kind that linksync never writes."""
    ((kind, value),) = stored.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return Decimal(value)
        case "SS":
            return set(value)
        case "L":
            return [value_of(member) for member in value]
        case "M":
            return plain(value)
    raise ValueError(f"an item holds the kind {kind}, which linksync does not write")
