"""A field that changed a moment ago may be shown as it was before, by a copy that lags."""

import pytest

from linksync.core.field_reading import FieldReading
from linksync.core.lanes import FieldRecord
from linksync.core.ordering import CLOCK_SKEW, REPLICA_LAG, Window
from linksync.errors import NotYetVisible
from linksync.worker.replica_lag import check_lag, wait_for_change

NOW = 10_000.0
YOUNG = (0.0, 0.000_001, REPLICA_LAG - 0.001, -0.000_001, -CLOCK_SKEW)  # the last two by a clock ahead of ours
OLD = (REPLICA_LAG, 600.0, -CLOCK_SKEW - 1.0)
NOTHING = FieldReading(refs=())


@pytest.mark.parametrize("age", YOUNG)
def test_what_contradicts_a_young_change_is_not_believed_yet(age: float) -> None:
    recorded = FieldRecord(frozenset({"PROJ-1"}), Window.of_change(NOW - age))
    for record, stated in ((FieldRecord(), ("PROJ-1",)), (recorded, ())):
        with pytest.raises(NotYetVisible) as wait:
            check_lag(NOTHING, record, stated=stated, changed_at=NOW - age, now=NOW)
        assert wait.value.retry_after == pytest.approx(REPLICA_LAG - age)


@pytest.mark.parametrize("age", OLD)
def test_what_contradicts_an_old_change_is_believed(age: float) -> None:
    recorded = FieldRecord(frozenset({"PROJ-1"}), Window.of_change(NOW - age))
    check_lag(NOTHING, recorded, stated=("PROJ-1",), changed_at=NOW - age, now=NOW)


def test_what_agrees_is_believed_and_so_is_what_contradicts_only_a_reading() -> None:
    recorded = FieldRecord(frozenset({"PROJ-1"}), Window.of_reading(NOW))
    check_lag(NOTHING, recorded, stated=(), changed_at=NOW, now=NOW)
    check_lag(NOTHING, recorded, stated=None, changed_at=NOW, now=NOW)
    check_lag(FieldReading(refs=None), FieldRecord(), stated=("PROJ-1",), changed_at=NOW, now=NOW)


def by_an_attempt(at: float) -> FieldRecord:
    return FieldRecord(frozenset({"PROJ-1"}), Window.of_attempt(at))


@pytest.mark.parametrize("age", YOUNG)
def test_what_was_last_updated_before_a_young_attempt_may_be_older_than_what_that_told(age: float) -> None:
    shown = FieldReading(refs=("PROJ-2",), updated_at=NOW - age - 1)
    with pytest.raises(NotYetVisible) as wait:
        check_lag(shown, by_an_attempt(NOW - age), stated=("PROJ-2",), changed_at=NOW - 600, now=NOW)
    assert wait.value.retry_after == pytest.approx(REPLICA_LAG - age)


@pytest.mark.parametrize(
    ("shown", "recorded"),
    [
        (FieldReading(refs=("PROJ-2",), updated_at=NOW - 3), by_an_attempt(NOW - 3)),  # edited again since
        (FieldReading(refs=("PROJ-2",)), by_an_attempt(NOW - 3)),  # nobody tells
        (FieldReading(refs=("PROJ-1",), updated_at=NOW - 60), by_an_attempt(NOW - 3)),  # the same
        (FieldReading(refs=("PROJ-2",), updated_at=NOW - 60), by_an_attempt(NOW - REPLICA_LAG)),  # long ago
        (FieldReading(refs=("PROJ-2",), updated_at=NOW - 60), FieldRecord(frozenset({"PROJ-1"}), None)),
        (
            FieldReading(refs=("PROJ-2",), updated_at=NOW - 60),
            FieldRecord(frozenset({"PROJ-1"}), Window.of_reading(NOW - 3)),
        ),
    ],
)
def test_other_readings_after_an_attempt_are_believed(shown: FieldReading, recorded: FieldRecord) -> None:
    check_lag(shown, recorded, stated=("PROJ-2",), changed_at=NOW - 600, now=NOW)


@pytest.mark.parametrize("age", YOUNG)
def test_a_change_of_which_only_the_time_is_known_is_waited_for(age: float) -> None:
    with pytest.raises(NotYetVisible) as wait:
        wait_for_change(None, changed_at=NOW - age, now=NOW)
    assert wait.value.retry_after == pytest.approx(REPLICA_LAG - age)
    wait_for_change(("PROJ-1",), changed_at=NOW - age, now=NOW)


@pytest.mark.parametrize("age", OLD)
def test_an_old_change_is_not(age: float) -> None:
    wait_for_change(None, changed_at=NOW - age, now=NOW)
