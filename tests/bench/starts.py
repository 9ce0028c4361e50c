"""Table 1: cold start, warm CPU and peak memory of the built functions, beside FLOOR and CONVENTIONAL."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles

from tests.bench.deliveries import event
from tests.bench.emulator import Emulator
from tests.bench.fake_aws import FakeAws
from tests.bench.sandbox import Function, Sandbox
from tests.bench.table import table

ROUNDS = 15
WARM_REQUESTS = 60
SETTLING_REQUESTS = 5


@dataclass
class Sample:
    """What was measured of one function, a value a round."""

    cold_ms: list[float] = field(default_factory=list)
    start_cpu_ms: list[float] = field(default_factory=list)
    warm_cpu_ms: list[float] = field(default_factory=list)
    warm_ms: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)


def measured(rounds: int = ROUNDS, *, say: Callable[[str], None] = lambda _: None) -> dict[str, Sample]:
    """Every function `rounds` times, in turn: what the machine does meanwhile strikes all alike."""
    with tempfile.TemporaryDirectory(prefix="linksync-bench-") as home, FakeAws() as aws:
        sandbox = Sandbox(Path(home))
        functions = sandbox.functions()
        samples = {function.name: Sample() for function in functions}
        for number in range(rounds + 1):
            say(f"round {number} of {rounds}")
            for function in functions if number % 2 else reversed(functions):
                # The first round warms the disk's cache and does not count.
                _run(sandbox, function, aws, samples[function.name] if number else Sample())
        return samples


def traced() -> bool:
    """Whether CONVENTIONAL has the X-Ray SDK that Tracer imports; without it, it starts some 15 ms sooner."""
    return all(find_spec(name) for name in ("aws_xray_sdk", "wrapt"))


def _run(sandbox: Sandbox, function: Function, aws: FakeAws, sample: Sample) -> None:
    environment = sandbox.environment(function, aws.url)
    with Emulator(environment, function.task, log=sandbox.home / "emulator.log") as emulator:
        deliveries = [event(function.event) for _ in range(1 + SETTLING_REQUESTS + WARM_REQUESTS)]
        began = time.perf_counter()
        _check(emulator.invoke(deliveries[0]), function)
        sample.cold_ms.append(1000 * (time.perf_counter() - began))
        sample.start_cpu_ms.append(1000 * emulator.cpu_seconds())
        for delivery in deliveries[1 : 1 + SETTLING_REQUESTS]:
            _check(emulator.invoke(delivery), function)
        before, began = emulator.cpu_seconds(), time.perf_counter()
        for delivery in deliveries[1 + SETTLING_REQUESTS :]:
            emulator.invoke(delivery)
        sample.warm_ms.append(1000 * (time.perf_counter() - began) / WARM_REQUESTS)
        sample.warm_cpu_ms.append(1000 * (emulator.cpu_seconds() - before) / WARM_REQUESTS)
        sample.peak_mib.append(emulator.peak_kib() / 1024)


def _check(answer: dict[str, object], function: Function) -> None:
    right = answer == {"batchItemFailures": []} if function.event == "sqs" else answer.get("statusCode") == 202
    if not right:
        raise RuntimeError(f"{function.name} answered {answer}")


def report(samples: dict[str, Sample]) -> str:
    """The medians, and their ratios to FLOOR's and CONVENTIONAL's."""
    floor, conventional = samples["FLOOR"], samples["CONVENTIONAL"]
    head = (
        *("function", "cold ms", "middle half", "× FLOOR", "× CONV.", "CPU of it ms"),
        *("warm CPU ms", "× FLOOR", "warm answer ms", "peak MiB", "× FLOOR"),
    )
    rows = [
        (
            name,
            f"{median(sample.cold_ms):.0f}",
            _middle_half(sample.cold_ms),
            _ratio(sample.cold_ms, floor.cold_ms),
            _ratio(sample.cold_ms, conventional.cold_ms),
            f"{median(sample.start_cpu_ms):.0f}",
            f"{median(sample.warm_cpu_ms):.2f}",
            _ratio(sample.warm_cpu_ms, floor.warm_cpu_ms),
            f"{median(sample.warm_ms):.2f}",
            f"{median(sample.peak_mib):.1f}",
            _ratio(sample.peak_mib, floor.peak_mib),
        )
        for name, sample in samples.items()
    ]
    return table(head, rows)


def verdicts(samples: dict[str, Sample]) -> str:
    """The targets, and whether this run met them.  On a busy machine, read a cold start by its CPU."""
    floor, conventional, sources = (samples[name] for name in ("FLOOR", "CONVENTIONAL", "CONVENTIONAL, no .pyc"))
    rows = []
    for name in ("zendesk_webhook", "jira_webhook"):
        sample = samples[name]
        rows += [
            _cold(name, "FLOOR", sample, floor, 1.25),
            _cold(name, "CONVENTIONAL", sample, conventional, 0.5),
            _cold(name, "…, no .pyc", sample, sources, 0.5),
            _verdict(f"{name}: warm CPU", "FLOOR", sample.warm_cpu_ms, floor.warm_cpu_ms, 1.3),
            _verdict(f"{name}: peak memory", "FLOOR", sample.peak_mib, floor.peak_mib, 1.15),
        ]
    worker = samples["link_worker"]
    rows += [
        _cold("link_worker", "CONVENTIONAL", worker, conventional, 0.75),
        _cold("link_worker", "…, no .pyc", worker, sources, 0.75),
    ]
    return table(("target", "of", "at most", "measured", "", "its CPU"), rows)


def _cold(name: str, of: str, these: Sample, those: Sample, most: float) -> tuple[str, ...]:
    found = _verdict(f"{name}: cold start", of, these.cold_ms, those.cold_ms, most)
    return (*found[:-1], _ratio(these.start_cpu_ms, those.start_cpu_ms))


def _verdict(what: str, of: str, these: list[float], those: list[float], most: float) -> tuple[str, ...]:
    met = median(these) <= most * median(those)
    return (what, of, f"{most}", _ratio(these, those), "met" if met else "MISSED", "")


def _ratio(these: list[float], those: list[float]) -> str:
    return f"{median(these) / median(those):.2f}"


def _middle_half(values: list[float]) -> str:
    if len(values) < 2:
        return ""
    low, _, high = quantiles(values, n=4)
    return f"{low:.0f} to {high:.0f}"
