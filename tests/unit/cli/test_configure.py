"""`linksync configure` finds the stack's settings, and asks for nothing that can be found."""

from pathlib import Path

import pytest

from linksync_cli.samconfig import Samconfig
from local.vendors import ISSUE_FIELD, TICKET_FIELD, SimulatedVendors
from local.zendesk.about import connection
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import credentials_in, writes


@pytest.fixture
def new(vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch) -> SimulatedVendors:
    """Empty accounts, no stack; credentials and sites are in the environment."""
    account.cloudformation.there = False
    credentials_in(monkeypatch, vendors)
    monkeypatch.setenv("LINKSYNC_ZENDESK_URL", vendors.zendesk.url)
    monkeypatch.setenv("LINKSYNC_JIRA_URL", vendors.jira.url)
    return vendors


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "samconfig.local.toml"


def test_everything_is_found_and_fields_are_made(cli: RunCli, new: SimulatedVendors, file: Path) -> None:
    ended = cli("configure", "--yes", "--json")
    assert ended.status == 0, ended
    parameters = ended.document["parameters"]
    fields = {title: field_id for field_id, title in new.zendesk.fields.titles().items()}
    assert parameters == {
        "ZendeskSubdomain": "127-0-0-1",
        "ZendeskBaseUrl": new.zendesk.url,
        "JiraBaseUrl": new.jira.url,
        "LinksApiVersion": "v2",
        "JiraIntegrationExternalId": new.zendesk.links.external_id,
        "TicketFieldId": fields["Jira issue keys"],
        "IssueFieldId": new.jira.fields.named("Zendesk tickets"),
    }
    config = Samconfig.read(file)
    assert (config.parameters(), config.stack_name, config.region) == (parameters, "linksync", "us-east-1")


@pytest.mark.usefixtures("new")
def test_a_second_run_changes_nothing(cli: RunCli, vendors: SimulatedVendors, file: Path) -> None:
    first = cli("configure", "--yes", "--json")
    before, text = writes(vendors), file.read_text("utf-8")
    assert cli("configure", "--json").document == first.document  # and needs nobody's consent
    assert (writes(vendors), file.read_text("utf-8")) == (before, text)


@pytest.mark.usefixtures("new")
def test_fields_are_not_made_without_consent(cli: RunCli, vendors: SimulatedVendors, file: Path) -> None:
    ended = cli("configure", "--json")
    assert (ended.status, "--yes" in ended.document["error"]["mend"]) == (2, True)
    assert writes(vendors) == []
    assert not file.exists()


@pytest.mark.usefixtures("new")
def test_a_dry_run_makes_and_writes_nothing(cli: RunCli, vendors: SimulatedVendors, file: Path) -> None:
    ended = cli("configure", "--dry-run", "--json")
    assert ended.document["parameters"]["TicketFieldId"] == "(new)"
    assert (ended.status, writes(vendors), file.exists()) == (0, [], False)


def test_fields_are_found_by_their_names(cli: RunCli, new: SimulatedVendors) -> None:
    ticket_field, issue_field = new.zendesk.fields.add("Jira Issue Key"), new.jira.fields.add("Zendesk Ticket")
    new.zendesk.fields.add("Zendesk Ticket IDs")
    new.jira.fields.add("Zendesk Ticket IDs")
    parameters = cli("configure", "--json").document["parameters"]
    assert (parameters["TicketFieldId"], parameters["IssueFieldId"]) == (ticket_field, issue_field)
    assert writes(new) == []


def test_one_of_several_must_be_chosen(cli: RunCli, new: SimulatedVendors) -> None:
    new.zendesk.fields.add("Jira issue key")
    second = new.zendesk.fields.add("Jira issue keys")
    ended = cli("configure", "--yes", "--json")
    assert (ended.status, "--ticket-field" in ended.document["error"]["mend"]) == (2, True)
    ended = cli("configure", "--yes", "--json", "--ticket-field", "jira issue keys")
    assert ended.document["parameters"]["TicketFieldId"] == second


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["--ticket-field", "none"], "TicketFieldId", ""),
        (["--issue-field", "none"], "IssueFieldId", ""),
        (["--issue-field", "labels"], "IssueFieldId", "labels"),
        (["--project-keys", "PROJ,ABC"], "ProjectKeys", "PROJ,ABC"),
        (["--links-api", "v1"], "JiraIntegrationExternalId", ""),
        (["--external-id", "given"], "JiraIntegrationExternalId", "given"),
    ],
)
@pytest.mark.usefixtures("new")
def test_what_is_given_counts(cli: RunCli, arguments: list[str], name: str, value: str) -> None:
    ended = cli("configure", "--yes", "--json", *arguments)
    assert (ended.status, ended.document["parameters"][name]) == (0, value)


