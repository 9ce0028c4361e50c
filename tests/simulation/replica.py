"""Old copies: what a vendor shows for some seconds after a change."""

from dataclasses import dataclass, field

from tests.simulation.clock import Clock

LAG = 5.0
"""Seconds by which a replica may be behind."""


@dataclass
class Replica[Copy]:
    """What subjects looked like, and since when."""

    clock: Clock
    _versions: dict[str, list[tuple[float, Copy]]] = field(default_factory=dict)

    def keep(self, subject: str, version: Copy) -> None:
        """It looks like this from now on."""
        self._versions.setdefault(subject, []).append((self.clock.now, version))

    def older(self, subject: str) -> Copy | None:
        """What a replica that lags shows; None when it shows what there is, or never heard of the subject."""
        versions = self._versions.get(subject, [])
        seen = self.clock.now - LAG
        if not versions or versions[-1][0] <= seen:
            return None
        return next((version for at, version in reversed(versions) if at <= seen), None)
