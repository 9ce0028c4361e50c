"""What a webhook's sender delivers, and what can become of it on the way."""

import http.client
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try.  `status` is None where no answer came: then `error` is `timeout` or `connection`."""

    at: float
    status: int | None
    headers: dict[str, str]
    body: str
    error: str = ""
    sent_headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Delivery:
    """One thing to deliver.  `headers` makes the headers of an attempt, told how many went before it.

    `state` is `pending`, then `delivered` (2xx) or `dropped` (anything else that is not retried any more), or `lost`
    where its sender never sent it.  `why` is the sender's own word for a delivery that it did not send; `at` is when
    it was made.
    """

    id: str
    sender: str
    url: str
    body: bytes
    headers: Callable[[int], dict[str, str]]
    method: str = "POST"
    attempts: list[Attempt] = field(default_factory=list)
    state: str = "pending"
    why: str = ""
    at: float = field(default_factory=time.time)

    @property
    def answer(self) -> str:
        """The last answer in short: status and body, or what kept it away."""
        last = self.attempts[-1] if self.attempts else None
        return "" if last is None else f"{last.status or last.error} {last.body}".strip()

    def again(self) -> "Delivery":
        """The same thing once more, under the same id."""
        return Delivery(self.id, self.sender, self.url, self.body, self.headers, self.method)


@dataclass(slots=True)
class DeliveryFaults:
    """What a sender that is best effort may do, by chance: lose a delivery, send it twice, be late with it.

    `drop` and `duplicate` are how likely each is (0 to 1); `late` is the most seconds that one is late, so that
    deliveries overtake each other.
    """

    drop: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    seed: int = 0
    _random: random.Random | None = None

    def clear(self) -> None:
        """Every delivery is sent once and at once again."""
        self.drop = self.duplicate = self.late = 0.0

    def times(self) -> int:
        """How often to send the next delivery."""
        if self._chance() < self.drop:
            return 0
        return 2 if self._chance() < self.duplicate else 1

    def delay(self) -> float:
        """How many seconds to be late with it."""
        return self._chance() * self.late

    def _chance(self) -> float:
        self._random = self._random or random.Random(self.seed)  # noqa: S311  chance, not a secret
        return self._random.random()


def attempt(delivery: Delivery, url: str, timeout: float) -> Attempt:
    """Sends it once, to this URL, and waits so many seconds for the answer."""
    at, parts, headers = time.time(), urlsplit(url), delivery.headers(len(delivery.attempts))
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request(delivery.method, path, delivery.body, headers)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Attempt(at, answer.status, told, body, sent_headers=headers)
    except TimeoutError:
        return Attempt(at, None, {}, "", "timeout", headers)
    except (OSError, http.client.HTTPException):
        return Attempt(at, None, {}, "", "connection", headers)
    finally:
        connection.close()
