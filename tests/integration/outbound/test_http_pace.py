"""A pace, where one is given: each call waits for its turn, and what its response tells of limits is learnt."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
import responses

from linksync.errors import UpstreamThrottled
from linksync.outbound.http_api import Call, HttpApi
from linksync.outbound.rate_limits import RateLimit

CALL = Call(method="GET", path="/tickets/{ticket}", ids={"ticket": "5001"})
URL = "https://acme.zendesk.com/tickets/5001"
LIMITS = {"x-rate-limit": "700", "x-rate-limit-remaining": "12"}


@dataclass
class Turns:
    recorded: responses.RequestsMock
    told: list[object] = field(default_factory=list)

    def before(self, path: str) -> None:
        self.told.append((path, "before", len(self.recorded.calls)))

    def after(self, path: str, limits: Sequence[RateLimit]) -> None:
        self.told.append((path, "after", len(self.recorded.calls), [limit.remaining for limit in limits]))


@pytest.mark.parametrize("status", [200, 429])
def test_a_call_waits_for_its_turn_and_tells_of_its_limits(
    recorded: responses.RequestsMock, zendesk: HttpApi, status: int
) -> None:
    turns = Turns(recorded)
    recorded.get(URL, status=status, headers=LIMITS)
    paced = replace(zendesk, pace=turns)
    if status == 200:
        paced.send(CALL, accept=frozenset({200}))
    else:
        with pytest.raises(UpstreamThrottled):
            paced.send(CALL, accept=frozenset({200}))
    assert turns.told == [("/tickets/{ticket}", "before", 0), ("/tickets/{ticket}", "after", 1, [12])]
