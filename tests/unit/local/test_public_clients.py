"""Somebody else's proof: the public clients `zenpy` and `jira` drive the simulated vendors as they do the real ones."""

import itertools
from collections.abc import Iterator

import pytest
import requests
from jira import JIRA, JIRAError
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Link, Ticket, TicketField, Trigger, Webhook
from zenpy.lib.exception import APIException, RecordNotFoundException

from local.jira import site as jira_site
from local.vendors import ISSUE_FIELD, TICKET_FIELD, SimulatedVendors
from local.zendesk import site as zendesk_site
from tests.unit.local.conftest import Receiver


@pytest.fixture
def zenpy(vendors: SimulatedVendors, monkeypatch: pytest.MonkeyPatch) -> Zenpy:
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", vendors.zendesk.url.removeprefix("http://"))
    session = requests.Session()
    session.headers["Content-Type"] = "application/json"  # which the links API wants of a DELETE too
    return Zenpy(
        subdomain="acme", email=zendesk_site.EMAIL, token=zendesk_site.API_TOKEN, session=session, disable_cache=True
    )


@pytest.fixture
def jira(vendors: SimulatedVendors) -> Iterator[JIRA]:
    client = JIRA(
        server=vendors.jira.url, basic_auth=(jira_site.EMAIL, jira_site.API_TOKEN), max_retries=0, validate=False
    )
    yield client
    client.close()


def test_zenpy_knows_who_it_is(zenpy: Zenpy) -> None:
    assert (zenpy.users.me().email, zenpy.users.me().role) == (zendesk_site.EMAIL, "admin")


def test_zenpy_makes_edits_finds_and_deletes_tickets(vendors: SimulatedVendors, zenpy: Zenpy) -> None:
    made = zenpy.tickets.create(Ticket(subject="Fire", description="It burns", tags=["hot"])).ticket
    assert (made.subject, made.tags) == ("Fire", ["hot"])
    ticket = zenpy.tickets(id=made.id)
    ticket.custom_fields = [{"id": int(TICKET_FIELD), "value": "PROJ-1"}]
    ticket.comment = Comment(body="A note", public=False)
    zenpy.tickets.update(ticket)
    assert vendors.zendesk.tickets.get(made.id).fields == {TICKET_FIELD: "PROJ-1"}
    assert [(one.body, one.public) for one in zenpy.tickets.comments(made.id)] == [
        ("It burns", True),
        ("A note", False),
    ]
    zenpy.tickets.add_tags(made.id, ["new"])
    assert zenpy.tickets(id=made.id).tags == ["hot", "new"]
    assert [one.id for one in zenpy.tickets()] == [made.id]
    zenpy.tickets.delete(ticket)
    with pytest.raises(RecordNotFoundException):
        zenpy.tickets(id=made.id)
    assert [one.id for one in zenpy.tickets.deleted()] == [made.id]


def test_zenpy_walks_the_pages_of_tickets(vendors: SimulatedVendors, zenpy: Zenpy) -> None:
    numbers = [vendors.ticket() for _ in range(250)]
    assert [ticket.id for ticket in zenpy.tickets()] == numbers
    assert [ticket.id for ticket in zenpy.tickets(cursor_pagination=100)] == numbers


def test_zenpy_meets_a_closed_ticket(vendors: SimulatedVendors, zenpy: Zenpy) -> None:
    number = vendors.zendesk.tickets.create(status="closed")
    ticket = zenpy.tickets(id=number)
    ticket.tags = ["late"]
    with pytest.raises(APIException, match="closed prevents ticket update"):
        zenpy.tickets.update(ticket)


def test_zenpy_makes_and_lists_fields(zenpy: Zenpy) -> None:
    made = zenpy.ticket_fields.create(TicketField(type="text", title="Keys"))
    assert {field.id for field in zenpy.ticket_fields()} >= {made.id, int(TICKET_FIELD)}
    assert zenpy.ticket_fields(id=made.id).title == "Keys"
    assert any(int(TICKET_FIELD) in form.ticket_field_ids for form in zenpy.ticket_forms())


def test_zenpy_searches(vendors: SimulatedVendors, zenpy: Zenpy) -> None:
    keyed = [vendors.ticket("PROJ-1") for _ in range(120)]
    vendors.ticket()
    query = f"custom_field_{TICKET_FIELD}:*"
    assert sorted(one.id for one in zenpy.search(query, type="ticket")) == keyed
    assert zenpy.search.count(query, type="ticket") == 120
    assert [one.id for one in zenpy.search_export(query, type="ticket")] == keyed


def test_zenpy_exports_incrementally(vendors: SimulatedVendors, zenpy: Zenpy) -> None:
    vendors.zendesk.exports.excluded_seconds = 0
    first, second = vendors.ticket("PROJ-1"), vendors.ticket("PROJ-2")
    vendors.zendesk.tickets.soft_delete(first)
    stream = zenpy.tickets.incremental(start_time=0, per_page=1)
    assert [(one.id, one.status) for one in stream] == [(second, "open"), (first, "deleted")]
    vendors.write_keys(second, "")
    again = zenpy.tickets.incremental(cursor=stream.after_cursor)
    assert [one.id for one in again] == [second]


@pytest.fixture
def webhook(zenpy: Zenpy, receiver: Receiver) -> Webhook:
    return zenpy.webhooks.create(
        Webhook(
            name="linksync by zenpy", endpoint=f"{receiver.url}/zendesk", http_method="POST", request_format="json",
            status="active", subscriptions=["conditional_ticket_events"],
        )
    )  # fmt: skip


