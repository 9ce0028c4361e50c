"""The two fields as the template's parameters configure them, and what their values mean."""

import pytest

from linksync.references.fields import MOST_REFERENCES, IssueField, NotProjectKeys, TicketField, TooManyReferences
from linksync.references.text import LONGEST_TEXT

TICKET_FIELD = TicketField.configured(field_id="1900001234567", project_keys="", jira_base_url="")
ISSUE_FIELD = IssueField.configured(field_id="customfield_10050", project_keys="", zendesk_subdomain="acme")


@pytest.mark.parametrize(
    ("parameter", "projects"),
    [
        ("", set()),
        ("  ", set()),
        ("PROJ", {"PROJ"}),
        (" proj , OPS,PROJ,", {"PROJ", "OPS"}),
    ],
)
def test_the_allow_list(parameter: str, projects: set[str]) -> None:
    field = TicketField.configured(field_id=" 42 ", project_keys=parameter, jira_base_url="")
    assert field == TicketField(id="42", projects=frozenset(projects))
    issues = IssueField.configured(field_id=" labels ", project_keys=parameter, zendesk_subdomain="acme")
    assert issues == IssueField(id="labels", account_host="acme.zendesk.com", projects=frozenset(projects))


@pytest.mark.parametrize("parameter", [",", " , ", "PROJ OPS", "PROJ;OPS", "PROJ-1", "PROJ,1OPS", "P", "*", "ПРОЕКТ"])
def test_an_allow_list_that_names_no_project_never_allows_all(parameter: str) -> None:
    with pytest.raises(NotProjectKeys, match="PROJ,OPS"):
        TicketField.configured(field_id="42", project_keys=parameter, jira_base_url="")
    with pytest.raises(NotProjectKeys):
        IssueField.configured(field_id="labels", project_keys=parameter, zendesk_subdomain="acme")


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("https://acme.atlassian.net", "acme.atlassian.net"),
        ("https://ACME.atlassian.net/", "acme.atlassian.net"),
        ("https://api.atlassian.com/ex/jira/3c2a", ""),  # a scoped token: the address does not tell the site
        ("http://127.0.0.1:8002", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_the_site_whose_urls_count(base_url: str, site: str) -> None:
    assert TicketField.configured(field_id="42", project_keys="", jira_base_url=base_url).site == site


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (None, ()),
        ("", ()),
        ("PROJ-1, ops-2", ("PROJ-1", "OPS-2")),
        ([], ()),
        (["proj-1", "jira__ops-2"], ("PROJ-1", "OPS-2")),
        (["PROJ-1", 2], None),
        ([["PROJ-1"]], None),
        (5001, None),
        (True, None),
        ({"value": "PROJ-1"}, None),
    ],
)
def test_what_a_ticket_field_may_hold(value: object, keys: tuple[str, ...] | None) -> None:
    assert TICKET_FIELD.keys(value) == keys


def test_the_site_is_respected_and_any_project_may_be_named() -> None:
    field = TicketField.configured(field_id="1", project_keys="PROJ", jira_base_url="https://acme.atlassian.net")
    assert field.keys("PROJ-1 UTF-8 https://other.atlassian.net/browse/PROJ-2") == ("PROJ-1", "UTF-8")


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (None, ()),
        ("", ()),
        ("#5001, ZD-5002", ("5001", "5002")),
        (5001.0, ("5001",)),
        ({"value": "5001", "id": "10020"}, ("5001",)),
        (["5001", "5002"], ("5001", "5002")),
        ("https://ACME.zendesk.com/agent/tickets/5001", ("5001",)),
        ("https://other.zendesk.com/agent/tickets/5001", ()),
        (True, None),
    ],
)
def test_what_an_issue_field_may_hold(value: object, ids: tuple[str, ...] | None) -> None:
    assert ISSUE_FIELD.ids(value) == ids


@pytest.mark.parametrize("subdomain", ["acme", " ACME "])
def test_the_account_whose_urls_count(subdomain: str) -> None:
    expected = IssueField(id="labels", account_host="acme.zendesk.com")
    assert IssueField.configured(field_id=" labels", project_keys="", zendesk_subdomain=subdomain) == expected


@pytest.mark.parametrize("parameter", ["", "  "])
def test_an_empty_id_turns_the_direction_off(parameter: str) -> None:
    assert TicketField.configured(field_id=parameter, project_keys="", jira_base_url="").id == ""
    assert IssueField.configured(field_id=parameter, project_keys="", zendesk_subdomain="acme").id == ""


@pytest.mark.parametrize("written", ["backend, zd-5001, 5002", "backend zd-5001 5002", ["backend", "zd-5001", "5002"]])
def test_labels_are_single_words_however_they_are_sent(written: object) -> None:
    labels = IssueField.configured(field_id="labels", project_keys="", zendesk_subdomain="acme")
    assert labels.ids(written) == ("5001", "5002")


def test_the_key_of_an_allowed_project_s_issue_is_no_marked_number() -> None:
    field = IssueField.configured(field_id="customfield_10050", project_keys="ZD,ACME", zendesk_subdomain="acme")
    assert field.ids("ZD-5001, acme-5002, ticket-5003, #5004") == ("5003", "5004")


def test_what_is_longer_than_any_field_is_unknown() -> None:
    rest = "." * (LONGEST_TEXT - len("PROJ-1 #5001 "))
    assert TICKET_FIELD.keys(f"PROJ-1 #5001 {rest}") == ("PROJ-1",)
    assert TICKET_FIELD.keys(f"PROJ-1 #5001 {rest}.") is None
    assert ISSUE_FIELD.ids(f"PROJ-1 #5001 {rest[1:]}") == ("5001",)
    assert ISSUE_FIELD.ids(f"PROJ-1 #5001 {rest}") is None
    assert ISSUE_FIELD.ids(["#5001"] * LONGEST_TEXT) is None


def test_a_text_pasted_by_mistake_is_no_field_of_references() -> None:
    keys = [f"PROJ-{number}" for number in range(1, MOST_REFERENCES + 2)]
    ids = [str(number) for number in range(1, MOST_REFERENCES + 2)]
    assert TICKET_FIELD.keys(keys[:-1]) == tuple(keys[:-1])
    assert ISSUE_FIELD.ids(ids[:-1]) == tuple(ids[:-1])
    with pytest.raises(TooManyReferences):
        TICKET_FIELD.keys(" ".join(keys))
    with pytest.raises(TooManyReferences):
        ISSUE_FIELD.ids(ids)


def test_a_tag_is_a_key_of_the_projects_that_the_parameter_names() -> None:
    field = TicketField.configured(field_id="42", project_keys="PROJ", jira_base_url="")
    assert (field.keys(["proj_123", "tier_2"]), field.text_keys("proj_123")) == (("PROJ-123",), ("PROJ-123",))
    assert TICKET_FIELD.keys(["proj_123"]) == ()


@pytest.mark.parametrize(("field", "ids"), [("labels", ("5001", "2026")), ("customfield_10050", ())])
def test_only_labels_are_read_word_by_word(field: str, ids: tuple[str, ...]) -> None:
    """In a text, bare numbers beside other words name nothing."""
    read = IssueField.configured(field_id=field, project_keys="", zendesk_subdomain="acme")
    assert read.ids("5001 customers 2026") == ids
