"""The worker by memory size: how long a ticket that gains a key keeps it, cold and warm, and what that costs.

The built function in the Lambda runtime emulator, its processor cut to what Lambda gives for that memory from the first
call on: Lambda starts a function at full speed.  AWS answers after 5 ms, Zendesk and Jira after 300.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.cpu_share import CpuShare
from tests.bench.deliveries import gains_one
from tests.bench.emulator import Emulator
from tests.bench.fake_aws import FakeAws
from tests.bench.prices import AWS_SECONDS, LAMBDA_GB_SECOND, UPSTREAM_SECONDS
from tests.bench.sandbox import Function, Sandbox
from tests.bench.table import table

SIZES = (128, 192, 256, 512)
ROUNDS = 2
WARM_EVENTS = 8


@dataclass
class Row:
    """One size: seconds of the first event and of each later one, and the most memory that the process held."""

    megabytes: int
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)


def rows(*, say: Callable[[str], None] = lambda _: None) -> Iterator[Row]:
    """Each size in turn, several times over: what the machine does meanwhile strikes all alike."""
    found = {size: Row(size) for size in SIZES}
    with tempfile.TemporaryDirectory(prefix="linksync-bench-") as home:
        sandbox = Sandbox(Path(home))
        (worker,) = [one for one in sandbox.functions() if one.name == "link_worker"]
        for number in range(ROUNDS):
            for size in SIZES:
                say(f"{size} MB, round {number + 1} of {ROUNDS}")
                _run(sandbox, worker, found[size])
    yield from found.values()


def _run(sandbox: Sandbox, worker: Function, row: Row) -> None:
    with FakeAws() as aws, CpuShare(row.megabytes) as share:
        emulator = Emulator(sandbox.environment(worker, aws.url), worker.task, log=sandbox.home / "emulator.log")
        aws.seconds = lambda operation: UPSTREAM_SECONDS if "/" in operation else AWS_SECONDS
        aws.at_first_call = lambda: share.add(emulator.pid)
        with emulator:
            row.cold.append(_seconds(emulator))
            row.warm += [_seconds(emulator) for _ in range(WARM_EVENTS)]
            row.peak_mib.append(emulator.peak_kib() / 1024)


def _seconds(emulator: Emulator) -> float:
    began = time.perf_counter()
    answer = emulator.invoke(gains_one())
    if answer != {"batchItemFailures": []}:
        raise RuntimeError(f"link_worker answered {answer}")
    return time.perf_counter() - began


def report(found: list[Row]) -> str:
    """Medians, and dollars for a million warm events."""
    head = ("memory, MB", "cold ms", "warm ms", "of which waiting", "GB-seconds", "$ a million, arm64", "peak MiB")
    waiting = 2 * UPSTREAM_SECONDS
    lines = []
    for row in found:
        cold, warm = median(row.cold), median(row.warm)
        spent = warm * row.megabytes / 1024
        lines.append(
            (
                *(row.megabytes, f"{1000 * cold:.0f}", f"{1000 * warm:.0f}", f"{1000 * waiting:.0f}"),
                *(f"{spent:.3f}", f"{spent * LAMBDA_GB_SECOND['arm64']:.2f}", f"{median(row.peak_mib):.0f}"),
            )
        )
    return table(head, lines)
