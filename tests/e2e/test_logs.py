"""No secret and no text of people's is in any line that the other tests left behind; the metrics are.

It comes last of its group: see `conftest`.
"""

import base64
import json
from typing import Any

import pytest

from local import senders
from local.aws.stack import Stack
from local.jira import site as jira_site
from local.zendesk import site as zendesk_site
from tests.e2e.scene import Scene
from tests.metric_dimensions import DIMENSIONS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

TEXT = "Requester Rosalind Quux is locked out of"
SUMMARY = "Zanzibar invoices go missing"
SECRETS = [
    senders.ZENDESK_SECRET,
    senders.JIRA_SECRET,
    senders.AUTOMATION_TOKEN,
    zendesk_site.CLIENT_SECRET,
    zendesk_site.API_TOKEN,
    jira_site.CLIENT_SECRET,
    jira_site.API_TOKEN,
]


@pytest.fixture(scope="module")
def told(stack: Stack) -> str:
    """Everything that the functions and the emulator have printed, after a round of events that hold text."""
    _events_with_text(Scene(stack))
    lines = [line for function in stack.functions for line in stack.logs(function)]
    # The reconciler runs by its schedule, and no event of these reaches it.
    assert all(stack.runs(function) for function in stack.functions if function != "Reconciler")
    return "\n".join([*lines, stack.emulator.output.read_text()])


def test_no_secret_is_in_any_line(stack: Stack, told: str) -> None:
    tokens = [json.loads(call.answer_body)["access_token"] for call in _token_calls(stack)]
    pairs = [(f"{zendesk_site.EMAIL}/token", zendesk_site.API_TOKEN), (jira_site.EMAIL, jira_site.API_TOKEN)]
    encoded = [base64.b64encode(":".join(pair).encode()).decode() for pair in pairs]
    proofs = [value for delivery in stack.vendors.senders.deliveries() for value in _proofs(delivery.headers(0))]
    assert tokens
    assert proofs
    assert [secret for secret in {*SECRETS, *tokens, *encoded, *proofs} if secret in told] == []


def test_no_text_of_peoples_is_in_any_line(stack: Stack, told: str) -> None:
    keys = {link.issue_key for link in stack.vendors.link_table.all()}
    assert keys
    texts = [TEXT, "Quux", SUMMARY, "Agent One", "template is broken", "the template", "PROJ-99999", *keys]
    assert [text for text in texts if text in told] == []


def test_every_metric_is_one_of_the_promised_in_their_namespace(told: str) -> None:
    documents = [line for line in map(_json, told.splitlines()) if "_aws" in line]
    directives = [(line, directive) for line in documents for directive in line["_aws"]["CloudWatchMetrics"]]
    assert {directive["Namespace"] for _, directive in directives} == {"linksync"}
    named = {metric["Name"] for _, directive in directives for metric in directive["Metrics"]}
    counted_under = {
        (metric["Name"], frozenset(dimensions))
        for _, directive in directives
        for metric in directive["Metrics"]
        for dimensions in directive["Dimensions"]
    }
    assert counted_under <= set(DIMENSIONS.items())
    assert named >= {"DeliveriesAccepted", "LinksCreated", "LinksDeleted", "NothingToDo", "Rereads", "SecondsBehind"}
    assert {line["service"] for line in documents} == {"zendesk_webhook", "jira_webhook", "link_worker"}


def _events_with_text(scene: Scene) -> None:
    """Text around keys and ids, in statements, in what cannot be read, in refusals and in events about other things."""
    ticket, issue = scene.pair()
    senders = scene.vendors.senders
    scene.vendors.jira.issues.edit(issue.id, {"summary": SUMMARY})
    scene.write_keys(ticket, f"{TEXT} {issue.key} and PROJ-99999")
    scene.write_tickets(issue, f"{TEXT} {ticket}")
    scene.write_tickets(issue, None)
    scene.write_keys(ticket, f"{TEXT}!")
    unreadable = senders.trigger.send(f'{{"ticket": "{TEXT}'.encode())
    senders.trigger.send(f'{{"ticket_id": "{ticket}", "issue_keys": "the "best" {TEXT}"}}'.encode())
    scene.post("zendesk", TEXT.encode(), {"X-Zendesk-Webhook-Signature": TEXT, "X-Zendesk-Webhook-Invocation-Id": TEXT})
    scene.post("automation", TEXT.encode(), {"Authorization": f"Bearer {TEXT}"})
    scene.wait_quiet()
    assert unreadable.answer.startswith("202")


def _token_calls(stack: Stack) -> list[Any]:
    sites = (stack.vendors.zendesk, stack.vendors.jira)
    return [call for site in sites for call in site.calls.matching("POST", "/oauth/", status=200)]


def _proofs(headers: dict[str, str]) -> list[str]:
    names = ("x-zendesk-webhook-signature", "x-hub-signature", "authorization")
    return [value.rpartition("=")[2] or value for name, value in headers.items() if name.lower() in names]


def _json(line: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
