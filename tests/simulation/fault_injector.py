"""Whether something goes wrong at a step: by chance, or where a schedule says so."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.simulation.clock import NEVER, Clock, RunKilled
from tests.simulation.fault_kinds import Fault

ALL = frozenset(Fault)
KILLS = frozenset({Fault.KILLED, Fault.TIMED_OUT})
BEFORE_AWS = KILLS | {Fault.AWS_SILENT}
AFTER_AWS = KILLS | {Fault.AWS_SILENT_AFTER_WRITE}
AWS_SHARE = 0.25
"""A call to AWS fails that much more rarely than one to a vendor: there are many more of them."""

EVER_SO_OFTEN = 1_000
KILL_SHARE = 0.25
"""How many of the faults that may be kills are."""


@dataclass
class FaultInjector:
    """`rate` is the chance of a fault at one step; nothing fails by chance while it is 0.

    `kinds` are those that may happen by chance.  `schedule` names faults by the number of their step: every call to a
    vendor, every call to AWS and every item of such a call has a step before it and one after it.
    """

    random: Random
    clock: Clock
    rate: float = 0.0
    kinds: frozenset[Fault] = ALL
    schedule: Mapping[int, Fault] = field(default_factory=dict)
    steps: int = 0
    counts: Counter[Fault] = field(default_factory=Counter)
    struck_at_home: int = 0
    """How often AWS did not answer the run at hand after its last call to a vendor; a kill counts as ever so often."""

    def strike(self, among: Collection[Fault], *, rate: float | None = None) -> Fault | None:
        """The fault of this step, if there is one.  A kill is raised."""
        self.steps += 1
        fault = self.schedule.get(self.steps) or self._by_chance(among, self.rate if rate is None else rate)
        if fault is None or fault not in among:
            return None
        self.counts[fault] += 1
        if fault in KILLS:
            self.struck_at_home += EVER_SO_OFTEN
            if fault is Fault.TIMED_OUT and self.clock.end < NEVER:
                self.clock.now = self.clock.end
            raise RunKilled
        return fault

    def strike_aws(self, among: Collection[Fault]) -> Fault | None:
        """As `strike`, at a call to our own AWS, of which there are many more than of those to vendors."""
        if fault := self.strike(among, rate=self.rate * AWS_SHARE):
            self.struck_at_home += 1
        return fault

    def happens(self, fault: Fault, chance: float) -> bool:
        """Whether people or senders do this now, counted."""
        does = fault in self.kinds and self.random.random() < chance
        self.counts[fault] += does
        return does

    def _by_chance(self, among: Collection[Fault], rate: float) -> Fault | None:
        if rate == 0 or self.random.random() >= rate:
            return None
        possible = self.kinds.intersection(among)
        kills, others = sorted(possible & KILLS), sorted(possible - KILLS)
        chosen = kills if kills and (not others or self.random.random() < KILL_SHARE) else others
        return self.random.choice(chosen) if chosen else None
