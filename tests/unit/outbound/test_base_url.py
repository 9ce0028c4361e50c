"""Where a vendor's API may be."""

import pytest

from linksync.errors import Misconfigured
from linksync.outbound.base_url import checked_base_url, is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.zendesk.com",
        "https://api.atlassian.com/ex/jira/11223344-a1b2-4c3d-8e9f-000000000000",
        "https://10.0.0.7:8443",
        "https://acme.example/jira_",
        "http://127.0.0.1:9000",
        "http://127.9.9.9",
        "http://localhost:9000/jira",
        "HTTP://LOCALHOST:9000",
        "http://[::1]:9000",
    ],
)
def test_https_anywhere_and_plain_http_on_this_machine(url: str) -> None:
    assert url == checked_base_url(url + "/", parameter="JiraBaseUrl")


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.zendesk.com",
        "http://10.0.0.7",
        "http://0.0.0.0",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://[::2]",
    ],
)
def test_plain_http_elsewhere_is_misconfigured(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"^JiraBaseUrl must begin with https://"):
        checked_base_url(url, parameter="JiraBaseUrl")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.zendesk.com",
        "ftp://acme.zendesk.com",
        "file:///etc/passwd",
        "https://",
        "https://:443",
        "//acme.example",
        "https://user:hunter2@acme.example",
        "https://acme.example?x=hunter2",
        "https://acme.example#hunter2",
        "https://acme.example\\@evil.example",
        "https://acme.example /",
        "https://acme.example\n",
        "https://acme.example:port",
        "https://acme.example:99999",
        "https://a..example",
        "https://acme.example/jir\u00e4",
        "https://\u212aacme.example",
        "https://[::1",
        "https://{ZendeskSubdomain}.zendesk.com",
    ],
)
def test_what_is_no_plain_url_is_misconfigured_and_not_shown(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"^ZendeskBaseUrl must be a URL such as") as caught:
        checked_base_url(url, parameter="ZendeskBaseUrl")
    assert "hunter2" not in str(caught.value)


def test_loopback_is_told_apart() -> None:
    assert is_loopback("http://127.0.0.1:9000/x")
    assert not is_loopback("https://acme.atlassian.net")
    assert not is_loopback("http://[broken")
