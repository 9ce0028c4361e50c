"""A delivery that somebody kept and sends again."""

import json
from dataclasses import replace

import pytest

from linksync.core import issue_rules, known_key
from linksync.core.lanes import FieldRecord, IssueRecord
from linksync.core.messages import IssueStatement, LifecycleEvent
from linksync.core.ordering import Action, Window
from linksync.inbound import jira
from linksync.references.fields import IssueField
from linksync.store import ledger_items

DAY = 86_400.0
NOW = 1_790_000_000.0
FIELD = IssueField.configured(field_id="customfield_10050", project_keys="", zendesk_subdomain="acme")


def statement(*, age: float) -> IssueStatement:
    """What a body statement_ that Jira signed `age` seconds ago: the issue names ticket 5001."""
    body = {
        "webhookEvent": "jira:issue_updated",
        "timestamp": int((NOW - age) * 1000),
        "issue": {"id": "10001", "key": "SHOP-1", "fields": {FIELD.id: "5001"}},
        "changelog": {"items": [{"field": "Tickets", "fieldId": FIELD.id, "toString": "5001"}]},
    }
    statement_ = jira.parse(json.dumps(body).encode(), NOW, field=FIELD).content
    assert isinstance(statement_, IssueStatement)
    return statement_


def test_an_issue_that_named_a_ticket_is_never_forgotten() -> None:
    # Only what the ledger remembers makes an old body stale.
    record = issue_rules.replace_references(IssueRecord(), ["5001"], Window.of_change(NOW - DAY))
    silent = issue_rules.replace_references(record, [], Window.of_change(NOW))
    assert ledger_items.issue_item("issue#10001", silent)["expires_at"] is None


@pytest.mark.parametrize("age", [0, 60, 3 * 3600])
def test_what_jira_delivers_late_is_believed(age: float) -> None:
    assert issue_rules.decide(IssueRecord(), statement(age=age), waited=0).action is Action.BELIEVE


@pytest.mark.parametrize("age", [60, 2 * DAY, 40 * DAY])
def test_an_old_body_of_jira_is_stale_while_the_ledger_remembers_a_later_one(age: float) -> None:
    record = IssueRecord(
        stated=FieldRecord(window=Window.of_change(NOW - age + 1)), key="SHOP-1", key_at=NOW, key_until=NOW
    )
    assert issue_rules.decide(record, statement(age=age), waited=0).action is Action.IGNORE


def test_an_old_move_that_is_sent_again_tells_nobody() -> None:
    record = IssueRecord(ever_named=frozenset({"5001"}), key="PAY-7", key_at=NOW - DAY, told_key="PAY-7")
    assert issue_rules.news_for_tickets(record, record, LifecycleEvent.MOVED) == issue_rules.TicketNews(
        named=record.ever_named
    )


def test_an_old_deletion_that_is_sent_again_tells_nobody() -> None:
    record = IssueRecord(ever_named=frozenset({"5001"}), deleted=True)
    assert issue_rules.news_for_tickets(record, record, LifecycleEvent.DELETED).everywhere is None


def test_an_old_move_gives_no_old_key_back() -> None:
    record = IssueRecord(key="PAY-7", key_at=NOW - DAY, key_until=NOW - DAY)
    old = replace(statement(age=40 * DAY), lifecycle=LifecycleEvent.MOVED)
    assert known_key.with_key(record, old.issue_key, old.window).key == "PAY-7"
