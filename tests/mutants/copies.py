"""Copies of the tree of files, for bugs that only a new process sees: they stand in what runs at the import."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile

import pytest

from tests.mutants.mutant import PACKAGE, ROOT, Mutant, Outcome, source_of


class Copy:
    """A copy of the tree of files as they are now."""

    def __init__(self, root: Path, stages: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._root, self._stages = root, stages

    def tested_with(self, mutant: Mutant) -> Outcome:
        """What the tests of its package say of the tree with a bug, which is taken out again."""
        (self._root / mutant.file).write_bytes(mutant.planted())
        try:
            return (
                Outcome.MISSED if all(self._pass(stage) for stage in self._stages[mutant.package]) else Outcome.NOTICED
            )
        finally:
            self.mend(mutant)

    def mend(self, mutant: Mutant) -> None:
        """Takes a bug out: for those whose tests were ended from without."""
        (self._root / mutant.file).write_bytes(source_of(mutant.file))

    def _pass(self, tests: Sequence[str]) -> bool:
        command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", "-p", "no:xdist"]
        paths = {"PYTHONPATH": f"{self._root / PACKAGE.parent}:{self._root}", "PYTHONDONTWRITEBYTECODE": "1"}
        ended = subprocess.run(  # noqa: S603  our own tests
            [*command, "--hypothesis-seed=0", *(f"tests/{test}" for test in tests)],
            cwd=self._root,
            env=os.environ | paths,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return ended.returncode in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


@contextmanager
def copy_of_the_tree(stages: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[Copy]:
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
        yield Copy(Path(directory), stages)
