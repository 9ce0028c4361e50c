"""Where Zendesk and Jira are, as the stack's parameters tell, and which parameter is named when that is wrong."""

import pytest

from linksync.errors import Misconfigured
from linksync.outbound.vendor_apis import VendorApis
from linksync.outbound.vendor_settings import VendorSettings, read_settings

ENVIRONMENT = {
    "EVENT_QUEUE_URL": "https://sqs.test/events.fifo",
    "LEDGER_TABLE": "ledger",
    "API_CREDENTIALS_ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:ApiCredentials",
    "ZENDESK_SUBDOMAIN": "acme",
    "JIRA_BASE_URL": "https://acme.atlassian.net",
}
APIS = VendorApis(source=lambda **_: {})


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("", "https://acme.zendesk.com"),
        ("  ", "https://acme.zendesk.com"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
    ],
)
def test_where_zendesk_is(base_url: str, url: str) -> None:
    settings = read_settings(VendorSettings, ENVIRONMENT | {"ZENDESK_BASE_URL": base_url})
    assert settings.zendesk_url == url


@pytest.mark.parametrize("name", ENVIRONMENT)
@pytest.mark.parametrize("value", ["", " "])
def test_what_is_missing_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=rf"parameters behind {name} and"):
        read_settings(VendorSettings, ENVIRONMENT | {name: value})


def test_each_vendor_has_its_name() -> None:
    assert (APIS.zendesk("https://acme.zendesk.com").name, APIS.jira("https://acme.atlassian.net").name) == (
        "Zendesk",
        "Jira",
    )


def test_an_unsafe_address_names_its_parameter() -> None:
    with pytest.raises(Misconfigured, match=r"\bZendeskBaseUrl\b"):
        APIS.zendesk("http://acme.zendesk.com")
    with pytest.raises(Misconfigured, match=r"\bJiraBaseUrl\b"):
        APIS.jira("http://acme.atlassian.net")
