"""What is registered over the vendors' APIs, with the stack's own URLs, is what fires."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.jira import site as jira_site
from local.senders import JIRA_SECRET, ZENDESK_SECRET
from local.zendesk import site as zendesk_site
from tests.e2e.scene import Scene, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

ROOT = Path(__file__).parents[2]
ZENDESK = (f"{zendesk_site.EMAIL}/token", zendesk_site.API_TOKEN)
JIRA = (jira_site.EMAIL, jira_site.API_TOKEN)


@pytest.fixture
def silent(scene: Scene) -> Iterator[Scene]:
    """The stack without the senders that the laptop registers by itself."""
    scene.vendors.senders.aim(zendesk="", jira="", automation="")
    yield scene
    scene.stack.aim()


def test_a_webhook_and_a_trigger_made_by_api_link_the_first_edited_field(silent: Scene) -> None:
    ticket, issue = silent.pair()
    webhook = {
        "name": "linksync", "endpoint": silent.stack.outputs["ZendeskWebhookUrl"], "http_method": "POST",
        "request_format": "json", "status": "active", "subscriptions": ["conditional_ticket_events"],
    }  # fmt: skip
    base = f"{silent.vendors.zendesk.url}/api/v2"
    made = requests.post(f"{base}/webhooks", json={"webhook": webhook}, auth=ZENDESK, timeout=5).json()["webhook"]
    row = silent.vendors.zendesk.webhooks.get(made["id"])
    assert row is not None
    row.secret = ZENDESK_SECRET  # which the stack knows already
    field = silent.vendors.ticket_field
    body = '{"ticket_id": "{{ticket.id}}", "issue_keys": "{{ticket.ticket_field_' + field + '}}"}'
    trigger = {
        "title": "by api", "all": [{"field": "update_type", "operator": "is", "value": "Change"}],
        "actions": [{"field": "notification_webhook", "value": [made["id"], body]}],
    }  # fmt: skip
    answer = requests.post(f"{base}/triggers", json={"trigger": trigger}, auth=ZENDESK, timeout=5)
    assert answer.status_code == 201
    silent.vendors.write_keys(ticket, issue.key)
    eventually(lambda: silent.linked(ticket) == {(ticket, issue.key)}, "the link")
    (invocation,) = requests.get(f"{base}/webhooks/{made['id']}/invocations", auth=ZENDESK, timeout=5).json()[
        "invocations"
    ]
    assert (invocation["status"], invocation["status_code"]) == ("success", 202)
    requests.delete(f"{base}/triggers/{answer.json()['trigger']['id']}", auth=ZENDESK, timeout=5)
    requests.delete(f"{base}/webhooks/{made['id']}", auth=ZENDESK, timeout=5)


def test_an_administrators_webhook_made_by_api_links_the_first_edited_field(silent: Scene) -> None:
    ticket, issue = silent.pair()
    webhook = {
        "name": "linksync", "url": silent.stack.outputs["JiraWebhookUrl"], "secret": JIRA_SECRET,
        "events": ["jira:issue_updated"], "filters": {"issue-related-events-section": f"project = {issue.project}"},
    }  # fmt: skip
    address = f"{silent.vendors.jira.url}/rest/webhooks/1.0/webhook"
    made = requests.post(address, json=webhook, auth=JIRA, timeout=5).json()
    silent.vendors.write_tickets(issue.key, str(ticket))
    eventually(lambda: silent.linked(ticket) == {(ticket, issue.key)}, "the link")
    requests.delete(made["self"], auth=JIRA, timeout=5)


def test_an_automation_rule_made_by_api_links_the_first_edited_field(silent: Scene) -> None:
    ticket, issue = silent.pair()
    senders, field = silent.vendors.senders, silent.vendors.issue_field
    body = '{"issue_id": "{{issue.id}}", "issue_key": "{{issue.key}}", "ticket_ids": {{issue.%s.asJsonString}}}'
    action = {
        "url": silent.stack.outputs["JiraAutomationUrl"], "method": "POST", "contentType": "custom",
        "customBody": body.replace("%s", field),
        "headers": [{"name": "Authorization", "value": f"Bearer {senders.automation.token}", "headerSecure": True}],
    }  # fmt: skip
    trigger = {"component": "TRIGGER", "type": "jira.issue.field.changed",
               "value": {"changeType": "ANY_CHANGE", "fields": [{"type": "field", "value": field}]}}  # fmt: skip
    rule = {
        "name": "linksync", "state": "ENABLED", "notifyOnError": "FIRSTERROR", "canOtherRuleTrigger": False,
        "authorAccountId": "a", "actor": {"type": "ACCOUNT_ID", "actor": "a"}, "writeAccessType": "OWNER_ONLY",
        "trigger": trigger, "ruleScopeARIs": [],
        "components": [{"component": "ACTION", "type": "jira.issue.outgoing.webhook", "value": action}],
    }  # fmt: skip
    address = f"{silent.vendors.jira.url}/automation/public/jira/{jira_site.CLOUD_ID}/rest/v1/rule"
    made = requests.post(address, json={"rule": rule}, auth=JIRA, timeout=5).json()
    silent.vendors.write_tickets(issue.key, str(ticket))
    eventually(lambda: silent.linked(ticket) == {(ticket, issue.key)}, "the link")
    requests.put(f"{address}/{made['ruleUuid']}/state", json={"value": "DISABLED"}, auth=JIRA, timeout=5)


def test_the_laptop_s_own_senders_are_what_doctor_looks_for(scene: Scene) -> None:
    left_out = ("zendesk.deliveries", "queue", "reconciler")  # other tests break and fill what these look at
    done = subprocess.run(  # noqa: S603  our own command
        [
            sys.executable,
            "-m",
            "linksync_cli",
            "doctor",
            "--json",
            *(word for name in left_out for word in ("--skip", name)),
        ],
        env=scene.stack.emulator.environment()
        | {"PYTHONPATH": f"{ROOT / 'cli'}:{ROOT / 'layers/linksync'}", "SAMCONFIG": "none.toml"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = {one["check"]: one["status"] for one in json.loads(done.stdout)["checks"]}
    assert set(found.values()) == {"ok", "skipped"}, done.stdout
    assert (found["zendesk.webhook"], found["zendesk.trigger"], found["jira.webhook"]) == ("ok", "ok", "ok")
