"""Items in DynamoDB's notation: as boto3 writes and reads them."""

from enum import StrEnum
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from linksync.store.attributes import attribute, number, plain, value_of, written

NUMBERS = st.floats(min_value=1e-6, max_value=1e12).map(number)  # times and counts
SCALARS = st.text() | st.booleans() | NUMBERS | st.integers(-(10**12), 10**12)
VALUES = st.recursive(
    SCALARS | st.sets(st.text(), min_size=1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


class Colour(StrEnum):
    RED = "red"


def as_boto3_has_it(stored: Any) -> Any:
    """A set has no order: boto3 writes it as it comes."""
    ((kind, value),) = stored.items()
    match kind:
        case "SS":
            return {kind: sorted(value)}
        case "L":
            return {kind: [as_boto3_has_it(member) for member in value]}
        case "M":
            return {kind: {name: as_boto3_has_it(member) for name, member in value.items()}}
    return stored


@given(VALUES)
def test_a_value_is_written_and_read_as_boto3_does(value: Any) -> None:
    stored = attribute(value)
    assert stored == as_boto3_has_it(TypeSerializer().serialize(value))
    assert value_of(stored) == TypeDeserializer().deserialize(stored) == value


def test_kinds_that_are_written_as_others() -> None:
    assert attribute(frozenset({"b", "a"})) == {"SS": ["a", "b"]}
    assert attribute(Colour.RED) == {"S": "red"}
    assert attribute(("a",)) == {"L": [{"S": "a"}]}


def test_what_is_empty_or_none_is_left_out() -> None:
    assert written({"a": None, "b": frozenset(), "c": "", "d": False}) == {"c": {"S": ""}, "d": {"BOOL": False}}
    assert plain({"c": {"S": ""}}) == {"c": ""}


@pytest.mark.parametrize("value", [1.5, None, b"x", {1, 2}, set(), object()])
def test_what_is_never_stored(value: object) -> None:
    with pytest.raises(TypeError, match="is stored"):
        attribute(value)


def test_a_kind_that_linksync_does_not_write() -> None:
    with pytest.raises(ValueError, match="kind B"):
        value_of({"B": b"x"})
