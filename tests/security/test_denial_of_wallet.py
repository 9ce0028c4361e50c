"""Strangers cost a hash, and no calls, even while our own side is out of order."""

from collections.abc import Callable
from typing import Any

import pytest

from linksync.errors import AwsUnavailable, LinksyncError
from linksync.store.secrets import GOOD_FOR, CachedSecret

THROTTLED = AwsUnavailable("throttled")
GOOD = {"SecretString": '{"zendesk": ["s"]}'}


class Store:
    """Secrets Manager, and a clock that stands still until it is told to move."""

    def __init__(self, answer: dict[str, str] | Exception) -> None:
        self.answer, self.calls, self.now = answer, 0, 1_790_000_000.0

    @property
    def get_secret_value(self) -> Callable[..., dict[str, Any]]:
        return self._get

    def _get(self, **_: str) -> dict[str, Any]:
        self.calls += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    "answer", [THROTTLED, {"SecretString": '{"zendesk": ["s",]}'}, {}], ids=["out", "slip", "none"]
)
def test_a_secret_that_cannot_be_read_is_not_asked_for_at_every_knock(answer: dict[str, str] | Exception) -> None:
    store = Store(answer)
    reported: list[LinksyncError] = []
    secret = CachedSecret(store, "arn", clock=lambda: store.now, report=reported.append)
    for _ in range(1000):
        store.now += 0.01
        with pytest.raises(LinksyncError):
            secret.get()
    assert store.calls <= 11
    assert len(reported) == store.calls  # a line and a metric a read, and none a knock


def test_a_store_that_is_back_is_asked_again_before_senders_try_again() -> None:
    store = Store(THROTTLED)
    secret = CachedSecret(store, "arn", clock=lambda: store.now)
    with pytest.raises(LinksyncError):
        secret.get()
    store.answer = GOOD
    store.now += 5  # what Retry-After says
    assert secret.get() == {"zendesk": ["s"]}


def test_an_outage_longer_than_a_copy_is_good_for() -> None:
    store = Store(GOOD)
    secret = CachedSecret(store, "arn", clock=lambda: store.now)
    secret.get()
    store.answer, store.now = THROTTLED, store.now + GOOD_FOR
    for _ in range(100):
        with pytest.raises(LinksyncError):
            secret.get()
    assert store.calls <= 2


def test_whoever_insists_is_served() -> None:
    store = Store(THROTTLED)
    secret = CachedSecret(store, "arn", clock=lambda: store.now)
    with pytest.raises(LinksyncError):
        secret.get()
    store.answer = GOOD
    assert secret.get(fresh=True) == {"zendesk": ["s"]}
