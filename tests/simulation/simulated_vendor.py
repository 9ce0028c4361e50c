"""What the simulated Zendesk and the simulated Jira have in common: the laptop's sites, without a socket."""

from dataclasses import dataclass

from local.http.messages import HttpRequest, Reply
from local.http.server import Site
from tests.simulation.fault_injector import FaultInjector
from tests.simulation.fault_kinds import Fault
from tests.simulation.link_witness import Outcome

LAGS = 0.5
"""The chance that an older copy is shown where there is one, while things fail."""


@dataclass(kw_only=True)
class SimulatedVendor:
    """A site behind a host name.

    `down` is what meets every call while it is down; `demand` the seconds that it asks for then, or 0 for any.
    """

    host: str
    site: Site
    injector: FaultInjector
    down: Fault | None = None
    demand: float = 0.0

    def standing_fault(self, asked: HttpRequest) -> Fault | None:
        """What meets this call for sure."""
        if self.down is not None:
            self.injector.counts[self.down] += 1
        return self.down

    def answer(self, asked: HttpRequest) -> Reply:
        """The vendor's own answer: at times from an older copy."""
        older = self.older(asked) if self.injector.rate else None
        if older is not None and self.injector.happens(Fault.LAGGING_REPLICA, LAGS):
            return older
        return self.site.serve(asked)

    def revoke(self, *, revoked: bool) -> None:
        """Take our credentials away, or give them back."""
        raise NotImplementedError

    def older(self, asked: HttpRequest) -> Reply | None:
        """The answer of a replica that lags, where it differs."""
        raise NotImplementedError

    def name(self, asked: HttpRequest) -> str:
        """What the call is, in counts of calls."""
        raise NotImplementedError

    def ended(self, asked: HttpRequest, outcome: Outcome) -> None:
        """A call is over."""

    def killed(self, asked: HttpRequest) -> None:
        """The run that made a call ended with it."""
        self.ended(asked, "unknown")
