"""The lanes to be looked at again, on moto's DynamoDB with the template's own table."""

from typing import Any

import pytest

from linksync.core.checkpoints import Look
from linksync.store.look_list import LookList

NOW = 1_793_611_800.0


@pytest.fixture
def looks(dynamodb: Any) -> LookList:
    return LookList(dynamodb, "LedgerTable")


def look(lane: str, due_at: float, *, reread: bool = False) -> Look:
    return Look(lane=lane, due_at=due_at, since=NOW - 5_000.25, reread=reread)


def test_what_is_due_comes_first_due_first_and_no_more_than_asked_for(looks: LookList) -> None:
    planned = [look("ticket#2", NOW - 10), look("issue#1", NOW - 20, reread=True), look("ticket#3", NOW + 2)]
    looks.change(planned=planned)
    assert looks.due(NOW, limit=10) == (planned[1], planned[0])
    assert looks.due(NOW, limit=1) == (planned[1],)
    assert looks.due(NOW + 2, limit=10) == (planned[1], planned[0], planned[2])


def test_a_look_is_put_off_by_planning_another_and_taking_the_first_away(looks: LookList) -> None:
    first, later = look("ticket#1", NOW - 10), look("ticket#1", NOW + 600)
    looks.change(planned=[first])
    looks.change(done=[first], planned=[later])
    assert looks.due(NOW + 10_000, limit=10) == (later,)


def test_a_look_planned_for_the_same_second_stays(looks: LookList) -> None:
    same = look("ticket#1", NOW)
    looks.change(planned=[same])
    looks.change(done=[same], planned=[same])
    assert looks.due(NOW, limit=10) == (same,)


def test_many_more_than_one_call_takes(looks: LookList) -> None:
    planned = [look(f"ticket#{number}", NOW - number) for number in range(120)]
    looks.change(planned=planned)
    assert looks.due(NOW, limit=100) == tuple(reversed(planned))[:100]
    looks.change(done=planned)
    assert looks.due(NOW, limit=100) == ()


def test_nothing_to_change_is_no_call(dynamodb: Any, looks: LookList) -> None:
    dynamodb.delete_table(TableName="LedgerTable")
    looks.change()
