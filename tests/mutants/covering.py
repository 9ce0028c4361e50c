"""Which tests look at a package, and which lines of it each of them runs."""

import gc
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType

import pytest

_ABUSE = (
    "security/test_denial_of_wallet.py",
    "security/test_logs.py",
    "security/test_poison.py",
    "security/test_replays.py",
)
_SIMULATED = tuple(f"property/test_{name}.py" for name in ("lanes", "planted_bugs", "schedules", "convergence"))
_NUMBERS = "unit/test_numbers.py"
_NEAREST = {
    "core": (
        ("unit/core", "unit/worker", "property/test_rules.py"),
        ("unit/store", "unit/reconciler", "unit/cli", *_ABUSE),
        _SIMULATED,
    ),
    "worker": (("unit/worker",), ("integration/worker", "integration/store", *_ABUSE), _SIMULATED),
    "outbound": (("unit/outbound", "integration/outbound"), ("unit/worker", "unit/reconciler", "unit/cli")),
    "inbound": (("unit/inbound",), ("property/test_inbound.py", "fuzz", *_ABUSE, "integration/inbound")),
    "references": (("unit/references",), ("property/test_references.py", "unit/inbound", "property/test_inbound.py")),
    "store": (("unit/store", "integration/store"), ("integration/worker", "integration/inbound", "unit/worker")),
}
COVERING = {package: ((_NUMBERS, *first), *later) for package, (first, *later) in _NEAREST.items()}
"""The fast tests that look at a package, nearest first: the later ones run only when the earlier noticed nothing."""

type Line = tuple[str, int]


def functions_of(package: Path) -> Iterator[FunctionType]:
    """Every function of the modules below a folder that have been imported."""
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and Path(each.__code__.co_filename).is_relative_to(package):
            yield each


def codes(code: CodeType) -> Iterator[CodeType]:
    """A piece of code and all that stand in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


@dataclass(slots=True)
class Record:
    """The numbers of the tests that run a line, the seconds that each test takes, and the names of those that fail."""

    tests: defaultdict[Line, list[int]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[int, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def add(self, other: "Record") -> None:
        """Adds what was recorded of other tests."""
        for line, numbers in other.tests.items():
            self.tests[line] += numbers
        self.seconds |= other.seconds
        self.failed += other.failed

    def running(self, file: str, lines: range) -> list[int]:
        """The tests that run any of a file's lines, the quickest first."""
        found = {number for line in lines for number in self.tests.get((file, line), ())}
        return sorted(found, key=self.seconds.__getitem__)


def recorded(items: Sequence[tuple[int, pytest.Item]], package: Path) -> Record:
    """What tests run of a package, each with its number.  A line is told once a test, so that this costs little."""
    monitoring, record = sys.monitoring, Record()
    reached = set[Line]()

    def reach(code: CodeType, line: int) -> object:
        reached.add((code.co_filename, line))
        return monitoring.DISABLE

    monitoring.use_tool_id(monitoring.COVERAGE_ID, "mutants")
    monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, reach)
    for code in {each for function in functions_of(package) for each in codes(function.__code__)}:
        monitoring.set_local_events(monitoring.COVERAGE_ID, code, monitoring.events.LINE)
    for number, item in items:
        reached.clear()
        monitoring.restart_events()
        start = time.perf_counter()
        if not passed([item]):
            record.failed.append(item.nodeid)
        record.seconds[number] = time.perf_counter() - start
        for line in reached:
            record.tests[line].append(number)
    return record


def passed(items: Sequence[pytest.Item], seconds: Sequence[float] = ()) -> bool:
    """Whether tests pass, one after another; one that fails ends it, one over its seconds the process."""
    for item, following, most in zip_longest(items, items[1:], seconds):
        session = item.session
        session.testsfailed = 0
        signal.setitimer(signal.ITIMER_REAL, most or 0.0)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        if session.testsfailed:
            return False
    return True
