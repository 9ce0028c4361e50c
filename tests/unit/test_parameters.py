"""What the template tells every function."""

import pytest

from linksync.errors import Misconfigured
from linksync.parameters import reference_fields

ENVIRON = {
    "TICKET_FIELD_ID": " 42",
    "ISSUE_FIELD_ID": "labels ",
    "PROJECT_KEYS": "PROJ, ops",
    "JIRA_BASE_URL": "https://acme.atlassian.net",
    "ZENDESK_SUBDOMAIN": "acme",
}


def test_the_fields() -> None:
    fields = reference_fields(ENVIRON)
    tickets, issues = fields.ticket, fields.issue
    assert (tickets.id, tickets.projects, tickets.site) == ("42", {"PROJ", "OPS"}, "acme.atlassian.net")
    assert (issues.id, issues.projects, issues.account_host) == ("labels", {"PROJ", "OPS"}, "acme.zendesk.com")


def test_a_direction_is_off_without_its_field() -> None:
    fields = reference_fields({})
    assert (fields.ticket.id, fields.ticket.projects, fields.issue.id, fields.issue.projects) == ("", set(), "", set())


@pytest.mark.parametrize("project_keys", [" , ", ",", "every project", "PROJ;OPS"])
def test_an_allow_list_without_a_project_key_is_no_list_of_all_projects(project_keys: str) -> None:
    with pytest.raises(Misconfigured, match="ProjectKeys"):
        reference_fields(ENVIRON | {"PROJECT_KEYS": project_keys})
