"""`linksync setup jira` makes what is missing, mends what is broken, and changes nothing the second time."""

import json
from typing import Any

import pytest

from local.jira.automation import rendered
from local.jira.webhooks import JiraWebhook
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import ENDPOINT, aimed_at, credentials_in, writes

URL, RULES_URL = f"{ENDPOINT}/jira", f"{ENDPOINT}/jira/automation"
WHAT_RULES_TELL = ("ticket numbers changed", "issue created", "issue moved", "issue deleted")
EVENTS = ["jira:issue_created", "jira:issue_deleted", "jira:issue_updated"]


@pytest.fixture
def field(vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch) -> str:
    """A field for ticket numbers, of which the stack knows; credentials are in the environment."""
    field_id = vendors.jira.fields.add("Zendesk tickets")
    aimed_at(account, vendors, IssueFieldId=field_id)
    credentials_in(monkeypatch, vendors)
    return field_id


def stored(account: Account, name: str) -> list[str]:
    found: list[str] = account.secret("WebhookSecretArn").get(name, [])
    return found


def webhook(vendors: SimulatedVendors) -> JiraWebhook:
    (found,) = [one for one in vendors.jira.webhooks.all() if one.url == URL]
    return found


def test_an_empty_site_gets_all_that_is_needed(
    cli: RunCli, vendors: SimulatedVendors, account: Account, field: str
) -> None:
    ended = cli("setup", "jira", "--json")
    assert ended.status == 0, ended
    assert ended.actions == {
        "credentials for Jira": "created",
        'issue field "Zendesk tickets", put on the default screen': "updated",
        "signing secrets of jira": "created",
        "webhook for issues": "created",
    }
    made = webhook(vendors)
    assert (made.events, made.jql, made.enabled, made.exclude_body) == (EVENTS, "", True, False)
    assert stored(account, "jira") == [made.secret]
    assert len(made.secret) >= 32
    assert field in vendors.jira.fields.on_screen


@pytest.mark.usefixtures("field")
def test_a_second_run_changes_nothing(cli: RunCli, vendors: SimulatedVendors) -> None:
    cli("setup", "jira")
    before = writes(vendors)
    ended = cli("setup", "jira", "--json")
    assert (ended.status, set(ended.actions.values())) == (0, {"unchanged"})
    assert writes(vendors) == before


