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


@pytest.mark.parametrize("age", YOUNG)
def test_a_change_of_which_only_the_time_is_known_is_waited_for(age: float) -> None:
    with pytest.raises(NotYetVisible) as wait:
        wait_for_change(None, changed_at=NOW - age, now=NOW)
    assert wait.value.retry_after == pytest.approx(REPLICA_LAG - age)
    wait_for_change(("PROJ-1",), changed_at=NOW - age, now=NOW)


@pytest.mark.parametrize("age", OLD)
def test_an_old_change_is_not(age: float) -> None:
    wait_for_change(None, changed_at=NOW - age, now=NOW)
