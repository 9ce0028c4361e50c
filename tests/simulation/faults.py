"""What may go wrong at every step of input and output."""

from dataclasses import dataclass
from random import Random

from linksync.errors import AwsUnavailable, UpstreamThrottled, UpstreamUnavailable


class Crash(BaseException):
    """The worker's process is gone.  Not an Exception: no handler of the worker may see it."""


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Faults:
    """Dice for every step.  `rate` is the chance of a fault at one step; nothing fails while it is 0."""

    random: Random
    clock: Clock
    rate: float = 0.0
    outage: bool = False
    zendesk_outage: bool = False
    poisoned: frozenset[str] = frozenset()
    """Tickets whose calls Zendesk always answers 503."""
    demanded: float = 0.0
    """Seconds for which the remote side forbade the run at hand to come again."""
    unclean: bool = False
    """Whether the run at hand was cut short in a way that leaves open what it did."""

    def _strikes(self) -> bool:
        return self.rate > 0 and self.random.random() < self.rate

    def ours(self) -> None:
        """Around a call to our own AWS: a crash, or no answer."""
        if self._strikes():
            self.unclean = True
            raise self.random.choice([Crash(), AwsUnavailable("simulated")])

    def before_zendesk(self, ticket_id: str) -> None:
        """Before Zendesk applies a call for a ticket."""
        if self.zendesk_outage or ticket_id in self.poisoned:
            raise UpstreamUnavailable("simulated 503", maybe_applied=False)
        self.before_call()

    def before_call(self) -> None:
        """Before a remote side applies a call: it may not get there, be refused for now, or take long."""
        if self.outage:
            raise UpstreamUnavailable("simulated outage", maybe_applied=False)
        if not self._strikes():
            return
        match self.random.randrange(6):
            case 0:
                self.unclean = True
                raise Crash
            case 1:
                retry_after = self.random.choice([None, 3.0, 60.0])
                self.demanded = retry_after or 0.0
                raise UpstreamThrottled("simulated 429", retry_after=retry_after)
            case 2:
                raise UpstreamUnavailable("simulated 503", maybe_applied=False)
            case 3:
                self.demanded = 20.0
                raise UpstreamUnavailable("simulated 503 with a demand", retry_after=20.0, maybe_applied=False)
            case 4:
                self.unclean = True
                raise UpstreamUnavailable("simulated reset before it was applied")
            case _:
                self.clock.now += self.random.uniform(1, 9)

    def after_call(self) -> None:
        """After a remote side applied a call: its answer may be lost."""
        if self._strikes():
            self.unclean = True
            raise self.random.choice([Crash(), UpstreamUnavailable("simulated reset after it was applied")])
