"""Plays one scenario at a time, in the background."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from local.playground.controls import Controls, NotPossible
from local.playground.scenarios import Scenario, Step, scenarios

LONGEST_WAIT = 90.0
"""Seconds after which a step is no longer waited for."""


class Player:
    """`play` starts a scenario, `stop` ends it after its step.  `quiet` waits up to so many seconds for quiet."""

    def __init__(self, controls: Controls, quiet: Callable[[float, threading.Event], None]) -> None:
        self._controls = controls
        self._quiet = quiet
        self._scenarios = {scenario.name: scenario for scenario in scenarios()}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._playing = ""
        self._captions: list[str] = []

    def state(self) -> dict[str, Any]:
        """What can be played, what is playing, and the captions so far."""
        listed = [{"name": one.name, "title": one.title, "shows": one.shows} for one in self._scenarios.values()]
        with self._lock:
            return {"all": listed, "playing": self._playing, "captions": list(self._captions)}

    def play(self, details: Mapping[str, Any]) -> Mapping[str, Any]:
        """Starts the scenario that `name` names.  Raises NotPossible while another plays."""
        scenario = self._scenarios.get(details["name"])
        if scenario is None:
            raise NotPossible("There is no such scenario.")
        with self._lock:
            if self._playing:
                raise NotPossible("Another scenario is playing: stop it first.")
            self._playing, self._captions = scenario.name, []
            self._stop.clear()
        threading.Thread(target=self._run, args=(scenario,), daemon=True).start()
        return {}

    def stop(self, _details: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Ends what is playing; what was switched on stays so."""
        self._stop.set()
        return {}

    def _run(self, scenario: Scenario) -> None:
        try:
            for step in scenario.steps:
                if self._stop.is_set():
                    break
                self._play_step(step)
        finally:
            with self._lock:
                self._playing = ""

    def _play_step(self, step: Step) -> None:
        with self._lock:
            self._captions.append(step.caption)
        try:
            step.do(self._controls)
        except NotPossible as problem:
            with self._lock:
                self._captions.append(str(problem))
        if step.waits:
            self._quiet(LONGEST_WAIT, self._stop)
        self._stop.wait(step.pause)
