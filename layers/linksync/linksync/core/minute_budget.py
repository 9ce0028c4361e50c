"""How much was taken in the last minute, so that no minute ever sees more than is allowed."""

from collections import deque


class MinuteBudget:
    """What was taken within the last `seconds`.  The times that it is given must not go back."""

    def __init__(self, seconds: float = 60.0) -> None:
        self.seconds = seconds
        self._taken: deque[tuple[float, int]] = deque()
        self._sum = 0

    def wait(self, now: float, *, allowed: int, amount: int = 1) -> float:
        """Seconds until so much more may be taken; an amount above what is allowed at all waits for an empty window."""
        self._forget(now)
        over = self._sum + min(amount, allowed) - allowed
        opens = now
        for at, taken in self._taken:
            if over <= 0:
                break
            over -= taken
            opens = at + self.seconds
        return opens - now

    def take(self, now: float, amount: int = 1) -> None:
        """Note that so much is taken."""
        self._forget(now)
        self._taken.append((now, amount))
        self._sum += amount

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0][0] + self.seconds <= now:
            self._sum -= self._taken.popleft()[1]
