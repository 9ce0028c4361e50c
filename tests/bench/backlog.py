"""A day without Jira: what the worker spends meanwhile, how soon all is right afterwards, and who else is kept waiting.

A thousand tickets are given a key in the first hour, and need Jira.  Once a minute an issue is edited, which needs
Zendesk alone.  More of it, or another outage: `python -m tests.bench.backlog` (options: `--help`); with --edits each
ticket is edited again until the end.  See `outage_model` and `queue_model`.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from tests.bench.backlog_table import Row, report
from tests.bench.deployed import Deployed
from tests.bench.outage_model import Outage, Vendor
from tests.bench.queue_model import LOOKED_AT, Ended, Limits, Message

KINDS = ("refused connections", "hanging", "503", "429")
HOUR = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an outage of `lasts` seconds meets.

    `edits` are the messages of each lane that needs Jira: each is worked on, and calls it.  `plan` is the calls a
    minute that Jira takes, Zendesk's smallest plan by default; Zendesk takes all, so that a delay is the queue's.
    """

    limits: Limits
    slots: int
    lanes: int = 1_000
    edits: int = 1
    plan: int = 200
    lasts: float = 24 * HOUR

    def waiting(self) -> Iterator[Message]:
        """The messages that need Jira: the first of each lane within an hour, its others evenly until the end."""
        first = min(HOUR, self.lasts)
        for edit in range(self.edits):
            for lane in range(self.lanes):
                later = edit * (self.lasts - first) / self.edits
                yield Message(lane, ("jira", "zendesk"), sent_at=lane * first / self.lanes + later)

    def others(self) -> Iterator[Message]:
        """The messages that do not, each in a lane of its own."""
        for minute in range(int(self.lasts / 60)):
            yield Message(self.lanes + minute, ("zendesk",), sent_at=60.0 * minute)


def of_the_template(deployed: Deployed) -> Setting:
    """What `make bench` plays: the deployed queue and worker, all else as it is by default."""
    return Setting(limits=Limits(receives=deployed.receives, retention=deployed.retention), slots=deployed.slots)


def rows(setting: Setting, kinds: Sequence[str] = KINDS, breakers: Sequence[bool] = (False, True)) -> Iterator[Row]:
    """Every kind, without the breaker and with it."""
    cases = [(kind, breaker) for kind in kinds for breaker in breakers]
    with ProcessPoolExecutor() as pool:
        yield from pool.map(partial(outage, setting), *zip(*cases, strict=True))


def outage(setting: Setting, kind: str, breaker: bool) -> Row:
    """One outage, with the breaker or without, until no message is left."""
    waiting, others = list(setting.waiting()), list(setting.others())
    vendors = {"zendesk": Vendor(10**6), "jira": Vendor(setting.plan, kind, until=setting.lasts)}
    modelled = Outage(vendors, [*waiting, *others], setting.limits, slots=setting.slots, breaker=breaker)
    modelled.run()
    calls, last_minute = vendors["jira"].calls, int(setting.lasts // 60)
    ended = Counter(message.ended for message in [*waiting, *others])
    return Row(
        kind=kind,
        breaker=breaker,
        calls=sum(some for minute, some in calls.items() if minute < last_minute),
        seconds=modelled.seconds,
        tries=modelled.tries,
        most_tries=max(message.receives for message in waiting),
        dead=ended[Ended.DEAD],
        expired=ended[Ended.EXPIRED],
        oldest=max(message.ended_at - message.sent_at for message in [*waiting, *others]),
        late=sorted(message.ended_at - setting.lasts for message in waiting if message.ended is Ended.DONE),
        asked_after=[calls[minute] for minute in range(last_minute, max(calls) + 1)],
        plan=setting.plan,
        delays=sorted(message.ended_at - message.sent_at for message in others if message.ended is Ended.DONE),
    )


def main(given: Sequence[str] | None = None) -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lanes", type=int, default=1_000, help="tickets that need Jira (1,000)")
    options.add_argument("--edits", type=int, default=1, help="messages of each of them (1)")
    options.add_argument("--plan", type=int, default=200, help="calls a minute that Jira takes (200)")
    options.add_argument("--hours", type=float, default=24.0, help="of the outage (24)")
    options.add_argument("--slots", type=int, help="WorkerConcurrency (the template's)")
    options.add_argument("--window", type=int, default=LOOKED_AT, help="messages that SQS looks at (120,000)")
    options.add_argument("--kind", choices=KINDS, action="append", help="of outage, once or again (all)")
    options.add_argument("--breaker", choices=("yes", "no"), help="with it, or without it, alone (both)")
    chosen = options.parse_args(given)
    deployed = Deployed.by_the_template()
    setting = Setting(
        limits=Limits(receives=deployed.receives, retention=deployed.retention, window=chosen.window),
        slots=chosen.slots or deployed.slots,
        lanes=chosen.lanes,
        edits=chosen.edits,
        plan=chosen.plan,
        lasts=chosen.hours * HOUR,
    )
    breakers = [breaker for breaker in (False, True) if chosen.breaker in {None, "yes" if breaker else "no"}]
    print(report(list(rows(setting, chosen.kind or KINDS, breakers)), deployed))


if __name__ == "__main__":
    main()
