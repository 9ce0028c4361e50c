"""Items as DynamoDB writes them, and as plain mappings."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def number(value: float) -> Decimal:
    """A number as DynamoDB takes it."""
    return Decimal(repr(value))


def written(item: Mapping[str, Any]) -> dict[str, Any]:
    """A plain mapping in DynamoDB's notation.  An empty set is no value there: it is told by its absence, like None."""
    return {name: _serialize(value) for name, value in item.items() if value not in (frozenset(), None)}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's notation as a plain mapping."""
    return {name: _deserialize(value) for name, value in item.items()}
