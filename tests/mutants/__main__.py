"""Plants a sample of bugs, one at a time, and prints which of them the fast tests do not notice.

python -m tests.mutants --sample 200 --seed 1 [--only worker/ticket_lane.py] [--jobs 2]
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from difflib import unified_diff
from queue import SimpleQueue

from tests.mutants.mutations import mutations
from tests.mutants.trial import COVERING, PACKAGE, ROOT, Mutant, Outcome, Tree, tree

SAMPLED = ("core", "worker", "outbound", "inbound", "references")
SECONDS = 1_200.0
"""For the tests of one bug; on an idle machine the slowest take a tenth of it."""


def all_mutants(only: str) -> list[Mutant]:
    """Every bug that can be planted in the files whose path in the package begins with `only`."""
    files = (file for package in COVERING for file in sorted((ROOT / PACKAGE / package).rglob("*.py")))
    relative = [file.relative_to(ROOT) for file in files]
    chosen = [file for file in relative if str(file.relative_to(PACKAGE)).startswith(only or SAMPLED)]
    return [Mutant(file, mutation) for file in chosen for mutation in mutations((ROOT / file).read_bytes())]


def trials(mutants: list[Mutant], trees: Iterable[Tree]) -> Iterator[tuple[Mutant, Outcome, float]]:
    """Each bug, what became of it, and how many seconds that took; as many at a time as there are trees."""
    free: SimpleQueue[Tree] = SimpleQueue()
    for each in trees:
        free.put(each)

    def trial(mutant: Mutant) -> tuple[Mutant, Outcome, float]:
        mine, start = free.get(), time.monotonic()
        try:
            return mutant, mine.tested_with(mutant), time.monotonic() - start
        finally:
            free.put(mine)

    with ThreadPoolExecutor(free.qsize()) as pool:
        yield from pool.map(trial, mutants)


def difference(mutant: Mutant) -> str:
    """The bug as a patch."""
    source = (ROOT / mutant.file).read_bytes()
    before, after = (text.decode().splitlines() for text in (source, mutant.mutation.planted(source)))
    return "\n".join(list(unified_diff(before, after, lineterm="", n=1))[2:])


def report(planted: Counter[str], missed: dict[Mutant, str]) -> None:
    """The score of each package, and every bug that was not noticed with its patch."""
    unnoticed = Counter(mutant.package for mutant in missed)
    for mutant, patch in missed.items():
        print(f"\nnot noticed: {mutant}\n{patch}")
    print(f"\n{'package':12} {'planted':>8} {'noticed':>8} {'share':>7}")
    for name, count in [*planted.items(), ("all", planted.total())]:
        gone = unnoticed[name] if name != "all" else len(missed)
        print(f"{name:12} {count:8} {count - gone:8} {(count - gone) / count:7.1%}")


def main() -> None:
    """See the module's docstring."""
    options = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    options.add_argument("--sample", type=int, default=200, help="how many (default 200)")
    options.add_argument("--seed", type=int, default=1, help="which (default 1)")
    options.add_argument("--only", default="", help="a package or file, such as worker/ticket_lane.py")
    options.add_argument("--jobs", type=int, default=1, help="how many at a time (default 1)")
    asked = options.parse_args()
    possible = all_mutants(asked.only)
    chosen = sorted(random.Random(asked.seed).sample(possible, min(asked.sample, len(possible))))
    print(f"{len(chosen)} of {len(possible)} possible bugs, seed {asked.seed}", flush=True)
    planted, missed = Counter(mutant.package for mutant in chosen), dict[Mutant, str]()
    patches = {mutant: difference(mutant) for mutant in chosen}  # the files may change while this runs
    with ExitStack() as stack:
        trees = [stack.enter_context(tree(SECONDS)) for _ in range(asked.jobs)]
        if broken := [package for package in planted if trees[0].tested(package) is not Outcome.MISSED]:
            sys.exit(f"the tests of {', '.join(broken)} fail, or take too long, without any bug: mend them first")
        for number, (mutant, outcome, seconds) in enumerate(trials(chosen, trees), 1):
            print(f"{number:4} {outcome:12} {seconds:5.0f} s  {mutant}", flush=True)
            if outcome is Outcome.MISSED:
                missed[mutant] = patches[mutant]
    report(planted, missed)


if __name__ == "__main__":
    main()
