"""Which of two statements is the later one, and what a new one is worth."""

import pytest

from linksync.core.ordering import CLOCK_SKEW, LOOK_BACK, RETRY_HORIZON, Action, Window, classify

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
    ("window", "attempt_at"),
    [
        (Window.of_attempt(AT), AT),
        (Window(AT + 1 - RETRY_HORIZON, AT + 1), AT),  # just as wide as the horizon
        (Window(AT + 1 - RETRY_HORIZON + MOMENT, AT + 1), None),
        (Window.of_reading(AT), None),
        (Window.of_change(AT), None),
    ],
)
def test_the_attempt_that_told_what_nothing_else_confirmed(window: Window, attempt_at: float | None) -> None:
    assert window.attempt_at == attempt_at


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
    ("case", "known", "known_by", "stated", "kind", "after", "waited", "action"),
    [
        ("the first word", None, None, A, "attempt", 0, 0, Action.BELIEVE),
        ("the first word is that there is nothing", None, None, EMPTY, "attempt", 0, 0, Action.BELIEVE),
        ("the first word cannot be read", None, None, UNKNOWN, "attempt", 0, 0, Action.REREAD),
        ("the first word waited long", None, None, A, "attempt", 0, RETRY_HORIZON + 1, Action.REREAD),
        ("a later change", A, "change", B, "change", MOMENT, 0, Action.BELIEVE),
        ("a later change to nothing", A, "change", EMPTY, "change", MOMENT, 0, Action.BELIEVE),
        ("an older change", A, "change", B, "change", -MOMENT, 0, Action.IGNORE),
        ("an older change that says the same", A, "change", A, "change", -MOMENT, 0, Action.IGNORE),
        ("an older change that cannot be read", A, "change", UNKNOWN, "change", -MOMENT, 0, Action.IGNORE),
        ("the same again", A, "change", A, "change", 0, 0, Action.CONFIRM),
        ("nothing, again", EMPTY, "change", EMPTY, "attempt", 0, 0, Action.CONFIRM),
        ("the same later", A, "change", A, "change", 500, 0, Action.CONFIRM),
        ("the same after a long wait", A, "attempt", A, "attempt", 0, 86_400, Action.CONFIRM),
        ("two changes at one time", A, "change", B, "change", 0, 0, Action.REREAD),
        ("a change that waited long: its time tells", A, "change", B, "change", 1, LOOK_BACK, Action.BELIEVE),
        ("one that waited until nobody looks for what came after", A, "change", B, "change", 1, 86_400, Action.REREAD),
        ("an attempt that differs within the horizon", A, "attempt", B, "attempt", 601, 0, Action.REREAD),
        ("an attempt that differs before it", A, "attempt", B, "attempt", -601, 0, Action.REREAD),
        ("an attempt that differs after it", A, "attempt", B, "attempt", 602, 0, Action.BELIEVE),
        ("an attempt that differs long before", A, "attempt", B, "attempt", -602, 0, Action.IGNORE),
        ("an attempt that waited as long as one may", A, "attempt", B, "attempt", 602, RETRY_HORIZON, Action.BELIEVE),
        ("an attempt that waited longer", A, "attempt", B, "attempt", 602, RETRY_HORIZON + 1, Action.REREAD),
        ("an attempt whose body is broken", A, "attempt", UNKNOWN, "attempt", 602, 0, Action.REREAD),
        ("an event after an attempt", A, "attempt", B, "change", 2, 0, Action.BELIEVE),
        ("an event within an attempt's window", A, "attempt", B, "change", -5, 0, Action.REREAD),
        ("an event before an attempt's window", A, "attempt", B, "change", -601, 0, Action.IGNORE),
        ("a change soon after we read", A, "reading", B, "change", CLOCK_SKEW, 0, Action.REREAD),
        ("a change after we read", A, "reading", B, "change", CLOCK_SKEW + 1, 0, Action.BELIEVE),
        ("a change before we read", A, "reading", B, "change", -CLOCK_SKEW - 1, 0, Action.IGNORE),
    ],
)
def test_what_a_statement_is_worth(
    *,
    case: str,
    known: frozenset[str] | None,
    known_by: str | None,
    stated: frozenset[str] | None,
    kind: str,
    after: float,
    waited: float,
    action: Action,
) -> None:
    decision = classify(
        known=known or frozenset(),
        known_window=of(known_by, AT) if known_by else None,
        stated=stated,
        window=of(kind, AT + after),
        exact=kind == "change",
        waited=waited,
    )
    assert decision.action is action, case
