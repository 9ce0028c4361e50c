"""`linksync setup zendesk` makes what is missing, mends what is broken, and changes nothing the second time."""

import json
from typing import Any

import pytest

from linksync_cli.vendor_calls import VendorCalls
from local.vendors import SimulatedVendors
from local.zendesk.webhooks import TRIGGERED
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import ENDPOINT, aimed_at, credentials_in, writes

URL = f"{ENDPOINT}/zendesk"


@pytest.fixture
def field(vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch) -> str:
    """A field for issue keys, of which the stack knows; credentials are in the environment."""
    field_id = vendors.zendesk.fields.add("Jira issue keys")
    aimed_at(account, vendors, TicketFieldId=field_id)
    credentials_in(monkeypatch, vendors)
    return field_id


def webhook_secrets(account: Account) -> dict[str, list[str]]:
    return account.secret("WebhookSecretArn")


def webhooks(vendors: SimulatedVendors) -> list[Any]:
    return [one for one in vendors.zendesk.webhooks.all() if one.url == URL]


@pytest.mark.usefixtures("field")
def test_an_empty_account_gets_all_that_is_needed(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    ended = cli("setup", "zendesk", "--json")
    assert ended.status == 0, ended
    assert ended.actions == {
        "credentials for Zendesk": "created",
        'ticket field "Jira issue keys", put on the form "Default ticket form"': "updated",
        "webhook for the trigger": "created",
        "webhook for ticket events": "created",
        "signing secrets of zendesk": "created",
        "trigger": "created",
    }
    trigger_hook, event_hook = sorted(webhooks(vendors), key=lambda one: len(one.kinds))
    assert trigger_hook.subscriptions == [TRIGGERED]
    assert event_hook.kinds == {"merged", "permanently_deleted", "undeleted"}
    assert webhook_secrets(account) == {"zendesk": [trigger_hook.secret, event_hook.secret]}


def test_the_trigger_that_it_makes_fires_with_the_contract_s_body(
    cli: RunCli, vendors: SimulatedVendors, field: str
) -> None:
    for offered, conditions in ((True, 1), (False, 2)):
        vendors.zendesk.triggers_api.changed_offered = offered
        assert cli("setup", "zendesk").status == 0
        (trigger,) = vendors.zendesk.triggers.all()
        assert len(trigger.conditions["all"] + trigger.conditions["any"]) == conditions
        ticket = vendors.zendesk.tickets.create({})
        (hook,) = [one for one in webhooks(vendors) if not one.kinds]
        before = len(hook.courier.deliveries)
        vendors.zendesk.tickets.edit(ticket, {field: "PROJ-1"})
        sent = [json.loads(one.body) for one in hook.courier.deliveries[before:]]
        assert sent == [{"ticket_id": str(ticket), "issue_keys": "PROJ-1"}]
        vendors.zendesk.triggers.remove(trigger.id)


@pytest.mark.usefixtures("field")
def test_a_second_run_changes_nothing(cli: RunCli, vendors: SimulatedVendors) -> None:
    cli("setup", "zendesk")
    before = writes(vendors)
    ended = cli("setup", "zendesk", "--json")
    assert (ended.status, set(ended.actions.values())) == (0, {"unchanged"})
    assert writes(vendors) == before
    assert "nothing was changed" in cli("setup", "zendesk").out


@pytest.mark.usefixtures("field")
def test_a_dry_run_shows_every_call_and_makes_none(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    ended = cli("setup", "zendesk", "--dry-run", "--json")
    assert ended.status == 0
    assert writes(vendors) == []
    assert webhook_secrets(account) == {}
    calls = ended.document["calls"]
    assert [call.split(" ")[0] for call in calls] == [
        "PutSecretValue", "PUT", "POST", "POST", "PutSecretValue", "POST",
    ]  # fmt: skip
    assert cli("setup", "zendesk", "--json").status == 0
    assert len(writes(vendors)) == 4  # the very calls that were shown


@pytest.mark.usefixtures("field")
def test_nothing_secret_is_shown(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    seen = ""
    for arguments in (["--dry-run"], ["--json", "--dry-run"], ["--debug"], ["--json", "--debug"]):
        ended = cli("setup", "zendesk", *arguments)
        seen += ended.out + ended.err
    secrets = [*webhook_secrets(account)["zendesk"], vendors.credentials()["zendesk"]["client_secret"]]
    assert not [secret for secret in secrets if secret in seen]
    assert "from LINKSYNC_ZENDESK_CLIENT_ID and LINKSYNC_ZENDESK_CLIENT_SECRET" in " ".join(seen.split())


@pytest.mark.usefixtures("field")
def test_credentials_in_the_stack_s_secret_are_used_without_asking(
    cli: RunCli, vendors: SimulatedVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("setup", "zendesk").status == 0
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"LINKSYNC_ZENDESK_{name}")
    ended = cli("setup", "zendesk")
    assert ended.status == 0
    assert "the stack's secret ApiCredentials" in ended.err
    assert vendors


@pytest.mark.usefixtures("account")
def test_without_any_the_variables_are_named(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    aimed_at(account, vendors)
    ended = cli("setup", "zendesk", "--json")
    assert ended.status == 2
    assert "LINKSYNC_ZENDESK_CLIENT_ID" in ended.document["error"]["mend"]


@pytest.mark.usefixtures("field")
def test_half_of_a_pair_is_wrong_usage(cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINKSYNC_ZENDESK_CLIENT_SECRET")
    ended = cli("setup", "zendesk", "--json")
    assert (ended.status, "LINKSYNC_ZENDESK_CLIENT_SECRET is not set" in ended.out) == (2, True)


@pytest.mark.usefixtures("field")
def test_wrong_credentials_are_refused_and_not_stored(
    cli: RunCli, vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKSYNC_ZENDESK_CLIENT_SECRET", "wrong")
    ended = cli("setup", "zendesk", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_forbidden")
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"LINKSYNC_ZENDESK_{name}")
    monkeypatch.setenv("LINKSYNC_ZENDESK_EMAIL", "admin@acme.example")
    monkeypatch.setenv("LINKSYNC_ZENDESK_API_TOKEN", "wrong")
    assert cli("setup", "zendesk", "--json").document["error"]["code"] == "zendesk_credentials"  # 200, for nobody
    monkeypatch.undo()
    assert webhook_secrets(account) == {}
    assert writes(vendors) == []


@pytest.mark.usefixtures("field")
def test_an_agent_s_credentials_are_refused(cli: RunCli, vendors: SimulatedVendors) -> None:
    vendors.zendesk.access.role = "agent"
    ended = cli("setup", "zendesk", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "zendesk_role")
    assert writes(vendors) == []


@pytest.mark.usefixtures("field")
def test_what_is_broken_is_mended(cli: RunCli, vendors: SimulatedVendors) -> None:
    cli("setup", "zendesk")
    (trigger,) = vendors.zendesk.triggers.all()
    trigger_hook, event_hook = sorted(webhooks(vendors), key=lambda one: len(one.kinds))
    trigger_hook.active = False
    trigger_hook.name = "renamed by an admin"
    event_hook.kinds = {"merged", "created"}
    trigger.active = False
    trigger.actions[0]["value"][1] = '{"ticket_id": "{{ticket.id}}"}'
    trigger.actions.insert(0, {"field": "current_tags", "value": "seen"})
    trigger.conditions["any"] = trigger.conditions["any"][:1]
    ended = cli("setup", "zendesk", "--json")
    assert ended.status == 0
    changed = {what for what, action in ended.actions.items() if action == "updated"}
    assert changed == {"webhook for the trigger", "webhook for ticket events", "trigger"}
    assert (trigger_hook.active, trigger_hook.name) == (True, "renamed by an admin")
    assert event_hook.kinds == {"merged", "created", "permanently_deleted", "undeleted"}
    (trigger,) = vendors.zendesk.triggers.all()
    assert trigger.active
    assert [one["field"] for one in trigger.actions] == ["current_tags", "notification_webhook"]
    assert len(trigger.conditions["any"]) == 2
    assert set(cli("setup", "zendesk", "--json").actions.values()) == {"unchanged"}


@pytest.mark.usefixtures("field")
def test_a_new_secret_goes_first_and_old_ones_stay_until_told(
    cli: RunCli, vendors: SimulatedVendors, account: Account
) -> None:
    cli("setup", "zendesk")
    before = webhook_secrets(account)["zendesk"]
    (hook,) = [one for one in webhooks(vendors) if not one.kinds]
    hook.reset_secret()
    cli("setup", "zendesk")
    assert webhook_secrets(account)["zendesk"] == [hook.secret, before[1], before[0]]
    cli("setup", "zendesk", "--drop-old-secrets")
    assert webhook_secrets(account)["zendesk"] == [hook.secret, before[1]]


@pytest.mark.usefixtures("field")
def test_doubles_are_told_and_taken_away_when_asked(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    cli("setup", "zendesk")
    second = vendors.zendesk.webhooks.add("made by hand", kinds={"merged"})
    second.url = URL
    (trigger,) = vendors.zendesk.triggers.all()
    vendors.zendesk.triggers.add("made by hand, too", trigger.conditions, trigger.actions, 1.0)
    ended = cli("setup", "zendesk", "--json")
    assert ended.status == 1
    assert len(ended.document["by_hand"]) == 2
    assert second.secret in webhook_secrets(account)["zendesk"]  # it goes on posting
    ended = cli("setup", "zendesk", "--remove-doubles", "--json")
    assert (ended.status, list(ended.actions.values()).count("deleted")) == (0, 2)
    assert (len(webhooks(vendors)), len(vendors.zendesk.triggers.all())) == (2, 1)


def test_fields_that_cannot_be_are_refused(
    cli: RunCli, vendors: SimulatedVendors, account: Account, field: str
) -> None:
    assert field
    fields = vendors.zendesk.fields
    for field_id, code in (
        (fields.add("Zendesk Ticket IDs"), "echo_field"),
        (fields.add("A check box", "checkbox"), "field_type"),
        ("999", "no_field"),
    ):
        aimed_at(account, vendors, TicketFieldId=field_id)
        ended = cli("setup", "zendesk", "--json")
        assert (ended.status, ended.document["error"]["code"]) == (3, code)
        assert "configure" in ended.document["error"]["mend"]


def test_a_field_into_which_the_apps_field_sync_writes_is_refused_whatever_its_name(
    cli: RunCli, vendors: SimulatedVendors, field: str
) -> None:
    vendors.app.synced_field = field
    ticket, issue = vendors.ticket(), vendors.issue()
    assert cli("setup", "zendesk", "--dry-run", "--json").status == 0
    vendors.link_by_hand(ticket, issue.key)
    ended = cli("setup", "zendesk", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "echo_field")


def test_a_field_that_agents_alone_write_is_none_of_the_apps(
    cli: RunCli, vendors: SimulatedVendors, field: str
) -> None:
    ticket, issue = vendors.ticket(), vendors.issue()
    vendors.link_by_hand(ticket, issue.key)
    vendors.zendesk.tickets.edit(ticket, {field: issue.key})
    assert cli("setup", "zendesk", "--json").status == 0


def test_with_that_direction_off_only_events_are_brought(
    cli: RunCli, vendors: SimulatedVendors, account: Account, field: str
) -> None:
    assert field
    aimed_at(account, vendors, TicketFieldId="")
    ended = cli("setup", "zendesk", "--json")
    assert ended.status == 0
    assert [one.kinds != set() for one in webhooks(vendors)] == [True]
    assert vendors.zendesk.triggers.all() == []


@pytest.mark.usefixtures("field")
def test_a_passing_failure_is_tried_again(
    cli: RunCli, vendors: SimulatedVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(VendorCalls, "wait", waited.append)
    vendors.zendesk.faults.add(status=429, retry_after=3, times=1)
    assert cli("setup", "zendesk").status == 0
    assert waited == [3]


@pytest.mark.usefixtures("field")
def test_a_create_without_an_answer_is_not_sent_twice_and_found_by_the_next_run(
    cli: RunCli, vendors: SimulatedVendors
) -> None:
    vendors.zendesk.faults.add(method="POST", path="/webhooks$", reset=True, applied=True, times=1)
    ended = cli("setup", "zendesk", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (3, "upstream_unavailable")
    assert "tried again" not in ended.out
    assert cli("setup", "zendesk").status == 0
    assert len(webhooks(vendors)) == 2
