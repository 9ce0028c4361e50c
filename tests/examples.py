"""Values that tests of several parts share."""

from collections.abc import Iterator

import pytest

from linksync import observability
from linksync.core.messages import Quarantined


def quarantined(*, delivery: str = "d", source: str = "test", received_at: float = 1.5) -> Quarantined:
    """A body that nobody could read."""
    return Quarantined(
        delivery=delivery,
        correlation_id="c",
        source=source,
        received_at=received_at,
        reason="not_json",
        excerpt="eA==",
        size=1,
        sha256="ab" * 32,
    )


def logging_as(service: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment that the template gives the logs and metrics of a service, with no logger kept from before."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "linksync")
    for cached in (observability.logger, observability._serializer):
        cached.cache_clear()
    yield
    for cached in (observability.logger, observability._serializer):
        cached.cache_clear()
