"""How far a run has come: the checkpoint that it moves forward, under a lease that each step renews."""

from linksync.core.checkpoints import Checkpoint
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.limits import LEASE


class LeasedCheckpoint:
    """The checkpoint of a run that holds the lease."""

    def __init__(self, deps: Dependencies, holder: str, checkpoint: Checkpoint) -> None:
        self._deps = deps
        self._holder = holder
        self.checkpoint = checkpoint

    def save(self, checkpoint: Checkpoint) -> None:
        """Record it, and renew the lease.  Raises LeaseLost."""
        self._deps.state.save(self._holder, checkpoint, until=self._deps.now() + LEASE)
        self.checkpoint = checkpoint
