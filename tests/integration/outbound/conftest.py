"""Fixtures: both remote sides, over recorded answers or a loopback server."""

import threading
import traceback
from collections.abc import Iterator

import pytest
import responses

from linksync.outbound.http_api import HttpApi, Timeouts
from linksync.outbound.vendor_apis import VendorApis
from tests.integration.outbound.simulated_vendors import JIRA, ZENDESK, Clock, Loopback, Told, Vault


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault(
        {
            "zendesk": {"email": "bot@acme.example", "api_token": "zd-secret-hunter2"},
            "jira": {"email": "bot@acme.example", "api_token": "jira-secret-hunter2"},
        }
    )


@pytest.fixture
def outside(vault: Vault, clock: Clock) -> VendorApis:
    return VendorApis(source=vault, clock=clock, timeouts=Timeouts(connect=0.5, read=0.3, body=0.6))


@pytest.fixture
def recorded() -> Iterator[responses.RequestsMock]:
    """Answers in the order in which they are added, all of which must be asked for."""
    with responses.RequestsMock(registry=responses.registries.OrderedRegistry) as mock:
        yield mock


@pytest.fixture
def zendesk(outside: VendorApis) -> HttpApi:
    return outside.zendesk(ZENDESK)


@pytest.fixture
def jira(outside: VendorApis) -> HttpApi:
    return outside.jira(JIRA)


@pytest.fixture
def told() -> Told:
    """All that a log could show of an error: text, repr, traceback with every cause; checked to hold no secret."""

    def text(error: BaseException) -> str:
        shown = "".join([str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)])
        assert "hunter2" not in shown
        assert "Basic " not in shown
        return shown

    return text


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.listener.close()
