"""How far a run has come: the checkpoint that it moves forward, under a lease that each step renews."""

from linksync.core.checkpoints import Checkpoint
from linksync.reconciler.dependencies import Dependencies

LEASE = 300.0
"""Seconds for which the lease is held: longer than any step with its waits, short enough after a crash."""


class Progress:
    """The checkpoint of a run that holds the lease."""

    def __init__(self, deps: Dependencies, holder: str, checkpoint: Checkpoint) -> None:
        self._deps = deps
        self._holder = holder
        self.checkpoint = checkpoint

    def save(self, checkpoint: Checkpoint) -> None:
        """Record it, and renew the lease.  Raises LeaseLost."""
        self._deps.state.save(self._holder, checkpoint, until=self._deps.now() + LEASE)
        self.checkpoint = checkpoint
