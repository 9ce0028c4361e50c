"""The tests are read once; for each bug the process is copied, the bug planted, and those tests run that come by it."""

import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import NoReturn

import pytest

from tests.mutants.copies import Copy, copy_of_the_tree
from tests.mutants.covering import Record, passed, recorded
from tests.mutants.mutant import PACKAGE, ROOT, Mutant, Outcome
from tests.mutants.planting import Functions, lines_of

MEMORY = 6 * 2**30
"""Bytes of addresses that a process may have with a bug: one that piles things up does not end the machine."""

_FORK = get_context("fork")
_NOT_PLANTED = 70


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the tests with a bug, and how many seconds that took."""

    mutant: Mutant
    outcome: Outcome
    seconds: float


@dataclass(slots=True)
class Trials:
    """A plugin of pytest: instead of running the tests once it runs them for each bug, some bugs at a time."""

    mutants: Sequence[Mutant]
    stages: Mapping[str, Sequence[Sequence[str]]]
    """For each package the files and folders of its tests, for bugs that a new process is needed for."""
    jobs: int
    seconds: float
    """How long the tests may take for one bug: what never ends is noticed too."""
    tell: Callable[[Trial], None]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Tells of every bug what became of it."""
        record = _recorded(session.items, self.jobs)
        if record.failed:
            sys.exit(f"mend these first, which fail without any bug: {', '.join(record.failed)}")
        functions, waiting, running = Functions(), list(self.mutants[::-1]), list[_Running]()
        gc.freeze()  # so that no copied process touches what is alive already, which would copy it in memory
        with ExitStack() as stack:
            free = [stack.enter_context(copy_of_the_tree(self.stages)) for _ in range(self.jobs)]
            while waiting or running:
                while waiting and free:
                    running.append(
                        _Running(waiting.pop(), free.pop(), self.seconds, _Tests(session, record, functions))
                    )
                wait([each.process.sentinel for each in running], timeout=1.0)
                for each in running[:]:
                    if outcome := each.outcome():
                        running.remove(each)
                        free.append(each.copy)
                        self.tell(Trial(each.mutant, outcome, time.monotonic() - each.start))
        return True


@dataclass(frozen=True, slots=True)
class _Tests:
    session: pytest.Session
    record: Record
    functions: Functions

    def tested_with(self, mutant: Mutant, copy: Copy) -> NoReturn:
        """Ends this process with the outcome as its status."""
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        _hush()
        numbers = self.record.running(str(ROOT / mutant.file), lines_of(mutant))
        try:
            planted = bool(numbers) and self.functions.plant(mutant)
        except Exception:  # noqa: BLE001  whatever it is, it says nothing about the tests
            os._exit(_NOT_PLANTED)
        if not planted:  # it stands in what runs when the modules are imported, or only in other processes
            os._exit(copy.tested_with(mutant).value)
        longest = [10 + 5 * self.record.seconds[number] for number in numbers]
        missed = passed([self.session.items[number] for number in numbers], longest)
        os._exit((Outcome.MISSED if missed else Outcome.NOTICED).value)


class _Running:
    def __init__(self, mutant: Mutant, copy: Copy, seconds: float, tests: _Tests) -> None:
        self.mutant, self.copy, self.start = mutant, copy, time.monotonic()
        self._until = self.start + seconds
        self.process: ForkProcess = _FORK.Process(target=tests.tested_with, args=(mutant, copy))
        self.process.start()

    def outcome(self) -> Outcome | None:
        """None as long as the tests run.  A process that the bug has ended has noticed it."""
        if self.process.is_alive():
            if time.monotonic() < self._until:
                return None
            os.killpg(self.process.pid or 0, signal.SIGKILL)
            self.process.join()
            self.copy.mend(self.mutant)
            return Outcome.ENDLESS
        if self.process.exitcode == _NOT_PLANTED:
            sys.exit(f"{self.mutant} cannot be planted")
        return _STATUSES.get(self.process.exitcode, Outcome.NOTICED)


_STATUSES = {outcome.value: outcome for outcome in Outcome} | {-signal.SIGALRM: Outcome.ENDLESS}


def _recorded(items: Sequence[pytest.Item], jobs: int) -> Record:
    numbered = list(enumerate(items))
    record, share = Record(), -(-len(items) // jobs)
    connections = []
    for start in range(0, len(items), share):
        receiver, sender = _FORK.Pipe(duplex=False)
        _FORK.Process(target=_record, args=(numbered[start : start + share], sender)).start()
        sender.close()
        connections.append(receiver)
    for connection in connections:
        record.add(connection.recv())
    return record


def _record(items: Sequence[tuple[int, pytest.Item]], sender: Connection) -> NoReturn:
    _hush()
    sender.send(recorded(items, ROOT / PACKAGE))
    sender.close()
    os._exit(0)


def _hush() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
