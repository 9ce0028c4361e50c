"""Plants a sample of bugs, one at a time, and prints which of them the fast tests do not notice.

python -m tests.mutants --sample 200 --seed 1 [--only worker/ticket_lane.py] [--tests unit/worker]
"""

import argparse
import os
import random
import shlex
import sys
from collections import Counter

import pytest

from tests.mutants.covering import COVERING
from tests.mutants.mutant import ROOT, SAMPLED, Outcome, all_mutants
from tests.mutants.trials import Trial, Trials

SECONDS = 600.0
"""For the tests of one bug; on an idle machine the slowest take a fifth of it."""

QUIETLY = shlex.split("-s -p no:cacheprovider -p no:xdist -p no:terminal --hypothesis-seed=0")
ALONE = ("-o", "addopts=--import-mode=importlib")
"""pytest's options without those that need a terminal."""


class Report:
    """Prints each trial when it is over, and in the end the score of each package and what was not noticed."""

    def __init__(self) -> None:
        self._planted, self._missed = Counter[str](), list[Trial]()

    def add(self, trial: Trial) -> None:
        """One line."""
        self._planted[trial.mutant.package] += 1
        if trial.outcome is Outcome.MISSED:
            self._missed.append(trial)
        word = "NOT NOTICED" if trial.outcome is Outcome.MISSED else trial.outcome.name.lower()
        print(f"{self._planted.total():4} {word:12} {trial.seconds:5.1f} s  {trial.mutant}", flush=True)

    def end(self) -> None:
        """Every bug that was not noticed with its patch, and the table."""
        unnoticed = Counter(trial.mutant.package for trial in self._missed)
        for trial in sorted(self._missed, key=lambda each: each.mutant):
            print(f"\nnot noticed: {trial.mutant}\n{trial.mutant.patch()}")
        print(f"\n{'package':12} {'planted':>8} {'noticed':>8} {'share':>7}")
        for name, count in [*sorted(self._planted.items()), ("all", self._planted.total())]:
            gone = unnoticed[name] if name != "all" else len(self._missed)
            print(f"{name:12} {count:8} {count - gone:8} {(count - gone) / count:7.1%}")


def main() -> None:
    """See the module's docstring."""
    options = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    options.add_argument("--sample", type=int, default=200, help="how many (default 200)")
    options.add_argument("--seed", type=int, default=1, help="which (default 1)")
    options.add_argument("--only", default="", help="a package or file, such as worker/ticket_lane.py")
    cores = os.process_cpu_count() or 1
    options.add_argument("--jobs", type=int, default=cores, help=f"how many at a time (default {cores})")
    options.add_argument("--seconds", type=float, default=SECONDS, help=f"for one bug (default {SECONDS:.0f})")
    options.add_argument("--tests", nargs="+", default=[], help="instead of all that cover it, such as unit/worker")
    asked = options.parse_args()
    possible = all_mutants(asked.only)
    chosen = sorted(random.Random(asked.seed).sample(possible, min(asked.sample, len(possible))))
    print(f"{len(chosen)} of {len(possible)} possible bugs, seed {asked.seed}", flush=True)
    stages = {package: [asked.tests] if asked.tests else COVERING[package] for package in SAMPLED}
    tests = {str(ROOT / "tests" / test) for mutant in chosen for stage in stages[mutant.package] for test in stage}
    report = Report()
    status = pytest.main(
        [*QUIETLY, *ALONE, *sorted(tests)], [Trials(chosen, stages, asked.jobs, asked.seconds, report.add)]
    )
    if status:
        sys.exit(status)
    report.end()


if __name__ == "__main__":
    main()
