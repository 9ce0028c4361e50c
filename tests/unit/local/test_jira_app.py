"""Zendesk's own Jira app does what its help pages say."""

from local.jira_app import TICKET_COUNT, TICKET_IDS
from local.vendors import TICKET_FIELD, SimulatedVendors


def test_linking_in_the_app_tags_the_ticket_and_labels_the_issue(vendors: SimulatedVendors) -> None:
    ticket, issue = vendors.ticket(), vendors.issue("A")
    assert vendors.link_by_hand(ticket, issue.key)
    assert vendors.zendesk.tickets.get(ticket).tags == ["jira_escalated"]
    assert vendors.jira.issues.get("A-1").fields["labels"] == ["jira_escalated"]
    assert vendors.unlink_by_hand(ticket, issue.key)
    assert vendors.zendesk.tickets.get(ticket).tags == ["jira_escalated"]


def test_a_link_made_over_the_api_leaves_ticket_and_issue_alone(vendors: SimulatedVendors) -> None:
    ticket, issue = vendors.ticket(), vendors.issue("A")
    vendors.zendesk.links.add(ticket, issue.id, issue.key)
    assert vendors.zendesk.tickets.get(ticket).tags == []
    assert not vendors.jira.issues.get("A-1").fields.get("labels")


def test_reporting_keeps_two_fields_that_it_finds_by_their_names(vendors: SimulatedVendors) -> None:
    ids = {name: vendors.jira.fields.add(name) for name in (TICKET_IDS, TICKET_COUNT)}
    vendors.app.reporting = True
    issue, tickets = vendors.issue("A"), [vendors.ticket() for _ in range(2)]
    for ticket in tickets:
        vendors.link_by_hand(ticket, issue.key)
    fields = vendors.jira.issues.get(issue.id).fields
    assert (fields[ids[TICKET_IDS]], fields[ids[TICKET_COUNT]]) == (f"{tickets[0]}, {tickets[1]}", 2)
    vendors.unlink_by_hand(tickets[0], issue.key)
    assert vendors.jira.issues.get(issue.id).fields[ids[TICKET_IDS]] == str(tickets[1])


def test_field_sync_writes_every_linked_key_into_the_ticket(vendors: SimulatedVendors) -> None:
    vendors.app.synced_field = TICKET_FIELD
    ticket, keys = vendors.ticket(), [vendors.issue("A").key for _ in range(2)]
    for key in keys:
        vendors.link_by_hand(ticket, key)
    assert vendors.zendesk.tickets.get(ticket).fields[TICKET_FIELD] == "A-1 A-2"


def test_what_is_gone_or_closed_stops_neither(vendors: SimulatedVendors) -> None:
    vendors.app.reporting, vendors.app.synced_field = True, TICKET_FIELD
    vendors.jira.fields.add(TICKET_IDS)
    closed, issue = vendors.zendesk.tickets.create(status="closed"), vendors.issue("A")
    assert vendors.link_by_hand(closed, issue.key)
    assert vendors.zendesk.links.add(999, 999, "GONE-1")
