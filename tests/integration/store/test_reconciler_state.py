"""The reconciler's lease and checkpoint, on moto's DynamoDB with the template's own table."""

from typing import Any

import pytest

from linksync.core.checkpoints import Checkpoint, IssueCheckpoint, TicketCheckpoint
from linksync.store.reconciler_state import LeaseLost, ReconcilerState

NOW = 1_793_611_800.5
CHECKPOINT = Checkpoint(
    round=7,
    tickets=TicketCheckpoint(
        cursor="abc",
        begun="aba",
        begun_at=NOW - 900,
        ended="abb",
        ended_at=NOW - 60,
        generated_at=NOW - 100.25,
        current_at=NOW - 60,
    ),
    issues=IssueCheckpoint(
        since=NOW - 220,
        newest=NOW - 100,
        begun=NOW - 1_000,
        ended=NOW - 150,
        ended_at=NOW - 140,
        page="t2",
        current_at=NOW - 3_600,
    ),
)


@pytest.fixture
def state(dynamodb: Any) -> ReconcilerState:
    return ReconcilerState(dynamodb, "LedgerTable")


def test_a_new_stack_has_no_checkpoint(state: ReconcilerState) -> None:
    assert state.read() is None
    assert state.acquire("a", now=NOW, until=NOW + 60) == (True, None)
    assert state.read() is None


def test_a_second_run_does_not_get_the_lease_until_it_has_expired(state: ReconcilerState) -> None:
    state.acquire("a", now=NOW, until=NOW + 60)
    assert state.acquire("b", now=NOW + 59, until=NOW + 120) == (False, None)
    assert state.acquire("b", now=NOW + 61, until=NOW + 120) == (True, None)


def test_the_next_run_begins_where_the_last_one_was(state: ReconcilerState) -> None:
    state.acquire("a", now=NOW, until=NOW + 60)
    state.save("a", CHECKPOINT, until=NOW + 90)
    assert state.acquire("b", now=NOW + 80, until=NOW + 120) == (False, None)
    state.release("a")
    assert state.acquire("b", now=NOW + 81, until=NOW + 120) == (True, CHECKPOINT)
    assert state.read() == CHECKPOINT


def test_a_run_that_was_thought_dead_moves_nothing(state: ReconcilerState) -> None:
    state.acquire("a", now=NOW, until=NOW + 60)
    state.acquire("b", now=NOW + 61, until=NOW + 120)
    with pytest.raises(LeaseLost):
        state.save("a", CHECKPOINT, until=NOW + 300)
    state.release("a")
    assert state.read() is None
    assert state.acquire("c", now=NOW + 62, until=NOW + 120) == (False, None)


def test_a_lease_given_back_is_free_at_once(state: ReconcilerState) -> None:
    state.acquire("a", now=NOW, until=NOW + 60)
    state.release("a")
    assert state.acquire("b", now=NOW, until=NOW + 60) == (True, None)
