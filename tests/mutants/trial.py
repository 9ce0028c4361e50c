"""A copy of the tree, in which one bug after another is planted and the tests that should notice it are run."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shutil import copyfile

from tests.mutants.mutations import Mutation

ROOT = Path(__file__).parents[2]
PACKAGE = Path("layers/linksync/linksync")

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


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One bug in one file, whose path is relative to the root."""

    file: Path
    mutation: Mutation

    @property
    def package(self) -> str:
        """The package of the product that it is in."""
        return self.file.relative_to(PACKAGE).parts[0]

    def __str__(self) -> str:
        """Where it is, and what."""
        return f"{self.file.relative_to(PACKAGE)}:{self.mutation.line} {self.mutation.kind}"


class Outcome(StrEnum):
    """What became of the tests."""

    NOTICED = "noticed"
    MISSED = "NOT NOTICED"
    ENDLESS = "endless"
    """They were still running when their time was over: noticed as well, unless the machine is too busy."""


class Tree:
    """A copy of the tree of files as they are now."""

    def __init__(self, root: Path, seconds: float) -> None:
        """`seconds` is how long the tests may take for one bug: what never ends is noticed too."""
        self._root = root
        self._seconds = seconds

    def tested(self, package: str) -> Outcome:
        """What the tests of a package say of the tree as it is."""
        until = time.monotonic() + self._seconds
        outcomes = (self._run(tests, until) for tests in COVERING[package])
        return next((outcome for outcome in outcomes if outcome is not Outcome.MISSED), Outcome.MISSED)

    def tested_with(self, mutant: Mutant) -> Outcome:
        """What they say with a bug, which is taken out again."""
        file = self._root / mutant.file
        source = file.read_bytes()
        file.write_bytes(mutant.mutation.planted(source))
        try:
            return self.tested(mutant.package)
        finally:
            file.write_bytes(source)

    def _run(self, tests: Sequence[str], until: float) -> Outcome:
        command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", "-p", "no:xdist"]
        process = subprocess.Popen(  # noqa: S603  our own tests
            [*command, "--hypothesis-seed=0", *(f"tests/{test}" for test in tests)],
            cwd=self._root,
            env=os.environ
            | {"PYTHONPATH": f"{self._root / PACKAGE.parent}:{self._root}", "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return Outcome.NOTICED if process.wait(max(1.0, until - time.monotonic())) else Outcome.MISSED
        except subprocess.TimeoutExpired:
            return Outcome.ENDLESS
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def tree(seconds: float) -> Iterator[Tree]:
    """A copy of all that git knows or would add, thrown away in the end."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                target = Path(directory, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                copyfile(ROOT / name, target)
        yield Tree(Path(directory), seconds)
