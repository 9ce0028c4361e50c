"""Which issues count, by the project of the key that they bear."""

import pytest

from linksync.core.projects import ProjectList
from linksync.references.fields import IssueField


@pytest.mark.parametrize(
    ("project_keys", "issue_key", "counts"),
    [
        ("", "PROJ-1", True),
        ("PROJ, OPS", "OPS-2", True),
        ("PROJ", "OPS-2", False),
        ("PROJ", "PROJECT-2", False),
        ("MY_PROJ", "MY_PROJ-7", True),
    ],
)
def test_the_issues_whose_field_may_claim_tickets(*, project_keys: str, issue_key: str, counts: bool) -> None:
    field = IssueField.configured(field_id="labels", project_keys=project_keys, zendesk_subdomain="acme")
    assert ProjectList(field.projects).includes(issue_key) is counts
