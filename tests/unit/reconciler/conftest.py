"""The environment that the template gives the reconciler's log, and a stack to reconcile."""

from collections.abc import Iterator

import pytest

from linksync import observability
from tests.unit.reconciler.parts import Parts


@pytest.fixture(autouse=True)
def observed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "reconciler")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "linksync")
    cached = (observability.logger, observability._serializer)
    for one in cached:
        one.cache_clear()
    yield
    for one in cached:
        one.cache_clear()


@pytest.fixture
def parts() -> Parts:
    return Parts()
