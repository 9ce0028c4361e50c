"""What the template tells the receivers."""

import pytest

from linksync.errors import Misconfigured
from linksync.inbound.settings import settings_of
from linksync.parameters import reference_fields

REQUIRED = {"EVENT_QUEUE_URL": "https://queue.example/events.fifo", "WEBHOOK_SECRET_ARN": "arn:secret"}
FIELDS = {
    "TICKET_FIELD_ID": " 42",
    "ISSUE_FIELD_ID": "labels",
    "PROJECT_KEYS": "PROJ, ops",
    "JIRA_BASE_URL": "https://acme.atlassian.net",
    "ZENDESK_SUBDOMAIN": "acme",
}


def test_what_is_told() -> None:
    settings = settings_of(REQUIRED | FIELDS)
    assert (settings.queue_url, settings.secret_arn) == tuple(REQUIRED.values())
    assert settings.fields == reference_fields(FIELDS)


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        settings_of(REQUIRED | FIELDS | {name: " "})


def test_an_allow_list_without_a_project_key_is_no_list_of_all_projects() -> None:
    with pytest.raises(Misconfigured, match="ProjectKeys"):
        settings_of(REQUIRED | FIELDS | {"PROJECT_KEYS": " , "})
