"""`make soak`: many random histories with faults, on all cores.  Prints the count, the seeds and what diverged."""

import argparse
import logging
import os
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from linksync.core.links import UnlinkPolicy
from tests.simulation.histories import Ended, play
from tests.simulation.outage import play_outage
from tests.simulation.simulated_stack import SimulatedStack

SHOWN = 10


def run(seed: int, *, policy: UnlinkPolicy) -> Ended:
    """One history, in a process of the pool."""
    logging.disable(logging.CRITICAL)
    return play(seed, world=SimulatedStack(seed, policy=policy))


def main() -> int:
    """Play the histories and report; 1 when any diverged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--policy", type=UnlinkPolicy, choices=list(UnlinkPolicy), default=UnlinkPolicy.OWNED)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    seeds = range(asked.seed, asked.seed + asked.histories)
    begun = time.monotonic()
    totals: Counter[str] = Counter()
    wrong: list[Ended] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for ended in pool.map(partial(run, policy=asked.policy), seeds, chunksize=50):
            totals.update(ended.totals)
            wrong += [ended] if ended.divergences else []
    print(f"{len(seeds):,} histories (seeds {seeds.start} to {seeds.stop - 1}, UnlinkPolicy={asked.policy})")
    for name, count in sorted(totals.items()):
        print(f"  {count:>10,} {name}")
    for ended in wrong[:SHOWN]:
        print(f"  seed {ended.seed}: {'; '.join(ended.divergences)}")
    print(f"{len(wrong)} divergences, {totals['lost']} lost, in {time.monotonic() - begun:.0f} s")
    outage = play_outage(asked.seed, lanes=50, hours=24)
    print(
        f"outage of {outage.hours:g} h with {outage.lanes} lanes: {outage.calls:,} calls, {outage.calls_a_lane[0]} to "
        f"{outage.calls_a_lane[1]} a lane; all right {outage.hours_to_heal:.2f} h after it ended, "
        f"{len(outage.divergences)} divergences"
    )
    return 1 if wrong or outage.divergences else 0


if __name__ == "__main__":
    raise SystemExit(main())
