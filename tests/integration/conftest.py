"""moto's AWS over HTTP, for linksync's own calls.  The same AWS is what `mock_aws` shows to boto3 here."""

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from linksync.store.aws_calls import CallLimits

LIMITS = CallLimits(connect=1, read=5, attempts=1)


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Where it listens."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def over_http(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> CallLimits:
    """Sends linksync's own calls there, from the region that the tests are in."""
    for service in ("SQS", "SECRETS_MANAGER", "DYNAMODB"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", moto_url)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    return LIMITS
