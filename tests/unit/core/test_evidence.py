"""Which of two statements is the later one, and what a new one is worth."""

import pytest

from linksync.core.evidence import CLOCK_SKEW, RETRY_HORIZON, Verdict, Window, judge

A, B, EMPTY, UNKNOWN = frozenset({"PROJ-1"}), frozenset({"PROJ-2"}), frozenset[str](), None
AT = 10_000.0
MOMENT = 0.001


def of(kind: str, at: float) -> Window:
    return {"change": Window.of_change, "attempt": Window.of_attempt, "reading": Window.of_reading}[kind](at)


@pytest.mark.parametrize(
    ("kind", "earliest", "latest"),
    [
        ("change", 0, 0),  # the sender told the time of the change
        ("attempt", -RETRY_HORIZON, 1),  # a retried delivery is late; the attempt is told in whole seconds
        ("reading", -CLOCK_SKEW, CLOCK_SKEW),  # our clock
    ],
)
def test_what_a_time_tells(kind: str, earliest: float, latest: float) -> None:
    assert of(kind, AT) == Window(AT + earliest, AT + latest)


@pytest.mark.parametrize(
    ("first", "then", "after", "before"),
    [
        ("change", "change", MOMENT, True),
        ("change", "change", 0, False),
        ("change", "attempt", RETRY_HORIZON + MOMENT, True),
        ("change", "attempt", RETRY_HORIZON, False),
        ("change", "reading", CLOCK_SKEW + MOMENT, True),
        ("change", "reading", CLOCK_SKEW, False),
        ("attempt", "change", 1 + MOMENT, True),
        ("attempt", "change", 1, False),
        ("attempt", "attempt", RETRY_HORIZON + 1 + MOMENT, True),
        ("attempt", "attempt", RETRY_HORIZON + 1, False),
        ("attempt", "reading", CLOCK_SKEW + 1 + MOMENT, True),
        ("attempt", "reading", CLOCK_SKEW + 1, False),
        ("reading", "change", CLOCK_SKEW + MOMENT, True),
        ("reading", "attempt", RETRY_HORIZON + CLOCK_SKEW + MOMENT, True),
        ("reading", "attempt", RETRY_HORIZON + CLOCK_SKEW, False),
        ("reading", "reading", 2 * CLOCK_SKEW + MOMENT, True),
        ("reading", "reading", 2 * CLOCK_SKEW, False),
    ],
)
def test_windows_are_in_order_when_they_are_apart(first: str, then: str, after: float, before: bool) -> None:
    assert of(first, AT).is_before(of(then, AT + after)) is before
    assert not of(then, AT + after).is_before(of(first, AT))


@pytest.mark.parametrize(
    ("known", "again", "together"),
    [
        (("change", 0), ("change", 5), Window(AT + 5, AT + 5)),
        (("change", 5), ("change", 0), Window(AT + 5, AT + 5)),
        (("change", 0), ("attempt", 5), Window(AT, AT + 6)),  # true at both times, the later one not known exactly
        (("attempt", 0), ("change", 5), Window(AT + 5, AT + 5)),
        (("attempt", 0), ("attempt", 5), Window(AT + 5 - RETRY_HORIZON, AT + 6)),
        (("reading", 0), ("attempt", 5), Window(AT - CLOCK_SKEW, AT + CLOCK_SKEW)),
    ],
)
def test_the_same_said_again(known: tuple[str, float], again: tuple[str, float], together: Window) -> None:
    first, second = of(known[0], AT + known[1]), of(again[0], AT + again[1])
    assert first.confirmed_by(second) == together


@pytest.mark.parametrize(
    ("case", "said", "known", "states", "kind", "after", "waited", "verdict"),
    [
        ("the first word", None, None, A, "attempt", 0, 0, Verdict.BELIEVE),
        ("the first word is that there is nothing", None, None, EMPTY, "attempt", 0, 0, Verdict.BELIEVE),
        ("the first word cannot be read", None, None, UNKNOWN, "attempt", 0, 0, Verdict.REREAD),
        ("the first word waited long", None, None, A, "attempt", 0, RETRY_HORIZON + 1, Verdict.REREAD),
        ("a later change", A, "change", B, "change", MOMENT, 0, Verdict.BELIEVE),
        ("a later change to nothing", A, "change", EMPTY, "change", MOMENT, 0, Verdict.BELIEVE),
        ("an older change", A, "change", B, "change", -MOMENT, 0, Verdict.STALE),
        ("an older change that says the same", A, "change", A, "change", -MOMENT, 0, Verdict.STALE),
        ("an older change that cannot be read", A, "change", UNKNOWN, "change", -MOMENT, 0, Verdict.STALE),
        ("the same again", A, "change", A, "change", 0, 0, Verdict.UNCHANGED),
        ("nothing, again", EMPTY, "change", EMPTY, "attempt", 0, 0, Verdict.UNCHANGED),
        ("the same later", A, "change", A, "change", 500, 0, Verdict.UNCHANGED),
        ("the same after a long wait", A, "attempt", A, "attempt", 0, 86_400, Verdict.UNCHANGED),
        ("two changes at one time", A, "change", B, "change", 0, 0, Verdict.REREAD),
        ("a change that waited long: its time tells", A, "change", B, "change", 1, 86_400, Verdict.BELIEVE),
        ("an attempt that differs within the horizon", A, "attempt", B, "attempt", 601, 0, Verdict.REREAD),
        ("an attempt that differs before it", A, "attempt", B, "attempt", -601, 0, Verdict.REREAD),
        ("an attempt that differs after it", A, "attempt", B, "attempt", 602, 0, Verdict.BELIEVE),
        ("an attempt that differs long before", A, "attempt", B, "attempt", -602, 0, Verdict.STALE),
        ("an attempt that waited as long as one may", A, "attempt", B, "attempt", 602, RETRY_HORIZON, Verdict.BELIEVE),
        ("an attempt that waited longer", A, "attempt", B, "attempt", 602, RETRY_HORIZON + 1, Verdict.REREAD),
        ("an attempt whose body is broken", A, "attempt", UNKNOWN, "attempt", 602, 0, Verdict.REREAD),
        ("an event after an attempt", A, "attempt", B, "change", 2, 0, Verdict.BELIEVE),
        ("an event within an attempt's window", A, "attempt", B, "change", -5, 0, Verdict.REREAD),
        ("an event before an attempt's window", A, "attempt", B, "change", -601, 0, Verdict.STALE),
        ("a change soon after we read", A, "reading", B, "change", CLOCK_SKEW, 0, Verdict.REREAD),
        ("a change after we read", A, "reading", B, "change", CLOCK_SKEW + 1, 0, Verdict.BELIEVE),
        ("a change before we read", A, "reading", B, "change", -CLOCK_SKEW - 1, 0, Verdict.STALE),
    ],
)
def test_what_a_statement_is_worth(
    *,
    case: str,
    said: frozenset[str] | None,
    known: str | None,
    states: frozenset[str] | None,
    kind: str,
    after: float,
    waited: float,
    verdict: Verdict,
) -> None:
    judged = judge(
        said=said,
        said_window=of(known, AT) if known else None,
        states=states,
        window=of(kind, AT + after),
        exact=kind == "change",
        waited=waited,
    )
    assert judged is verdict, case
