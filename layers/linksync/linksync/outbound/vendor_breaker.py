"""One vendor's breaker in this process, and what is told of the calls to it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from typing import Protocol

from linksync.core.breaker import PROBE_SECONDS, Breaker
from linksync.errors import PutOff
from linksync.outbound.responses import Response
from linksync.outbound.retry_after import retry_after


class CallObserver(Protocol):
    """Who counts calls upstream.  `vendor` is `zendesk` or `jira`."""

    def called(self, vendor: str, milliseconds: float) -> None:
        """A call was made, whatever became of it, and took so long."""

    def breaker_opened(self, vendor: str) -> None:
        """The vendor is left alone from now on, for a while."""


_observer: ContextVar[CallObserver | None] = ContextVar("observer", default=None)


@contextmanager
def observed_by(observer: CallObserver) -> Iterator[None]:
    """The calls that are made inside are told to the observer."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def tell_call(vendor: str, milliseconds: float) -> None:
    """Tell the observer, if there is one, that a call took so long."""
    if observer := _observer.get():
        observer.called(vendor, milliseconds)


class VendorBreaker:
    """The calls to one vendor, its token endpoint included.  Unless `enabled`, every call is made."""

    def __init__(self, vendor: str = "", *, enabled: bool = False, clock: Callable[[], float] = time.time) -> None:
        self._vendor = vendor
        self._state = Breaker() if enabled else None
        self._clock = clock

    def admit(self, what: str) -> float:
        """The seconds that the call `what` may take: infinite, or few for a probe.  Raises PutOff while it is open."""
        if self._state is None:
            return inf
        if wait := self._state.wait(self._clock()):
            raise PutOff(
                f"{what} was not sent: {self._vendor} has failed too often, or wants no calls for now; it is asked "
                f"again after {wait:.0f} s",
                retry_after=wait,
                throttled=self._state.throttled,
            )
        return PROBE_SECONDS if self._state.probes else inf

    def failed(self) -> None:
        """A call got no response, none in time, or a part of one."""
        if self._state is not None:
            self._become(self._state.after_failure(self._clock()))

    def answered(self, response: Response, *, closes: bool = True) -> None:
        """A call got a response that tells something.  `closes`: one that is no failure closes the breaker."""
        if self._state is None:
            return
        now = self._clock()
        if response.status >= 500:
            self._become(self._state.after_failure(now))
        elif response.throttles_every_call:
            demand = retry_after(response.headers, now=now, throttled=True)
            self._become(self._state.after_demand(now, demand or 0.0))
        elif closes:
            self._state = Breaker()

    def _become(self, state: Breaker) -> None:
        opened = state.wait(self._clock()) > 0 and not (self._state and self._state.probes)
        self._state = state
        if opened and (observer := _observer.get()):
            observer.breaker_opened(self._vendor)
