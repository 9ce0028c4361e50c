"""A search index that lags behind what it indexes, as both vendors' do."""

import threading
import time
from collections import deque
from collections.abc import Callable


class LaggingIndex[K, V]:
    """Values by key, as they were `lag` seconds ago.  A lag of 0 is an index that is always up to date."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.lag = 0.0
        self._clock = clock
        self._visible: dict[K, V] = {}
        self._pending: deque[tuple[float, K, V | None]] = deque()
        self._lock = threading.Lock()

    def put(self, key: K, value: V) -> None:
        """Indexes a value; it is seen when the lag is over."""
        self._add(key, value)

    def remove(self, key: K) -> None:
        """Takes a key out; it is seen until the lag is over."""
        self._add(key, None)

    def values(self) -> list[V]:
        """What a search sees now."""
        with self._lock:
            self._catch_up()
            return list(self._visible.values())

    def get(self, key: K) -> V | None:
        """One value as a search sees it now."""
        with self._lock:
            self._catch_up()
            return self._visible.get(key)

    def _add(self, key: K, value: V | None) -> None:
        with self._lock:
            self._pending.append((self._clock(), key, value))
            self._catch_up()

    def _catch_up(self) -> None:
        until = self._clock() - self.lag
        while self._pending and self._pending[0][0] <= until:
            _, key, value = self._pending.popleft()
            if value is None:
                self._visible.pop(key, None)
            else:
                self._visible[key] = value
