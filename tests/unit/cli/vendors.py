"""The simulated vendors as an operator meets them: empty accounts, and credentials in the environment."""

from typing import Any

import pytest

from local.vendors import SUBDOMAIN, SimulatedVendors
from tests.unit.cli.account import Account

ENDPOINT = "https://abc123.execute-api.us-east-1.amazonaws.com/v1/webhooks"


def credentials_in(monkeypatch: pytest.MonkeyPatch, vendors: SimulatedVendors) -> None:
    """Both vendors' credentials, in the environment."""
    for side, entry in vendors.credentials().items():
        for name, value in entry.items():
            monkeypatch.setenv(f"LINKSYNC_{side}_{name}".upper(), value)


def aimed_at(account: Account, vendors: SimulatedVendors, **parameters: str) -> None:
    """The stack of the account has these vendors."""
    account.cloudformation.parameters = vendors.parameters() | {"ZendeskSubdomain": SUBDOMAIN} | parameters
    account.cloudformation.outputs |= {
        "ZendeskWebhookUrl": f"{ENDPOINT}/zendesk",
        "JiraWebhookUrl": f"{ENDPOINT}/jira",
        "JiraAutomationUrl": f"{ENDPOINT}/jira/automation",
    }


def writes(vendors: SimulatedVendors) -> list[tuple[str, str]]:
    """Everything that was written at either vendor, as method and path; fetching tokens aside."""
    calls: list[Any] = [*vendors.zendesk.calls.matching(), *vendors.jira.calls.matching()]
    return [(one.method, one.path) for one in calls if one.method != "GET" and "/oauth/" not in one.path]