def test_a_field_that_cannot_be_used_is_refused(cli: RunCli, new: SimulatedVendors) -> None:
    new.zendesk.fields.add("Zendesk Ticket IDs")
    ended = cli("configure", "--yes", "--json", "--ticket-field", "Zendesk Ticket IDs")
    assert (ended.status, ended.document["error"]["code"]) == (3, "field")


def test_the_connection_is_found_without_the_undocumented_list(cli: RunCli, new: SimulatedVendors) -> None:
    new.zendesk.about.connections_listed = False
    parameters = cli("configure", "--yes", "--json").document["parameters"]
    assert parameters["JiraIntegrationExternalId"] == new.jira.access.cloud_id


def test_the_connection_to_this_site_is_found_among_others(cli: RunCli, new: SimulatedVendors) -> None:
    others = [connection("other-1", "other"), connection("other-2", "another")]
    new.zendesk.about.connections = [*others, *new.zendesk.about.connections]
    parameters = cli("configure", "--yes", "--json").document["parameters"]
    assert parameters["JiraIntegrationExternalId"] == new.zendesk.links.external_id


def test_an_account_with_the_original_integration_uses_version_1(cli: RunCli, new: SimulatedVendors) -> None:
    new.zendesk.about.connections = []
    new.zendesk.links.external_id = "somebody's"
    parameters = cli("configure", "--yes", "--json").document["parameters"]
    assert (parameters["LinksApiVersion"], parameters["JiraIntegrationExternalId"]) == ("v1", "")


def test_what_cannot_be_found_is_asked_for_with_where_to_click(cli: RunCli, new: SimulatedVendors) -> None:
    new.zendesk.about.connections = [connection("other-1", "other"), connection("other-2", "another")]
    new.zendesk.links.external_id = "somebody's"
    ended = cli("configure", "--yes", "--json")
    assert ended.status == 2
    assert "Admin Center" in ended.document["error"]["message"]
    assert "--external-id" in ended.document["error"]["mend"]


def test_a_scoped_token_is_taken_to_the_gateway(cli: RunCli, new: SimulatedVendors) -> None:
    new.jira.access.scoped = True
    gateway = f"{new.jira.url}/ex/jira/{new.jira.access.cloud_id}"
    first = cli("configure", "--yes", "--json").document["parameters"]
    assert first["JiraBaseUrl"] == gateway
    assert first["JiraIntegrationExternalId"] == new.zendesk.links.external_id
    assert cli("configure", "--yes", "--json").document["parameters"] == first


def test_credentials_that_are_good_nowhere_are_refused(
    cli: RunCli, new: SimulatedVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKSYNC_JIRA_API_TOKEN", "wrong")
    ended = cli("configure", "--yes", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_forbidden")
    assert writes(new) == []


def test_without_a_site_its_option_is_named(cli: RunCli, account: Account) -> None:
    account.cloudformation.there = False
    ended = cli("configure", "--json")
    assert (ended.status, "--zendesk-url" in ended.document["error"]["mend"]) == (2, True)


def test_a_deployed_stack_s_parameters_are_known(
    cli: RunCli, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SimulatedVendors() as vendors:
        credentials_in(monkeypatch, vendors)
        account.cloudformation.parameters = vendors.parameters()
        parameters = cli("configure", "--json").document["parameters"]
    assert (parameters["TicketFieldId"], parameters["IssueFieldId"]) == (TICKET_FIELD, ISSUE_FIELD)


@pytest.mark.usefixtures("new")
def test_another_stack_s_file_is_left_alone(cli: RunCli, file: Path) -> None:
    cli("configure", "--yes")
    text = file.read_text("utf-8")
    ended = cli("configure", "--yes", "--json", "--stack", "other")
    assert (ended.status, ended.document["error"]["code"]) == (3, "other_stack")
    assert file.read_text("utf-8") == text


@pytest.mark.usefixtures("new")
def test_people_see_what_was_found_and_how(cli: RunCli) -> None:
    ended = cli("configure", "--yes")
    assert "JiraIntegrationExternalId" in ended.out
    assert "its URL" in ended.out
    assert all(len(line) <= 80 for line in ended.out.splitlines())