def test_zenpy_sets_up_a_webhook(zenpy: Zenpy, webhook: Webhook) -> None:
    assert [one.id for one in zenpy.webhooks.list(filter="by zenpy")] == [webhook.id]
    assert zenpy.webhooks.show_secret(webhook).algorithm == "SHA256"
    zenpy.webhooks.patch(Webhook(id=webhook.id, description="patched"))
    assert zenpy.webhooks(id=webhook.id).description == "patched"
    assert zenpy.webhooks.test(webhook).status_code == 202
    assert list(zenpy.webhooks.invocations(webhook)) == []  # only what triggers and events send is listed


def test_zenpy_sets_up_a_trigger_that_fires(
    vendors: SimulatedVendors, zenpy: Zenpy, webhook: Webhook, receiver: Receiver
) -> None:
    trigger = zenpy.triggers.create(
        Trigger(
            title="keys", all=[{"field": "update_type", "operator": "is", "value": "Create"}],
            actions=[{"field": "notification_webhook", "value": [webhook.id, "{{ticket.id}}"]}],
        )
    )  # fmt: skip
    assert trigger.id in {one.id for one in zenpy.triggers()}
    number = vendors.ticket()
    assert vendors.senders.wait_idle(10)
    assert receiver.requests[-1].body == str(number).encode()
    (invocation,) = zenpy.webhooks.invocations(webhook)
    assert (invocation.status, invocation.status_code) == ("success", 202)
    (attempt,) = zenpy.webhooks.invocation_attempts(webhook.id, invocation.id)
    assert attempt.request.payload == str(number)
    zenpy.triggers.delete(trigger)
    zenpy.webhooks.delete(webhook)
    assert vendors.zendesk.webhooks.all() == []


def test_zenpy_links(vendors: SimulatedVendors, zenpy: Zenpy) -> None:
    for number in range(3):
        made = zenpy.jira_links.create(Link(issue_id=10001 + number, issue_key=f"PROJ-{number}", ticket_id=5001))
        assert made.response.json()["link"]["id"] == number + 1
    links = list(zenpy.jira_links(ticket_id=5001))
    assert [link.issue_key for link in links] == ["PROJ-0", "PROJ-1", "PROJ-2"]
    zenpy.jira_links.delete(links[2])
    assert vendors.zendesk.links_v1.pairs() == {("5001", "PROJ-0"), ("5001", "PROJ-1")}
    with pytest.raises(requests.HTTPError, match="409"):
        zenpy.jira_links.create(Link(issue_id=10001, issue_key="PROJ-0", ticket_id=5001))


def test_jira_connects(jira: JIRA) -> None:
    assert jira._is_cloud
    assert jira.myself()["emailAddress"] == jira_site.EMAIL
    assert ISSUE_FIELD in {field["id"] for field in jira.fields()}


def test_jira_makes_edits_and_reads_an_issue(vendors: SimulatedVendors, jira: JIRA) -> None:
    vendors.jira.issues.add_project("PROJ")
    made = jira.create_issue(project="PROJ", summary="Fire", issuetype={"name": "Bug"})
    issue = jira.issue(made.key)
    issue.update(fields={ISSUE_FIELD: "5001"})
    assert getattr(jira.issue(made.id).fields, ISSUE_FIELD) == "5001"
    issue.update(update={"labels": [{"add": "zd-5002"}]})
    assert jira.issue(made.key, fields="labels").fields.labels == ["zd-5002"]
    assert jira.add_comment(issue, "5003 was not found").body == "5003 was not found"
    assert [comment.body for comment in jira.comments(issue)] == ["5003 was not found"]
    vendors.jira.issues.move(made.key, "NEW")
    assert jira.issue(made.key).key == "NEW-1"
    issue.delete()
    with pytest.raises(JIRAError, match="does not exist"):
        jira.issue(made.id)


def test_jira_searches(vendors: SimulatedVendors, jira: JIRA) -> None:
    names = [vendors.issue("PROJ", "5001").key for _ in range(120)]
    vendors.issue("OTHER")
    jql = 'project = PROJ AND "Zendesk tickets" is not EMPTY ORDER BY key ASC'
    found = jira.enhanced_search_issues(jql, fields=f"{ISSUE_FIELD},updated", maxResults=False)
    assert [issue.key for issue in found] == names
    assert {getattr(issue.fields, ISSUE_FIELD) for issue in found} == {"5001"}
    assert jira.approximate_issue_count(jql) == 120
    with pytest.raises(JIRAError, match="Unbounded"):
        jira.enhanced_search_issues("ORDER BY key")


def test_jira_lists_projects(vendors: SimulatedVendors, jira: JIRA) -> None:
    vendors.issue("PROJ")
    assert jira.project("PROJ").projectTypeKey == "software"


def test_the_clients_do_not_get_in_with_a_guess(vendors: SimulatedVendors, zenpy: Zenpy) -> None:
    vendors.ticket()
    zenpy.tickets.session.auth = (f"{zendesk_site.EMAIL}/token", "guess")
    assert zenpy.users.me().id is None
    with pytest.raises(APIException, match="authenticate"):
        list(itertools.islice(zenpy.tickets(), 1))
    nobody = JIRA(server=vendors.jira.url, basic_auth=("x", "y"), max_retries=0)
    with pytest.raises(JIRAError):
        nobody.myself()
    assert list(nobody.enhanced_search_issues("project = PROJ")) == []
    nobody.close()
