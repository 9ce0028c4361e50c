"""`make soak`: many random histories with faults on all cores, and what a history is too short for.

Prints the counts of what was played, of every fault by its name, and the seeds of what went wrong.
"""

import argparse
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random

from linksync.core.links import UnlinkPolicy
from tests.simulation.fault_kinds import Fault
from tests.simulation.histories import Ended, play
from tests.simulation.outage import Side, days_until_sqs_gives_up, play_outage
from tests.simulation.schedules import DELAYS, FAULTS, Schedule, play_schedule, steps
from tests.simulation.slips import play_slips

SHOWN = 10
POLICIES = tuple(UnlinkPolicy)
OUTAGES: tuple[tuple[Side, float], ...] = (("zendesk", 0.0), ("zendesk", 1.0), ("zendesk", 5.0), ("jira", 1.0))
"""Who is down for a day, and the seconds of its Retry-After; 0 is none."""

MOST_CALLS_A_LANE = 400
LEAST_DAYS = 3.0
"""A message must be tried for longer than any outage lasts before SQS gives it up."""


def run(seed: int) -> Ended:
    """One history, in a process of the pool: each policy, API and way without or with a reconciler has its turn."""
    logging.disable(logging.CRITICAL)
    turn, policy = divmod(seed, len(POLICIES))
    return play(seed, policy=POLICIES[policy], v1=turn % 2 == 1, reconciled=turn // 2 % 2 == 1)


def run_schedule(schedule: Schedule) -> list[str]:
    """One crash at one step, in a process of the pool."""
    logging.disable(logging.CRITICAL)
    return play_schedule(schedule)


def main() -> int:
    """Play it all and report; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        parts: Sequence[Callable[[], int]] = (
            partial(_histories, pool, range(asked.seed, asked.seed + asked.histories)),
            partial(_schedules, pool, asked.seed, asked.histories // 20),
            partial(_outages, asked.seed),
            partial(_slips, asked.seed),
        )
        wrong = sum(part() for part in parts)
    return 1 if wrong else 0


def _histories(pool: ProcessPoolExecutor, seeds: range) -> int:
    begun = time.monotonic()
    totals, faults, wrong = Counter[str](), Counter[Fault](), list[Ended]()
    for ended in pool.map(run, seeds, chunksize=50):
        totals.update(ended.totals)
        faults.update(ended.faults)
        wrong += [ended] if ended.divergences else []
    print(f"{len(seeds):,} histories (seeds {seeds.start} to {seeds.stop - 1}; UnlinkPolicy {', '.join(POLICIES)})")
    _print_counts(totals)
    print("faults:")
    _print_counts({fault.value: faults[fault] for fault in Fault})
    for ended in wrong[:SHOWN]:
        print(f"  seed {ended.seed}: {'; '.join(ended.divergences)}")
    print(f"{len(wrong)} divergences, {totals['lost']} lost, in {time.monotonic() - begun:.0f} s")
    return len(wrong)


def _print_counts(counts: dict[str, int] | Counter[str]) -> None:
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"  {count:>10,} {name}")


def _schedules(pool: ProcessPoolExecutor, seed: int, number: int) -> int:
    """A fault at each step of a long plan × what comes after; a sample, by seed."""
    every = [
        Schedule(step, fault, delay, policy)
        for step in range(1, steps() + 1)
        for fault in FAULTS
        for delay in DELAYS
        for policy in POLICIES
    ]
    chosen = Random(seed).sample(every, min(number, len(every)))
    wrong = [
        (schedule, found)
        for schedule, found in zip(chosen, pool.map(run_schedule, chosen, chunksize=10), strict=True)
        if found
    ]
    for schedule, found in wrong[:SHOWN]:
        print(f"  {schedule}: {'; '.join(found)}")
    print(f"{len(chosen)} of {len(every):,} schedules of a crash and a delay: {len(wrong)} divergences")
    return len(wrong)


def _outages(seed: int) -> int:
    wrong = 0
    for side, retry_after in OUTAGES:
        outage = play_outage(seed, lanes=20, hours=24, retry_after=retry_after, down=side, by="trigger")
        least, most = outage.runs_a_lane
        wrong += bool(outage.divergences) + (outage.most_calls_a_lane > MOST_CALLS_A_LANE)
        told = f"Retry-After: {retry_after:g}" if retry_after else "no Retry-After"
        print(
            f"outage of {side}'s for {outage.hours:g} h, 503 with {told}, {outage.lanes} lanes: {outage.calls:,} calls "
            f"and {outage.calls_elsewhere:,} to the other side, {least} to {most} tries and at most "
            f"{outage.most_calls_a_lane} calls a lane; all right "
            f"{outage.hours_to_heal:.2f} h after it ended, {len(outage.divergences)} divergences"
            f"{_list(outage.divergences)}"
        )
    days = days_until_sqs_gives_up(seed, retry_after=5.0)
    print(f"503 with Retry-After: 5 for ever: SQS gives a message up after {days:.1f} days")
    return wrong + (days < LEAST_DAYS)


def _slips(seed: int) -> int:
    wrong = 0
    for rate in (0.0, 0.1):
        war = play_slips(seed, rate=rate)
        wrong += bool(war.dead_letters) + bool(war.divergences)
        print(
            f"edit war of {war.edits} slips, {rate:.0%} faults: {len(war.dead_letters)} dead letters, "
            f"{war.keys_not_found:g} keys and {war.tickets_not_found:g} tickets not found, "
            f"{len(war.divergences)} divergences{_list(war.divergences)}"
        )
    return wrong


def _list(found: Iterable[str]) -> str:
    return "".join(f"\n  {what}" for what in found)


if __name__ == "__main__":
    raise SystemExit(main())
