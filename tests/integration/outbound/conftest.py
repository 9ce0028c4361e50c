"""Fixtures: both APIs, over recorded answers or a loopback server."""

import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from linksync.outbound.connections import new_session
from linksync.outbound.http_api import HttpApi, Timeouts
from linksync.outbound.vendor_apis import VendorApis
from local.http.tls import LoopbackCertificate
from tests.integration.outbound.simulated_vendors import JIRA, ZENDESK, Clock, Loopback, Shown, Vault


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
def apis(vault: Vault, clock: Clock) -> VendorApis:
    return VendorApis(source=vault, clock=clock, timeouts=Timeouts(connect=0.5, total=0.6))


@pytest.fixture
def recorded() -> Iterator[responses.RequestsMock]:
    """Answers in the order in which they are added, all of which must be asked for."""
    with responses.RequestsMock(registry=responses.registries.OrderedRegistry) as mock:
        yield mock


@pytest.fixture
def zendesk(apis: VendorApis) -> HttpApi:
    return apis.zendesk(ZENDESK)


@pytest.fixture
def jira(apis: VendorApis) -> HttpApi:
    return apis.jira(JIRA)


@pytest.fixture
def shown() -> Shown:
    """All that a log could show of an error: text, repr, traceback with every cause; checked to hold no secret."""

    def shown_by(error: BaseException) -> str:
        text = "".join([str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)])
        assert "hunter2" not in text
        assert "Basic " not in text
        return text

    return shown_by


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.listener.close()


@pytest.fixture
def tls_api(vault: Vault, clock: Clock, loopback: Loopback, tmp_path: Path) -> HttpApi:
    """Zendesk at the loopback server, which speaks https."""
    certificate = LoopbackCertificate(tmp_path)
    loopback.tls = certificate.server_context
    session = new_session()
    session.verify = str(certificate.path)
    timeouts = Timeouts(connect=0.3, total=0.6)
    return VendorApis(source=vault, clock=clock, session=session, timeouts=timeouts).zendesk(loopback.url)
