"""The demonstration: people edit fields on both sides, and every step is shown and checked."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from local.aws.deploy import BUILT_TEMPLATE
from local.aws.stack import NotQuietError, Stack
from local.demo.observer import Observer, Seen
from local.demo.steps import Step, before_linksync, prepare, steps
from local.demo.table import Column, RowPrinter
from local.vendors import SimulatedVendors

NUMBER, LINKED = Column("#", 3), Column("Linked PROJ-", 13)
WIDE = [NUMBER, Column("What happens", 30, leads=True), Column("Sent → answered", 38), Column("Called", 38), LINKED]
NARROW = [NUMBER, Column("What happens, sent → answered", 35, leads=True), Column("Called", 34), LINKED]
WIDE_FROM = 110  # characters
STEP_SECONDS = 30


def demonstrate(template: Path = BUILT_TEMPLATE) -> int:
    """Deploys, plays every step and prints it; 0 when everything came out as it must, else 1."""
    began = time.monotonic()
    print("Starting the local AWS and deploying the built template …", flush=True)
    with SimulatedVendors() as vendors:
        prepare(vendors)
        before_linksync(vendors)
        with Stack(vendors, template=template) as stack:
            spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stack.seconds.items())
            addresses = f"Zendesk {vendors.zendesk.url}, Jira {vendors.jira.url}, AWS {stack.emulator.url}"
            print(f"Deployed ({spent}).  {addresses}\n")
            wrong = play(stack, Console(highlight=False), steps())
            letters = stack.dead_letters()
    wrong += [f"dead letters: {[letter['Body'] for letter in letters]}"] if letters else []
    print(f"\n{len(steps())} steps, {len(wrong)} wrong, {len(letters)} dead letters, {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


def play(stack: Stack, console: Console, chosen: Sequence[Step]) -> list[str]:
    """Plays these steps on a stack that was prepared for them, and prints each; what came out wrong."""
    wide, wrong = console.width >= WIDE_FROM, []
    stack.reconcile()  # its first run only begins: what changes from now on is what later ones find
    observer, printer = Observer(stack), RowPrinter(console, WIDE if wide else NARROW)
    printer.head()
    for number, step in enumerate(chosen, 1):
        before = stack.vendors.links()
        step.act(stack.vendors)
        late = _wait_quiet(stack)
        if step.then and not late:
            step.then(stack)
            late = _wait_quiet(stack)
        seen = observer.look()
        faults = late + differences(step, before, seen)
        printer.row(_cells(number, step, seen, wide=wide))
        for fault in faults:
            console.print(f"   ✗ {fault}", markup=False)
        wrong += [f"step {number}: {fault}" for fault in faults]
        if late:
            print("\nGiving up; the worker's last lines:", *stack.logs(stack.worker)[-20:], sep="\n  ")
            break
    return wrong


def _wait_quiet(stack: Stack) -> list[str]:
    try:
        stack.quiet(STEP_SECONDS)
    except NotQuietError as problem:
        return [str(problem)]
    return []


def differences(step: Step, before: set[tuple[str, str]], seen: Seen) -> list[str]:
    """What came out otherwise than the step says."""
    found = []
    if tuple(seen.answers) != step.answers:
        found.append(f"answered {seen.answers}, expected {list(step.answers)}")
    if Counter(seen.writes) != Counter(step.writes):
        found.append(f"changed links by {seen.writes}, expected {list(step.writes)}")
    if seen.links != (before | step.gained) - step.lost:
        found.append(f"linked {sorted(seen.links)}, expected {sorted((before | step.gained) - step.lost)}")
    if step.silent and seen.calls:
        found.append(f"called {seen.calls}, expected no call at all")
    return found


def _cells(number: int, step: Step, seen: Seen, *, wide: bool) -> list[list[str]]:
    links: dict[str, list[str]] = {}
    for ticket, key in sorted(seen.links):
        links.setdefault(ticket, []).append(key)
    linked = [f"{ticket}: {' '.join(key.removeprefix('PROJ-') for key in keys)}" for ticket, keys in links.items()]
    deliveries = [line for pair in zip(seen.sent, seen.answers, strict=True) for line in (pair[0], f"→ {pair[1]}")]
    first = [[step.title], deliveries] if wide else [[step.title, *deliveries]]
    return [[str(number)], *first, seen.calls or ["nothing"], linked]
