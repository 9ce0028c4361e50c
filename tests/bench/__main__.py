"""`make bench`, or `python -m tests.bench [part ...]` with the names of parts, see PARTS.

Prints their tables, as Markdown.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "layers" / "linksync"), str(ROOT / "cli")]  # what is measured in this process

from tests.bench import (  # noqa: E402
    at_rest,
    backfill,
    backlog,
    backlog_table,
    budget,
    calls,
    cost,
    edits,
    growth,
    lanes,
    memory,
    reconciling,
    starts,
)
from tests.bench.deployed import Deployed  # noqa: E402
from tests.bench.machine import machine  # noqa: E402


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"  … {text}", file=sys.stderr, flush=True)


def _starts() -> str:
    found = starts.measured(say=_say)
    tracing = "has the X-Ray SDK" if starts.traced() else "lacks the X-Ray SDK, and starts some 15 ms sooner for it"
    return f"{starts.report(found)}\n\n{starts.verdicts(found)}\n\nCONVENTIONAL {tracing}."


def _cost() -> str:
    deployed = Deployed.by_the_template()
    return f"{cost.report(cost.events(deployed), deployed)}\n\n{at_rest.report(at_rest.month(deployed))}"


def _backlog() -> str:
    deployed = Deployed.by_the_template()
    return backlog_table.report(list(backlog.rows(backlog.of_the_template(deployed))), deployed)


def _memory() -> str:
    try:
        return memory.report(list(memory.rows(say=_say)))
    except OSError as error:
        return f"Not measured: control groups cannot be made here ({error})."


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "starts": ("Cold start, warm CPU and memory: the built functions in the Lambda runtime emulator", _starts),
    "calls": ("Calls by kind of event: measured/floor", lambda: calls.report(list(calls.rows()))),
    "growth": ("Growth: medians of one event", lambda: growth.report(list(growth.rows(say=_say)))),
    "lanes": (
        "Queue throughput on the laptop stack, whose consumer works one message at a time",
        lambda: lanes.report(list(lanes.rows())),
    ),
    "edits": (
        "From edit to link, deployed into the local AWS, whose queue works one message at a time",
        lambda: edits.report(list(edits.rows(say=_say))),
    ),
    "backlog": (
        "A day without Jira: 1,000 lanes wait, a simulation with the real rules",
        _backlog,
    ),
    "memory": ("The worker by memory size, its processor cut as Lambda cuts it", _memory),
    "cost": ("Cost on AWS, us-east-1 (docs/scale.md)", _cost),
    "budget": ("Layer sizes and imports against tests/bench/budget.toml", lambda: budget.report(list(budget.rows()))),
    "reconciler": (
        "The reconciler: calls by tickets and by changes that nobody told",
        lambda: reconciling.report(reconciling.rows()),
    ),
    "backfill": (
        "A backfill against a plan of 700 calls a minute, killed half way (simulated time)",
        lambda: backfill.report(backfill.rows()),
    ),
}


def main(chosen: list[str]) -> int:
    """Prints the chosen tables, or all; 2 for a part that there is not."""
    if not set(chosen) <= set(PARTS):
        print(__doc__, file=sys.stderr)
        return 2
    began = time.monotonic()
    print(machine(), flush=True)
    for name in chosen or PARTS:
        title, part = PARTS[name]
        started = time.monotonic()
        print(f"\n## {title}\n\n{part()}\n\n({name}: {time.monotonic() - started:.0f} s)", flush=True)
    print(f"\nAll in {time.monotonic() - began:.0f} s; load at the end: {machine().rpartition('load ')[2]}")
    return 0


sys.exit(main(sys.argv[1:]))
