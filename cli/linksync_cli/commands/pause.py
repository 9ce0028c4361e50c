"""`linksync pause` and `linksync resume`: the emergency stop."""

from linksync_cli.command import Run, command


@command(writes=True)
def pause(run: Run) -> None:
    """Stop all work on links at once.  Deliveries are still accepted, and wait."""
    _turn(run, on=False)


@command(writes=True)
def resume(run: Run) -> None:
    """Go on with the work on links, where `linksync pause` stopped it."""
    _turn(run, on=True)


def _turn(run: Run, *, on: bool) -> None:
    from linksync_cli.stack import deployed
    from linksync_cli.worker_switch import WorkerSwitch

    stack = deployed(run)
    worker = WorkerSwitch(stack)
    switches = worker.switches()
    if stack.parameter("ReconcileEnabled") == "false" and on:  # it was off before the pause
        switches = [switch for switch in switches if switch.what != "schedule"]
    changed = [switch for switch in switches if switch.on is not on]
    for switch in changed if not run.dry_run else ():
        worker.turn(switch, on=on)
    paused = not all(switch.on for switch in switches) if run.dry_run else not on
    run.end({"paused": paused}, _rendered(changed_any=bool(changed), on=on, dry_run=run.dry_run))


def _rendered(*, changed_any: bool, on: bool, dry_run: bool) -> str:
    if not changed_any:
        return "It is running already." if on else "It is paused already."
    if dry_run:
        return f"Would switch the worker and the reconciler's schedule {'on' if on else 'off'}."
    if on:
        return "Resumed.  What waited is being worked on now."
    return (
        "Paused.  Deliveries are still accepted, and wait for up to 14 days.  A message that is being worked on is"
        " finished.  Go on with `linksync resume`."
    )
