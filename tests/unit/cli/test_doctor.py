"""`linksync doctor`: all is well after a set-up; whatever is broken fails its own check alone, which names the mend."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from linksync.core.checkpoints import Checkpoint, IssueCheckpoint, TicketCheckpoint
from linksync.core.messages import TicketStatement
from linksync.store.reconciler_state import ReconcilerState
from linksync_cli.aws import Aws
from linksync_cli.doctor import round_trip
from linksync_cli.doctor.examination import NAMES
from linksync_cli.doctor.subject import Subject
from local.vendors import SimulatedVendors
from local.zendesk.about import connection
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import Ended, RunCli
from tests.unit.cli.endpoint import Endpoint
from tests.unit.cli.vendors import ENDPOINT, aimed_at, credentials_in, writes

WRONG = {"email": "admin@acme.example", "api_token": "wrong"}

type Break = Callable[["World"], None]


class World:
    """A stack and two vendors that are set up, to be broken."""

    def __init__(self, account: Account, vendors: SimulatedVendors, endpoint: Endpoint) -> None:
        self.account, self.vendors, self.endpoint = account, vendors, endpoint
        self.zendesk, self.jira = vendors.zendesk, vendors.jira
        self.stack = account.cloudformation

    def webhook(self, *, events: bool) -> Any:
        return next(one for one in self.zendesk.webhooks.all() if bool(one.kinds) is events)

    def put(self, output: str, **changed: Any) -> None:
        self.account.put(output, self.account.secret(output) | changed)

    def checkpoint(self, at: float) -> None:
        state = ReconcilerState(self.account.dynamodb, "ledger")
        state.acquire("run", now=at, until=at + 1)
        tickets = TicketCheckpoint(cursor="c", begun_at=at, generated_at=at, current_at=at)
        issues = IssueCheckpoint(since=at, begun=at, newest=at, page="", current_at=at)
        state.save("run", Checkpoint(round=1, tickets=tickets, issues=issues), until=at + 1)


@pytest.fixture
def world(vendors: SimulatedVendors, account: Account, cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    credentials_in(monkeypatch, vendors)
    ticket_field, issue_field = vendors.zendesk.fields.add("Jira issue keys"), vendors.jira.fields.add("Tickets")
    aimed_at(account, vendors, TicketFieldId=ticket_field, IssueFieldId=issue_field)
    account.cloudformation.outputs["ReconcilerFunction"] = "reconciler"
    vendors.jira.issues.create("PROJ", {})
    for side in ("zendesk", "jira"):
        assert cli("setup", side).status == 0
    monkeypatch.setattr(Subject, "wait", lambda _self, _seconds: None)
    with Endpoint(account) as endpoint:
        monkeypatch.setattr(round_trip, "reachable", endpoint.reachable)
        yield World(account, vendors, endpoint)


def statuses(ended: Ended) -> dict[str, str]:
    return {one["check"]: one["status"] for one in ended.document["checks"]}


def test_all_is_well_after_a_set_up(cli: RunCli, world: World) -> None:
    before = writes(world.vendors), world.account.secret("WebhookSecretArn")
    ended = cli("doctor", "--json")
    assert (ended.status, statuses(ended)) == (0, dict.fromkeys(NAMES, "ok")), ended.out
    assert all(set(one) == {"check", "status", "found", "mend"} for one in ended.document["checks"])
    assert (writes(world.vendors), world.account.secret("WebhookSecretArn")) == before
    assert world.account.waiting() == []  # the probes were answered `ignored`


def no_admin(world: World) -> None:
    world.zendesk.access.role = "agent"


def other_external_id(world: World) -> None:
    world.stack.parameters["JiraIntegrationExternalId"] = "somebody's"


def manage_links_off(world: World) -> None:
    world.zendesk.links.manage_links = False


def field_gone(world: World) -> None:
    world.stack.parameters["TicketFieldId"] = "999"


def field_of_the_vendor(world: World) -> None:
    world.stack.parameters["TicketFieldId"] = world.zendesk.fields.add("Zendesk Ticket IDs")


def field_that_the_app_syncs(world: World) -> None:
    triggers = world.zendesk.triggers.all()
    for trigger in triggers:
        trigger.active = False  # deliveries are another check's
    world.vendors.app.synced_field = world.stack.parameters["TicketFieldId"]
    world.vendors.link_by_hand(world.vendors.ticket(), world.vendors.issue().key)
    for trigger in triggers:
        trigger.active = True


def field_on_no_form(world: World) -> None:
    world.zendesk.fields._on_form.clear()


def field_inactive(world: World) -> None:
    world.zendesk.fields._fields[int(world.stack.parameters["TicketFieldId"])]["active"] = False


def field_that_holds_no_keys(world: World) -> None:
    world.stack.parameters["TicketFieldId"] = world.zendesk.fields.add("Since", "date")


def both_directions_off(world: World) -> None:
    world.stack.parameters |= {"TicketFieldId": "", "IssueFieldId": ""}


def trigger_webhook_gone(world: World) -> None:
    world.zendesk.webhooks.remove(world.webhook(events=False))


def trigger_gone(world: World) -> None:
    world.zendesk.triggers.remove(world.zendesk.triggers.all()[0].id)


def no_project_seen(world: World) -> None:
    world.jira.faults.add(path="/project/search", status=200, body='{"isLast": true, "values": []}')


def jira_webhook_tells_too_little(world: World) -> None:
    world.jira.webhooks.all()[0].events = ["jira:issue_created"]


def jira_webhook_secret_unknown(world: World) -> None:
    world.put("WebhookSecretArn", jira=[], jira_automation=["a-token-of-rules-that-are-not-there"])


def other_version(world: World) -> None:
    world.stack.parameters["LinksApiVersion"] = "v1"


def webhook_inactive(world: World) -> None:
    world.webhook(events=True).active = False


def webhook_gone(world: World) -> None:
    world.zendesk.webhooks.remove(world.webhook(events=True))


def secret_reset(world: World) -> None:
    world.webhook(events=True).reset_secret()


def trigger_inactive(world: World) -> None:
    world.zendesk.triggers.all()[0].active = False


def trigger_of_another_field(world: World) -> None:
    world.zendesk.triggers.all()[0].actions[0]["value"][1] = '{"ticket_id": "{{ticket.id}}", "issue_keys": "x"}'


def circuit_open(world: World) -> None:
    world.webhook(events=False).circuit.forced = True
    world.webhook(events=False).send(b"{}")


def delivery_refused(world: World) -> None:
    world.endpoint.faults.add(path="zendesk", status=401, times=1)
    world.webhook(events=False).url = world.endpoint.reachable(f"{ENDPOINT}/zendesk")
    world.webhook(events=False).send(b"{}")
    assert world.vendors.senders.wait_idle()
    world.webhook(events=False).url = f"{ENDPOINT}/zendesk"


def jira_token_wrong(world: World) -> None:
    world.put("ApiCredentialsArn", jira={"email": "bot@acme.example", "api_token": "wrong"})


def project_not_seen(world: World) -> None:
    world.stack.parameters["ProjectKeys"] = "PROJ,SECRET"


def issue_field_gone(world: World) -> None:
    world.stack.parameters["IssueFieldId"] = "customfield_99999"


def issue_field_of_the_vendor(world: World) -> None:
    world.stack.parameters["IssueFieldId"] = world.jira.fields.add("Zendesk Ticket Count", "float")


def issue_field_on_no_screen(world: World) -> None:
    world.jira.fields.on_screen.remove(world.stack.parameters["IssueFieldId"])


def jira_webhook_off(world: World) -> None:
    world.jira.webhooks.all()[0].enabled = False


def jira_webhook_gone(world: World) -> None:
    world.jira.webhooks.remove(world.jira.webhooks.all()[0])


def jira_webhook_unsigned(world: World) -> None:
    world.jira.webhooks.all()[0].secret = ""


def paused(world: World) -> None:
    world.account.aws_lambda.state = "Disabled"


def dead_letter(world: World) -> None:
    payload = TicketStatement(ticket_id="5001", issue_keys=(), at=1.0, exact=False)
    world.account.dead_letter("d" * 32, payload, reason="forbidden", advice="Mend it.")


def reconciler_behind(world: World) -> None:
    world.checkpoint(time.time() - 30 * 3600)


def schedule_paused(world: World) -> None:
    world.account.scheduler.schedule["State"] = "DISABLED"


def endpoint_refuses(world: World) -> None:
    world.endpoint.faults.add(path="jira", status=401)


def endpoint_shut(world: World) -> None:
    world.endpoint.faults.add(status=403)


def endpoint_broken(world: World) -> None:
    world.endpoint.faults.add(status=503)


def endpoint_cut(world: World) -> None:
    world.endpoint.faults.add(reset=True)


def output_missing(world: World) -> None:
    del world.stack.outputs["ReconcilerFunction"]


@pytest.mark.parametrize(
    ("breaks", "check", "mend"),
    [
        (no_admin, "zendesk.admin", "Admin Center"),
        (other_external_id, "zendesk.external_id", "linksync configure --external-id"),
        (manage_links_off, "zendesk.manage_links", "Manage links"),
        (field_gone, "zendesk.field", "linksync configure"),
        (field_of_the_vendor, "zendesk.field", "linksync configure"),
        (field_that_the_app_syncs, "zendesk.field", "linksync configure"),
        (field_on_no_form, "zendesk.field", "linksync setup zendesk"),
        (field_inactive, "zendesk.field", "Activate it"),
        (field_that_holds_no_keys, "zendesk.field", "linksync configure"),
        (both_directions_off, "zendesk.field", "linksync configure"),
        (trigger_webhook_gone, "zendesk.webhook", "linksync setup zendesk"),
        (trigger_gone, "zendesk.trigger", "linksync setup zendesk"),
        (no_project_seen, "jira.credentials", "Browse projects"),
        (jira_webhook_tells_too_little, "jira.webhook", "linksync setup jira"),
        (jira_webhook_secret_unknown, "jira.webhook", "linksync setup jira"),
        (other_version, "zendesk.links_api", "linksync configure --links-api v2"),
        (webhook_inactive, "zendesk.webhook", "linksync setup zendesk"),
        (webhook_gone, "zendesk.webhook", "linksync setup zendesk"),
        (secret_reset, "zendesk.webhook", "linksync setup zendesk"),
        (trigger_inactive, "zendesk.trigger", "linksync setup zendesk"),
        (trigger_of_another_field, "zendesk.trigger", "linksync setup zendesk"),
        (circuit_open, "zendesk.deliveries", "by itself"),
        (delivery_refused, "zendesk.deliveries", "round_trip"),
        (jira_token_wrong, "jira.credentials", "LINKSYNC_JIRA_API_TOKEN"),
        (project_not_seen, "jira.credentials", "Browse projects"),
        (issue_field_gone, "jira.field", "linksync configure"),
        (issue_field_of_the_vendor, "jira.field", "linksync configure"),
        (issue_field_on_no_screen, "jira.field", "linksync setup jira"),
        (jira_webhook_off, "jira.webhook", "linksync setup jira"),
        (jira_webhook_gone, "jira.webhook", "linksync setup jira"),
        (jira_webhook_unsigned, "jira.webhook", "linksync setup jira"),
        (paused, "queue.backlog", "linksync resume"),
        (dead_letter, "queue.dead_letters", "linksync redrive"),
        (reconciler_behind, "reconciler", "aws lambda invoke"),
        (schedule_paused, "reconciler", "linksync resume"),
        (output_missing, "reconciler", "make deploy"),
        (endpoint_refuses, "round_trip", "linksync setup jira"),
        (endpoint_shut, "round_trip", "AllowedSourceRanges"),
        (endpoint_broken, "round_trip", "make deploy"),
        (endpoint_cut, "round_trip", "network"),
    ],
)
def test_what_is_broken_fails_alone_and_names_its_mend(
    cli: RunCli, world: World, breaks: Break, check: str, mend: str
) -> None:
    breaks(world)
    ended = cli("doctor", "--json")
    found = {one["check"]: one for one in ended.document["checks"]}
    assert ended.status == 1, ended.out
    assert found[check]["status"] == "failed", found[check]
    assert mend in found[check]["mend"]
    assert {name for name, one in found.items() if one["status"] == "failed"} == {check}, ended.out


@pytest.mark.parametrize(
    ("output", "changed", "check", "mend"),
    [
        ("WebhookSecretArn", {"zendesk": []}, "secrets.webhook", "linksync setup zendesk"),
        ("WebhookSecretArn", {"jira": []}, "secrets.webhook", "linksync setup jira"),
        ("ApiCredentialsArn", {"jira": {}}, "secrets.api", "linksync setup jira"),
        (
            "ApiCredentialsArn",
            {"zendesk": {"email": "a@b.c", "api_token": "wrong"}},
            "zendesk.credentials",
            "setup zendesk",
        ),
    ],
)
def test_secrets_that_are_missing_fail(
    cli: RunCli, world: World, output: str, changed: dict[str, Any], check: str, mend: str
) -> None:
    world.put(output, **changed)
    found = {one["check"]: one for one in cli("doctor", "--json").document["checks"]}
    assert found[check]["status"] == "failed"
    assert mend in found[check]["mend"]


def test_doubles_and_what_will_end_are_warned_of_without_being_findings(cli: RunCli, world: World) -> None:
    second = world.zendesk.webhooks.add("by hand", kinds={"merged"})
    second.url = f"{ENDPOINT}/zendesk"
    secrets = world.account.secret("WebhookSecretArn")["zendesk"]
    world.put("WebhookSecretArn", zendesk=[*secrets, second.secret])
    world.put(
        "ApiCredentialsArn",
        zendesk={"email": "admin@acme.example", "api_token": "zendesk-api-token-of-the-laptop-world"},
    )
    ended = cli("doctor", "--json")
    found = {one["check"]: one for one in ended.document["checks"]}
    assert [one for one in found.values() if one["status"] == "failed"] == []
    assert ended.status == 0
    assert (found["zendesk.webhook"]["status"], found["zendesk.credentials"]["status"]) == ("warning", "warning")
    assert "30 April 2027" in found["zendesk.credentials"]["found"]
    assert "--remove-doubles" in found["zendesk.webhook"]["mend"]


def test_a_clock_that_is_off_is_told(cli: RunCli, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world
    monkeypatch.setattr(Subject, "clock", lambda _self: time.time() - 120)
    ended = cli("doctor", "--json")
    assert statuses(ended)["clock"] == "failed"
    assert {name for name, status in statuses(ended).items() if status == "failed"} == {"clock"}


def test_a_secret_that_was_just_written_is_waited_for(cli: RunCli, world: World) -> None:
    world.endpoint.faults.add(path="zendesk", status=401, times=3)
    assert statuses(cli("doctor", "--json"))["round_trip"] == "ok"


def test_a_stack_whose_reconciler_runs_is_fine(cli: RunCli, world: World) -> None:
    world.checkpoint(time.time() - 600)
    assert statuses(cli("doctor", "--json"))["reconciler"] == "ok"


def test_without_a_stack_the_set_up_is_named(cli: RunCli, account: Account) -> None:
    account.cloudformation.there = False
    ended = cli("doctor", "--json")
    first = ended.document["checks"][0]
    assert (ended.status, first["status"]) == (1, "failed")
    assert "linksync install" in first["mend"]
    assert set(list(statuses(ended).values())[1:]) == {"skipped"}


def test_checks_can_be_skipped_by_name_and_by_group(cli: RunCli, world: World) -> None:
    jira_token_wrong(world)
    ended = cli("doctor", "--json", "--skip", "jira", "--skip", "round_trip")
    assert ended.status == 0, ended.out
    skipped = {name for name, status in statuses(ended).items() if status == "skipped"}
    assert skipped == {"jira.credentials", "jira.field", "jira.webhook", "round_trip"}
    assert cli("doctor", "--skip", "nonsense").status == 2


def test_people_see_a_line_a_check(cli: RunCli, world: World) -> None:
    assert "All is well." in cli("doctor").out
    manage_links_off(world)
    ended = cli("doctor")
    assert "Manage links" in " ".join(ended.out.split())
    assert all(len(line) <= 80 for line in ended.out.splitlines())
    secrets = [*world.account.secret("WebhookSecretArn")["zendesk"], world.vendors.credentials()["jira"]["api_token"]]
    assert not [secret for secret in secrets if secret in ended.out + ended.err]


def test_an_account_without_the_undocumented_list_is_fine(cli: RunCli, world: World) -> None:
    world.zendesk.about.connections_listed = False
    assert cli("doctor", "--json").status == 0
    world.zendesk.about.connections_listed = True
    world.zendesk.about.connections = [connection("another", "other"), *world.zendesk.about.connections]
    assert cli("doctor", "--json").status == 0


def test_a_link_that_people_made_tells_which_version_is_in_use(cli: RunCli, world: World) -> None:
    ticket, issue = world.vendors.ticket(), world.vendors.issue("PROJ")
    world.vendors.app.link(world.zendesk.links, ticket, issue.key)
    found = {one["check"]: one for one in cli("doctor", "--json").document["checks"]}
    assert found["zendesk.links_api"]["found"] == f"version 2, as the link of ticket {ticket} shows"
    later = world.vendors.ticket()
    world.vendors.app.link(world.zendesk.links_v1, later, issue.key)
    found = {one["check"]: one for one in cli("doctor", "--json").document["checks"]}
    assert found["zendesk.links_api"]["status"] == "warning"
    assert f"ticket {later} is in version 1" in found["zendesk.links_api"]["found"]
    assert "linksync configure --links-api v1" in found["zendesk.links_api"]["mend"]


def test_a_backlog_is_told_with_the_age_of_its_oldest_message(cli: RunCli, world: World) -> None:
    world.account.sqs.send_message(
        QueueUrl=world.account.queue, MessageBody="{}", MessageGroupId="a", MessageDeduplicationId="a"
    )
    world.account.cloudwatch.age = 240.0
    found = {one["check"]: one for one in cli("doctor", "--json").document["checks"]}
    told = "1 message waiting, 0 being worked on or retried, the oldest for 4 minutes"
    assert (found["queue.backlog"]["status"], found["queue.backlog"]["found"]) == ("ok", told)
    world.account.cloudwatch.age = 3_600.0
    ended = cli("doctor", "--json")
    found = {one["check"]: one for one in ended.document["checks"]}
    assert (ended.status, found["queue.backlog"]["status"]) == (0, "warning")
    assert "60 minutes" in found["queue.backlog"]["found"]


@pytest.mark.parametrize(
    ("service", "operation", "action", "check"),
    [
        ("sqs", "get_queue_attributes", "sqs:getqueueattributes", "queue.backlog"),
        ("scheduler", "get_schedule", "scheduler:GetSchedule", "reconciler"),
    ],
)
def test_an_aws_action_that_is_missing_is_named(  # noqa: PLR0917  fixtures, and the case
    cli: RunCli,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    operation: str,
    action: str,
    check: str,
) -> None:
    def denied(**_asked: Any) -> None:
        message = f"User: arn:aws:iam::1:user/op is not authorized to perform: {action} on resource: x"
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "Operation")

    client = world.account.client(service)
    monkeypatch.setattr(client, operation, denied)
    monkeypatch.setattr(Aws, "_client", lambda _self, name: client if name == service else world.account.client(name))
    found = {one["check"]: one for one in cli("doctor", "--json", "--skip", "round_trip").document["checks"]}
    assert found[check]["status"] == "failed"
    assert action in found[check]["found"]
    assert "docs/operator-policy.json" in found[check]["mend"]


def rule_off(world: World) -> None:
    world.jira.rules.all()[0]["state"] = "DISABLED"


def rules_gone(world: World) -> None:
    world.jira.rules._rules.clear()


def token_of_rules_unknown(world: World) -> None:
    world.put("WebhookSecretArn", jira=["a-secret-of-a-webhook-elsewhere"], jira_automation=[])


@pytest.mark.parametrize("breaks", [rule_off, rules_gone, token_of_rules_unknown])
def test_where_rules_tell_of_issues_what_is_wrong_with_them_is_told(cli: RunCli, world: World, breaks: Break) -> None:
    world.jira.webhooks.remove(world.jira.webhooks.all()[0])
    world.jira.access.scoped = True
    world.stack.parameters["JiraBaseUrl"] = f"{world.jira.url}/ex/jira/{world.jira.access.cloud_id}"
    assert cli("setup", "jira").status == 0
    assert statuses(cli("doctor", "--json"))["jira.webhook"] == "ok"
    breaks(world)
    found = {one["check"]: one for one in cli("doctor", "--json").document["checks"]}
    assert (found["jira.webhook"]["status"], found["jira.webhook"]["mend"]) == ("failed", "Run `linksync setup jira`.")
    assert [name for name, one in found.items() if one["status"] == "failed"] == ["jira.webhook"]


def test_a_stack_of_another_version_fails_and_names_the_deployment(cli: RunCli, world: World) -> None:
    del world.stack.outputs["JiraAutomationUrl"]
    found = {one["check"]: one for one in cli("doctor", "--json").document["checks"]}
    assert (found["stack"]["status"], "make deploy" in found["stack"]["mend"]) == ("failed", True)
    assert {name for name, one in found.items() if one["status"] == "failed"} == {"stack"}


@pytest.mark.parametrize(
    ("change", "check", "mend"),
    [
        (lambda world: setattr(world.stack, "status", "UPDATE_ROLLBACK_COMPLETE"), "stack", "make deploy"),
        (lambda world: setattr(world.stack, "status", "UPDATE_IN_PROGRESS"), "stack", "Wait"),
        (lambda world: world.put("WebhookSecretArn", jira_automation=["short"]), "secrets.webhook", "WebhookSecret"),
        (lambda world: world.stack.parameters.update(ReconcileEnabled="false"), "reconciler", "ReconcileEnabled"),
    ],
)
def test_what_works_and_is_not_as_it_should_be_is_a_warning(
    cli: RunCli, world: World, change: Break, check: str, mend: str
) -> None:
    change(world)
    ended = cli("doctor", "--json", "--skip", "round_trip")
    found = {one["check"]: one for one in ended.document["checks"]}
    assert (ended.status, found[check]["status"]) == (0, "warning")
    assert mend in found[check]["mend"]


def test_a_token_that_is_about_to_end_is_warned_of(cli: RunCli, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world
    monkeypatch.setattr(Subject, "secret_changed_at", lambda _self, _output: time.time() - 340 * 86_400)
    found = {one["check"]: one for one in cli("doctor", "--json").document["checks"]}
    assert (found["jira.credentials"]["status"], "340 days" in found["jira.credentials"]["found"]) == ("warning", True)
    assert "LINKSYNC_JIRA_API_TOKEN" in found["jira.credentials"]["mend"]
