"""What differs again and again for the same reason is counted, and told rarer and rarer."""

from hypothesis import given
from hypothesis import strategies as st

from linksync.core.checkpoints import Look
from linksync.core.lanes import FieldRecord, TicketFacts
from linksync.metrics import Metric
from linksync.reconciler.findings import Finding
from linksync.reconciler.loop_guard import FIRST_PAUSE, LONGEST_PAUSE, assess
from tests.unit.reconciler.parts import START, Parts

LANE = "ticket#5001"


def finding(difference: str = "abc") -> Finding:
    return Finding(lane=LANE, difference=difference, statements=())


def test_the_first_time_is_told() -> None:
    first = assess(finding(), None, now=START)
    assert (first.tell, first.again, first.look) == (True, False, None)


def test_another_difference_is_told_at_once_and_counts_anew() -> None:
    known = assess(finding(), None, now=START).repair
    other = assess(finding("def"), known, now=START + 1)
    assert (other.tell, other.again, other.repair.times) == (True, False, 1)


def test_the_same_is_told_after_an_hour_then_two_then_four() -> None:
    repair, told = assess(finding(), None, now=START).repair, [0.0]
    for minute in range(1, 9 * 60):
        assessed = assess(finding(), repair, now=START + 60 * minute)
        assert assessed.again
        if assessed.tell:
            told.append(minute)
            repair = assessed.repair
    assert told == [0.0, 60, 180, 420]


@given(st.integers(1, 200), st.floats(0, 100 * LONGEST_PAUSE))
def test_what_is_not_told_is_looked_at_when_it_may_be(times: int, age: float) -> None:
    known = assess(finding(), None, now=START).repair
    assessed = assess(
        finding(), type(known)(lane=LANE, difference="abc", times=times, queued_at=START), now=START + age
    )
    if assessed.tell:
        assert age >= FIRST_PAUSE
    else:
        assert assessed.look
        assert assessed.look.reread
        assert START + age < assessed.look.due_at <= START + LONGEST_PAUSE


def _differs_for_ever(parts: Parts) -> None:
    """A field whose lane reads something else than the export shows."""
    parts.ledger.stated["5001"] = FieldRecord(frozenset({"PROJ-1"})), TicketFacts()
    parts.export.change("5001", "PROJ-1", "PROJ-2")


def test_a_lane_that_goes_on_differing_is_counted_and_not_hammered(parts: Parts) -> None:
    parts.begin()
    told = again = 0
    for _ in range(7 * 24):
        _differs_for_ever(parts)
        parts.later()
        parts.run()
        told += len(parts.queue.lanes())
        again += int(parts.counts.values[Metric.REPAIRED_AGAIN])
    assert told <= 10
    assert again == 7 * 24 - 1


def test_what_was_not_told_is_told_later_though_nothing_changes_any_more(parts: Parts) -> None:
    parts.begin()
    for _ in range(2):
        _differs_for_ever(parts)
        parts.later(600)
        parts.run()
    assert parts.queue.lanes() == [LANE]
    assert parts.looks.planned == {
        Look(lane=LANE, due_at=START + 3_600 + 600 + 3_600, since=parts.clock.now, reread=True)
    }
    parts.later(7_200)
    parts.run()
    assert parts.queue.lanes() == [LANE]
    assert parts.looks.planned == set()
