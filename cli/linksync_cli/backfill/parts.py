"""What a backfill works with."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from linksync.core.listed_links import LinksApiVersion
from linksync.store.event_queue import EventQueue
from linksync.store.ledger_reads import LedgerReads
from linksync_cli.backfill.budget import Budget
from linksync_cli.backfill.feeder import budget_of
from linksync_cli.command import Run
from linksync_cli.stack import Stack
from linksync_cli.stack_vendors import StackVendors


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a backfill works with.  `looks_first`: the Links API is version 1's.  `clock` is ours, since the epoch."""

    vendors: StackVendors
    ledger: LedgerReads
    queue: EventQueue
    budget: Budget
    looks_first: bool
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, run: Run, stack: Stack, *, per_minute: int | None) -> "Parts":
        """Those of a stack."""
        budget = budget_of(run, stack, per_minute=per_minute)
        return cls(
            vendors=StackVendors(stack, pace=budget),
            ledger=LedgerReads(stack.aws.client("dynamodb"), stack.output("LedgerTableName")),
            queue=EventQueue(stack.aws.client("sqs"), stack.output("EventQueueUrl")),
            budget=budget,
            looks_first=stack.parameter("LinksApiVersion", LinksApiVersion.V2) == LinksApiVersion.V1,
        )
