"""Table 4: layer sizes and import times against budget.toml."""

import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.emulator import PYTHON
from tests.bench.sandbox import BUILD, LAYERS, Function, Sandbox
from tests.bench.table import table

BUDGET = Path(__file__).with_name("budget.toml")
REPEATS = 5
_IMPORT = (
    "import sys, time; began = time.process_time(); import app; print(time.process_time() - began, len(sys.modules))"
)


def rows() -> Iterator[tuple[str, float, float]]:
    """What was measured, and its budget."""
    budget: dict[str, dict[str, float]] = tomllib.loads(BUDGET.read_text())
    for layer in LAYERS:
        yield f"{layer}, MiB", _mebibytes(BUILD / layer), budget["layers_mib"][layer]
    with tempfile.TemporaryDirectory(prefix="linksync-bench-") as home:
        sandbox = Sandbox(Path(home))
        for function in sandbox.functions():
            if function.name in budget["modules"]:
                milliseconds, modules = _imported(sandbox, function)
                yield f"{function.name}, import CPU ms", milliseconds, budget["import_cpu_ms"][function.name]
                yield f"{function.name}, modules", modules, budget["modules"][function.name]


def _imported(sandbox: Sandbox, function: Function) -> tuple[float, int]:
    # Nothing is listening: outside of Lambda, importing calls nobody.
    environment = sandbox.environment(function, "http://127.0.0.1:9")
    del environment["AWS_LAMBDA_INITIALIZATION_TYPE"]
    command = [str(PYTHON), "-S", "-c", _IMPORT]
    outputs = [
        subprocess.run(  # noqa: S603  our own code
            command, env=environment, cwd=function.task, check=True, capture_output=True, text=True
        ).stdout
        for _ in range(REPEATS)
    ]
    times, modules = zip(*(output.split() for output in outputs), strict=True)
    return 1000 * median(map(float, times)), int(modules[0])


def _mebibytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def report(found: list[tuple[str, float, float]]) -> str:
    """Each beside its budget."""
    lines = [
        (name, f"{measured:.1f}", f"{allowed:.1f}", "within" if measured <= allowed else "OVER")
        for name, measured, allowed in found
    ]
    return table(("what", "measured", "budget", ""), lines)
