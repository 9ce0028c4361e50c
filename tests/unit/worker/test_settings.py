"""What the template tells the worker."""

import pytest

from linksync.core.links import UnlinkPolicy
from linksync.errors import Misconfigured
from linksync.worker.settings import Settings, fields_of, settings_of

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
    assert (settings.ticket_field_id, settings.issue_field_id, settings.project_keys) == ("", "", "")


@pytest.mark.parametrize(
    ("name", "value", "attribute", "read"),
    [
        ("ZENDESK_BASE_URL", "http://127.0.0.1:8001", "zendesk_url", "http://127.0.0.1:8001"),
        ("UNLINK_POLICY", "any", "unlink_policy", UnlinkPolicy.ANY),
        ("TICKET_FIELD_ID", " 1900001234567 ", "ticket_field_id", "1900001234567"),
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


def test_the_fields() -> None:
    environ = {"TICKET_FIELD_ID": "42", "ISSUE_FIELD_ID": "labels", "PROJECT_KEYS": "proj"}
    tickets, issues = fields_of(settings_of(REQUIRED | environ))
    assert (tickets.id, tickets.projects, tickets.site) == ("42", {"PROJ"}, "acme.atlassian.net")
    assert (issues.id, issues.projects, issues.account_host) == ("labels", {"PROJ"}, "acme.zendesk.com")


def test_an_allow_list_without_a_project_key_is_no_list_of_all_projects() -> None:
    with pytest.raises(Misconfigured, match="ProjectKeys"):
        fields_of(settings_of(REQUIRED | {"PROJECT_KEYS": " , "}))
