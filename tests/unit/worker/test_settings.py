"""What the template tells the worker."""

import pytest

from linksync.core.links import UnlinkPolicy
from linksync.core.listed_links import LinksApiVersion
from linksync.errors import Misconfigured
from linksync.worker.settings import Settings, settings_of

REQUIRED = {
    "EVENT_QUEUE_URL": "https://queue.example/events.fifo",
    "DEAD_LETTER_QUEUE_URL": "https://queue.example/dead.fifo",
    "LEDGER_TABLE": "ledger",
    "IDEMPOTENCY_TABLE": "idempotency",
    "API_CREDENTIALS_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:api",
    "ZENDESK_SUBDOMAIN": "acme",
    "JIRA_BASE_URL": "https://acme.atlassian.net",
}


def test_what_may_be_left_out() -> None:
    settings = settings_of(REQUIRED | {"PATH": "/bin"})
    assert settings == Settings(**{name.lower(): value for name, value in REQUIRED.items()})
    assert (settings.unlink_policy, settings.zendesk_url) == (UnlinkPolicy.OWNED, "https://acme.zendesk.com")
    assert (settings.zendesk_base_url, settings.jira_integration_external_id, settings.history_days) == ("", "", 0)


@pytest.mark.parametrize(
    ("name", "value", "attribute", "read"),
    [
        ("ZENDESK_BASE_URL", "http://127.0.0.1:8001", "zendesk_url", "http://127.0.0.1:8001"),
        ("UNLINK_POLICY", "any", "unlink_policy", UnlinkPolicy.ANY),
        ("ZENDESK_SUBDOMAIN", " acme2 ", "zendesk_subdomain", "acme2"),
        ("LINKS_API_VERSION", "v1", "links_api_version", LinksApiVersion.V1),
        ("JIRA_INTEGRATION_EXTERNAL_ID", "ext-1", "jira_integration_external_id", "ext-1"),
    ],
)
def test_what_may_be_told(name: str, value: str, attribute: str, read: object) -> None:
    assert getattr(settings_of(REQUIRED | {name: value}), attribute) == read


@pytest.mark.parametrize("value", ["", "  ", None])
@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_what_is_missing_is_named(name: str, value: str | None) -> None:
    environ = {key: known for key, known in REQUIRED.items() if key != name}
    if value is not None:
        environ[name] = value
    with pytest.raises(Misconfigured, match=rf"behind {name} and"):
        settings_of(environ)


def test_what_is_wrong_is_named_and_not_shown() -> None:
    with pytest.raises(Misconfigured) as problem:
        settings_of(REQUIRED | {"UNLINK_POLICY": "hunter2", "LEDGER_TABLE": ""})
    assert str(problem.value) == "check the parameters behind LEDGER_TABLE, UNLINK_POLICY and deploy the template again"