@pytest.mark.usefixtures("field")
def test_a_dry_run_shows_every_call_and_makes_none(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    ended = cli("setup", "jira", "--dry-run", "--json")
    assert (ended.status, writes(vendors), stored(account, "jira")) == (0, [], [])
    assert [call.split(" ")[0] for call in ended.document["calls"]] == [
        "PutSecretValue",
        "POST",
        "PutSecretValue",
        "POST",
    ]
    assert '"secret": "…"' in ended.document["calls"][3]


@pytest.mark.usefixtures("field")
def test_nothing_secret_is_shown(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    seen = ""
    for arguments in (["--dry-run"], ["--json", "--dry-run"], ["--debug"], ["--json", "--debug"]):
        ended = cli("setup", "jira", *arguments)
        seen += ended.out + ended.err
    secrets = [*stored(account, "jira"), vendors.credentials()["jira"]["api_token"]]
    assert not [secret for secret in secrets if secret in seen]


def test_a_webhook_tells_of_issues_that_move_out_of_the_projects_that_count(
    cli: RunCli, vendors: SimulatedVendors, account: Account, field: str
) -> None:
    aimed_at(account, vendors, IssueFieldId=field, ProjectKeys="PROJ")
    cli("setup", "jira")
    made, issue = webhook(vendors), vendors.jira.issues.create("PROJ", {})
    vendors.jira.issues.move(issue.id, "OTHER")
    assert [b'"jira:issue_updated"' in one.body for one in made.courier.deliveries] == [False, True]
    made.jql = 'project in ("PROJ")'  # an earlier version's, which hides the move
    assert cli("setup", "jira", "--json").actions["webhook for issues"] == "updated"
    assert webhook(vendors).jql == ""
    webhook(vendors).jql = "labels = support"  # somebody's own
    assert cli("setup", "jira", "--json").actions["webhook for issues"] == "unchanged"


@pytest.mark.usefixtures("field")
def test_what_is_broken_is_mended(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    cli("setup", "jira")
    made, secret = webhook(vendors), webhook(vendors).secret
    made.enabled, made.exclude_body, made.events, made.name = False, True, ["comment_created"], "renamed"
    assert cli("setup", "jira", "--json").actions["webhook for issues"] == "updated"
    assert (made.enabled, made.exclude_body, made.name) == (True, False, "renamed")
    assert made.events == ["comment_created", *EVENTS]
    assert (made.secret, stored(account, "jira")) == (secret, [secret])


@pytest.mark.usefixtures("field")
def test_a_webhook_whose_secret_nobody_knows_gets_a_new_one(
    cli: RunCli, vendors: SimulatedVendors, account: Account
) -> None:
    by_hand = vendors.jira.webhooks.add("made by hand", "a secret that is in nobody's list", events=EVENTS)
    by_hand.url = URL
    assert cli("setup", "jira", "--json").actions["webhook for issues"] == "updated"
    assert stored(account, "jira") == [by_hand.secret]
    by_hand.secret = ""
    assert cli("setup", "jira", "--json").actions["webhook for issues"] == "updated"
    assert stored(account, "jira")[0] == by_hand.secret
    assert len(stored(account, "jira")) == 2
    assert cli("setup", "jira", "--drop-old-secrets").status == 0


@pytest.mark.usefixtures("field")
def test_a_webhook_that_cannot_be_made_leaves_no_secret(
    cli: RunCli, vendors: SimulatedVendors, account: Account
) -> None:
    vendors.jira.faults.add(method="POST", path="/webhook$", status=500)
    assert cli("setup", "jira", "--json").document["error"]["code"] == "upstream_unavailable"
    assert stored(account, "jira") == []


@pytest.mark.usefixtures("field")
def test_doubles_are_told_and_taken_away_when_asked(cli: RunCli, vendors: SimulatedVendors) -> None:
    cli("setup", "jira")
    second = vendors.jira.webhooks.add("made by hand", "s" * 32, events=EVENTS)
    second.url = URL
    ended = cli("setup", "jira", "--json")
    assert (ended.status, len(ended.document["by_hand"])) == (1, 1)
    ended = cli("setup", "jira", "--remove-doubles", "--json")
    assert (ended.status, ended.actions["second webhook for issues"]) == (0, "deleted")
    assert len(vendors.jira.webhooks.all()) == 1


@pytest.fixture
def gateway(vendors: SimulatedVendors, account: Account, field: str) -> str:
    """Where a scoped token is taken, of which the stack knows; the field is on the screen already."""
    vendors.jira.access.scoped = True
    vendors.jira.fields.on_screen.append(field)
    gateway = f"{vendors.jira.url}/ex/jira/{vendors.jira.access.cloud_id}"
    aimed_at(account, vendors, IssueFieldId=field, JiraBaseUrl=gateway)
    return gateway


def rules_of(vendors: SimulatedVendors) -> dict[str, Any]:
    """The automation rules by what each is for."""
    return {rule["name"].removeprefix("linksync: "): rule for rule in vendors.jira.rules.all()}


@pytest.mark.usefixtures("gateway")
def test_a_scoped_token_gets_automation_rules(
    cli: RunCli, vendors: SimulatedVendors, account: Account, field: str
) -> None:
    ended = cli("setup", "jira", "--json")
    assert ended.status == 0, ended
    rules = rules_of(vendors)
    assert {rule["name"] for rule in rules.values()} == {f"linksync: {what}" for what in WHAT_RULES_TELL}
    assert {rule["state"] for rule in rules.values()} == {"ENABLED"}
    (token,) = stored(account, "jira_automation")
    for rule in rules.values():
        action = rule["components"][0]["value"]
        assert action["url"] == RULES_URL
        assert action["headers"] == [{"name": "Authorization", "value": f"Bearer {token}", "headerSecure": True}]
    issue = vendors.jira.issues.create("PROJ", {field: "5001"})
    sent = json.loads(rendered(rules["issue created"]["components"][0]["value"]["customBody"], issue))
    assert sent == {"issue_id": issue.id, "issue_key": issue.key, "ticket_ids": "5001"}
    moved = json.loads(rendered(rules["issue moved"]["components"][0]["value"]["customBody"], issue))
    assert moved == {"event": "moved", "issue_id": issue.id, "issue_key": issue.key}


@pytest.mark.usefixtures("gateway")
def test_a_second_run_changes_no_rule_and_switches_on_what_is_off(cli: RunCli, vendors: SimulatedVendors) -> None:
    assert cli("setup", "jira", "--json").status == 0
    before = writes(vendors)
    assert set(cli("setup", "jira", "--json").actions.values()) == {"unchanged"}
    assert writes(vendors) == before
    moved = rules_of(vendors)["issue moved"]
    vendors.jira.rules.put({**moved, "state": "DISABLED"}, moved["uuid"])
    assert cli("setup", "jira").status == 0
    assert {rule["state"] for rule in vendors.jira.rules.all()} == {"ENABLED"}
    assert len(vendors.jira.rules.all()) == 4


def test_rules_apply_to_the_projects_that_count(
    cli: RunCli, vendors: SimulatedVendors, account: Account, field: str, gateway: str
) -> None:
    vendors.jira.issues.create("PROJ", {})
    aimed_at(account, vendors, IssueFieldId=field, JiraBaseUrl=gateway, ProjectKeys="PROJ")
    cli("setup", "jira")
    cloud, project = vendors.jira.access.cloud_id, vendors.jira.about.project("PROJ")["id"]
    in_project, everywhere = [f"ari:cloud:jira:{cloud}:project/{project}"], [f"ari:cloud:jira::site/{cloud}"]
    scopes = {what: rule["ruleScopeARIs"] for what, rule in rules_of(vendors).items()}
    assert scopes == {
        "ticket numbers changed": in_project,
        "issue created": in_project,
        "issue moved": everywhere,  # of an issue that leaves the projects that count, too
        "issue deleted": everywhere,
    }
    aimed_at(account, vendors, IssueFieldId=field, JiraBaseUrl=gateway, ProjectKeys="")
    assert cli("setup", "jira", "--json").actions['rule "linksync: ticket numbers changed"'] == "updated"
    assert cli("setup", "jira", "--json").actions['rule "linksync: ticket numbers changed"'] == "unchanged"


@pytest.mark.usefixtures("field")
def test_a_service_account_is_told_what_to_do_by_hand(
    cli: RunCli, vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EMAIL", "API_TOKEN"):
        monkeypatch.delenv(f"LINKSYNC_JIRA_{name}")
    monkeypatch.setenv("LINKSYNC_JIRA_CLIENT_ID", "jira-client-of-the-laptop-world")
    monkeypatch.setenv("LINKSYNC_JIRA_CLIENT_SECRET", "jira-client-secret-of-the-laptop-world")
    ended = cli("setup", "jira", "--json")
    assert ended.status == 1
    told = "\n".join(ended.document["by_hand"])
    assert URL in told
    (secret,) = stored(account, "jira")
    assert secret not in ended.out + ended.err
    assert cli("setup", "jira").status == 1
    assert stored(account, "jira") == [secret]
    # Once done by an administrator, all is well for that token.
    monkeypatch.setenv("LINKSYNC_JIRA_EMAIL", "bot@acme.example")
    monkeypatch.setenv("LINKSYNC_JIRA_API_TOKEN", "jira-api-token-of-the-laptop-world")
    monkeypatch.delenv("LINKSYNC_JIRA_CLIENT_ID")
    monkeypatch.delenv("LINKSYNC_JIRA_CLIENT_SECRET")
    monkeypatch.setenv("LINKSYNC_JIRA_URL", vendors.jira.url)
    assert cli("setup", "jira", "--one-time").status == 0
    text = account.secrets.get_secret_value(SecretId=account.cloudformation.outputs["ApiCredentialsArn"])[
        "SecretString"
    ]
    assert json.loads(text)["jira"] == {
        "client_id": "jira-client-of-the-laptop-world",
        "client_secret": "jira-client-secret-of-the-laptop-world",
    }


@pytest.mark.usefixtures("field")
def test_wrong_credentials_are_refused_and_not_stored(
    cli: RunCli, vendors: SimulatedVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKSYNC_JIRA_API_TOKEN", "wrong")
    ended = cli("setup", "jira", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_forbidden")
    assert "LINKSYNC_JIRA_API_TOKEN" in ended.document["error"]["mend"]
    assert writes(vendors) == []


def test_fields_that_cannot_be_are_refused(
    cli: RunCli, vendors: SimulatedVendors, account: Account, field: str
) -> None:
    assert field
    for field_id, code in (
        (vendors.jira.fields.add("Zendesk Ticket IDs"), "echo_field"),
        (vendors.jira.fields.add("Zendesk Ticket Count", "float"), "echo_field"),
        ("customfield_99999", "no_field"),
    ):
        aimed_at(account, vendors, IssueFieldId=field_id)
        ended = cli("setup", "jira", "--json")
        assert (ended.status, ended.document["error"]["code"]) == (3, code)
