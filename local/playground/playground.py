"""The playground of a running stack: it looks at it again and again, and serves the page."""

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.stack import Stack
from local.playground.controls import Controls, NotPossible
from local.playground.dead_letters import DeadLetterTray
from local.playground.feed import Feed
from local.playground.observation import Observation
from local.playground.player import Player
from local.playground.server import PageServer
from local.vendors import SimulatedVendors

PAUSE = 0.25
"""Seconds between two looks."""


class Playground:
    """`with Playground(stack) as playground:` serves the page at `playground.url`."""

    def __init__(self, stack: Stack, *, port: int = 0) -> None:
        tray = DeadLetterTray(stack)
        self.controls = Controls(stack, tray)
        self.player = Player(self.controls, self._wait_quiet)
        self._stack = stack
        self._observation = Observation(stack, tray)
        self._feed = Feed()
        self._server = PageServer(self._feed, self._do, port=port)
        self._ended = threading.Event()
        self._open = ExitStack()

    @property
    def url(self) -> str:
        """The page's address."""
        return self._server.url

    @property
    def vendors(self) -> SimulatedVendors:
        """The vendors that are played with."""
        return self._stack.vendors

    def look(self) -> dict[str, Any]:
        """Everything that the page shows."""
        switches = self.controls.switches
        shown = [
            {"name": one.name, "where": one.where, "title": one.title, "on": switches.is_on(one.name)}
            for one in switches.all()
        ]
        return {**self._observation.look(), "switches": shown, "scenarios": self.player.state()}

    def __enter__(self) -> Self:
        self._open.enter_context(self._server)
        threading.Thread(target=self._watch, daemon=True).start()
        # The first run of a stack marks where the reconciler begins: on AWS its schedule does that.
        threading.Thread(target=self._begin_reconciling, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._ended.set()
        self.player.stop()
        self._open.close()

    def _do(self, name: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
        if name == "play":
            return self.player.play(details)
        if name == "stop":
            return self.player.stop()
        return self.controls.do(name, details)

    def _watch(self) -> None:
        """Looks and publishes while anybody follows.  A look that fails leaves the page stale, and it says so."""
        while not self._ended.wait(PAUSE):
            if self._feed.followed:
                try:
                    self._feed.publish(self.look())
                except (BotoCoreError, ClientError, OSError):
                    continue

    def _begin_reconciling(self) -> None:
        try:
            self.controls.reconcile()
        except (NotPossible, BotoCoreError, ClientError, OSError):
            return  # the page's own button does the same

    def _wait_quiet(self, seconds: float, stopped: threading.Event) -> None:
        deadline = time.monotonic() + seconds
        idle, depth = self._stack.vendors.senders.idle, self._stack.depth
        while not (idle() and depth().total == 0 and idle()):
            if time.monotonic() > deadline or stopped.wait(0.1):
                return
