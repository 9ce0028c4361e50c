"""One bug in one file of the product, and all of them."""

from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum
from functools import cache
from pathlib import Path

from tests.mutants.mutations import Mutation, mutations

ROOT = Path(__file__).parents[2]
PACKAGE = Path("layers/linksync/linksync")
SAMPLED = ("core", "worker", "outbound", "inbound", "references")


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

    def planted(self) -> bytes:
        """The file with the bug."""
        return self.mutation.planted(source_of(self.file))

    def patch(self) -> str:
        """What it changes, as a patch."""
        before, after = (text.decode().splitlines() for text in (source_of(self.file), self.planted()))
        return "\n".join(list(unified_diff(before, after, lineterm="", n=1))[2:])


class Outcome(Enum):
    """What became of the tests, as the exit status of the process that ran them."""

    MISSED = 0
    NOTICED = 1
    ENDLESS = 2
    """They were still running when their time was over: noticed as well, unless the machine is too busy."""


@cache
def source_of(file: Path) -> bytes:
    """The text of a file of the product, read once: it may be changed while the tests run."""
    return (ROOT / file).read_bytes()


def all_mutants(only: str) -> list[Mutant]:
    """Every bug that can be planted in the files whose path in the package begins with `only`."""
    relative = [file.relative_to(ROOT) for file in sorted((ROOT / PACKAGE).rglob("*.py"))]
    chosen = [file for file in relative if str(file.relative_to(PACKAGE)).startswith(only or SAMPLED)]
    return [Mutant(file, mutation) for file in chosen for mutation in mutations(source_of(file))]
