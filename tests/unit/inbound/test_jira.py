"""What the bodies of Jira's admin webhooks and of its automation state."""

import json
from dataclasses import replace
from typing import Any

import pytest

from linksync.core.messages import IssueStatement, LifecycleEvent
from linksync.errors import Unreadable
from linksync.inbound import jira, jira_automation
from linksync.inbound.parsed_body import Ignored, ParsedBody
from linksync.references.fields import IssueField
from tests.receivers.samples import sample

NOW = 1_793_611_805.0
CHANGED = 1_793_611_800.5  # `timestamp` of the sample bodies
FIELD = IssueField(id="customfield_10050", account_host="acme.zendesk.com")
LABELS = IssueField(id="labels", account_host="acme.zendesk.com")
OFF = IssueField(id="", account_host="acme.zendesk.com")


def states(
    ids: tuple[str, ...] | None, *, key: str = "SHOP-12", lifecycle: LifecycleEvent = LifecycleEvent.EDITED
) -> ParsedBody:
    statement = IssueStatement(
        issue_id="30012", issue_key=key, ticket_ids=ids, at=CHANGED, exact=True, lifecycle=lifecycle
    )
    return ParsedBody("jira_webhook", statement)


def ignored(reason: str, source: str = "jira_webhook") -> ParsedBody:
    return ParsedBody(source, Ignored(reason))


def automated(ids: tuple[str, ...] | None, *, lifecycle: LifecycleEvent = LifecycleEvent.EDITED) -> ParsedBody:
    statement = IssueStatement(
        issue_id="30012", issue_key="SHOP-12", ticket_ids=ids, at=NOW, exact=False, lifecycle=lifecycle
    )
    return ParsedBody("jira_automation", statement)


SAMPLES = {
    "created-text.json": states(("4711", "4712")),
    "created-empty-field.json": ignored("field_empty"),
    "created-field-absent.json": ignored("field_absent"),
    "updated-text.json": states(("4711", "4712")),
    "updated-number.json": states(("4711",)),
    "updated-labels.json": ignored("field_unchanged"),
    "updated-select.json": states(("4711",)),
    "updated-multiselect.json": states(("4711", "4712")),
    "updated-cleared.json": states(()),
    "updated-field-in-changelog-only.json": states(("4711", "4712")),
    "updated-with-comment.json": states(("4711",)),
    "updated-server-no-field-id.json": states(("4711",)),
    "updated-other-field.json": ignored("field_unchanged"),
    "updated-empty-changelog.json": ignored("field_unchanged"),
    "updated-no-changelog.json": states(("4711",)),
    "moved.json": states(None, key="PAY-3", lifecycle=LifecycleEvent.MOVED),
    "deleted.json": states(None, lifecycle=LifecycleEvent.DELETED),
    "comment-created.json": ignored("event_type"),
    "comment-created-no-issue.json": ignored("event_type"),
}


@pytest.mark.parametrize(("name", "parsed"), SAMPLES.items())
def test_webhook_samples(name: str, parsed: ParsedBody) -> None:
    assert jira.parse(sample(f"jira/{name}"), NOW, field=FIELD) == parsed


def test_labels_hold_ids_where_they_are_the_field() -> None:
    assert jira.parse(sample("jira/updated-labels.json"), NOW, field=LABELS) == states(("4711",))


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("created-text.json", ignored("direction_off")),
        ("updated-text.json", ignored("direction_off")),
        ("moved.json", SAMPLES["moved.json"]),
        ("deleted.json", SAMPLES["deleted.json"]),
    ],
)
def test_without_an_issue_field_only_moves_and_ends_count(name: str, parsed: ParsedBody) -> None:
    assert jira.parse(sample(f"jira/{name}"), NOW, field=OFF) == parsed


def update(value: Any = ..., items: Any = ..., **changes: Any) -> bytes:
    """An update; the default `...` leaves a part out."""
    fields = {} if value is ... else {"customfield_10050": value}
    body = {"webhookEvent": "jira:issue_updated", "timestamp": 1_793_611_800_500} | changes
    body = {"issue": {"id": "30012", "key": "SHOP-12", "fields": fields}} | body
    return json.dumps(body if items is ... else body | {"changelog": {"items": items}}).encode()


OURS = {"field": "Tickets", "fieldtype": "custom", "fieldId": "customfield_10050", "toString": "4713"}
UNNAMED = {"field": "Tickets", "fieldtype": "custom", "toString": "4713"}
OTHER = {"field": "Tickets", "fieldtype": "custom", "fieldId": "customfield_10051", "toString": "4713"}
SYSTEM = {"field": "status", "fieldtype": "jira", "toString": "Done"}
MOVE = {"field": "Key", "fieldtype": "jira", "fromString": "OLD-1", "toString": "SHOP-12"}


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (update("4711", [OURS]), states(("4711",))),
        (update(..., [OURS]), states(("4713",))),
        (update(..., [OURS | {"toString": None}]), states(())),
        (update(..., [OURS | {"toString": "4712"}, OURS]), states(("4713",))),
        (update(..., [{"fieldId": "customfield_10050"}]), states(None)),
        (update({"value": "4711", "id": "99"}, [OURS]), states(("4711",))),
        (update(True, [OURS]), states(None)),
        (update([["deep", {"er": [4711]}]], [OURS]), states(None)),
        (update("4711", [UNNAMED]), states(("4711",))),
        (update(..., [UNNAMED]), ignored("field_absent")),
        (update("4711", [UNNAMED | {"field": "customfield_10050"}]), states(("4711",))),
        (update("4711", [OTHER, SYSTEM]), ignored("field_unchanged")),
        # Digits of another field are no ticket ids, wherever its item stands.
        (update(..., [OTHER]), ignored("field_unchanged")),
        (update(..., [OURS | {"toString": "4712"}, OTHER]), states(("4712",))),
        (update(..., [OTHER, OURS | {"toString": "4712"}]), states(("4712",))),
        (update(..., [OURS | {"toString": "4712"}, SYSTEM | {"toString": "4715"}]), states(("4712",))),
        (update(..., [UNNAMED | {"field": "customfield_10051"}]), ignored("field_absent")),
        (update("4711", [None, 5, "x", []]), ignored("field_unchanged")),
        (update("4711", {"not": "a list"}), states(("4711",))),
        (update("4711", changelog=[]), states(("4711",))),
        (update(), ignored("field_absent")),
        (update(issue={"id": 30012, "key": "shop-12", "fields": []}), ignored("field_absent")),
        (update(issue={"id": 30012, "key": "shop-12", "fields": {"customfield_10050": "1"}}), states(("1",))),
        (update("4711", [MOVE]), states(None, lifecycle=LifecycleEvent.MOVED)),
        (update("4711", [MOVE, OURS]), states(("4711",), lifecycle=LifecycleEvent.MOVED)),
        (update("4711", [MOVE | {"fieldtype": "custom"}]), states(("4711",))),
        (update("4711", [MOVE | {"field": "key"}]), ignored("field_unchanged")),
        (update("4711", [OURS], webhookEvent="issue_property_set"), ignored("event_type")),
    ],
)
def test_updates(body: bytes, parsed: ParsedBody) -> None:
    assert jira.parse(body, NOW, field=FIELD) == parsed


PAY_ALONE = replace(FIELD, projects=frozenset({"PAY"}))


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (update("4711", [OURS]), states(("4711",))),
        (update("", [OURS | {"toString": ""}]), states(())),
        (update("4711", [MOVE, OURS]), states(("4711",), lifecycle=LifecycleEvent.MOVED)),
        (update("4711", [MOVE]), states(None, lifecycle=LifecycleEvent.MOVED)),
        (update("4711", webhookEvent="jira:issue_created"), states(("4711",))),
        (update(webhookEvent="jira:issue_deleted"), states(None, lifecycle=LifecycleEvent.DELETED)),
    ],
    ids=["edited", "withdrawn", "moved and edited", "moved", "created", "deleted"],
)
def test_what_an_issue_outside_the_allow_list_states_goes_to_the_worker(body: bytes, parsed: ParsedBody) -> None:
    """Its key is claimed, and the issue may have left the list a moment ago: then it takes something back."""
    assert jira.parse(body, NOW, field=PAY_ALONE) == parsed
    assert jira.parse(body, NOW, field=FIELD) == parsed


@pytest.mark.parametrize("name", ["custom-data.json", "jira-format.json", "custom-data-empty-field.json"])
def test_what_automation_states_of_an_issue_outside_the_allow_list_goes_to_the_worker(name: str) -> None:
    body = sample(f"automation/{name}")
    assert jira_automation.parse(body, NOW, field=PAY_ALONE) == jira_automation.parse(body, NOW, field=FIELD)
    assert isinstance(jira_automation.parse(body, NOW, field=PAY_ALONE).content, IssueStatement)


@pytest.mark.parametrize(
    "timestamp",
    [None, "1793611800500", True, -5, 0, 0.0, 10**400, 1e300, 10**14, [], 1_793_999_999_000, 1000 * (NOW + 86_400)],
)
def test_a_time_that_cannot_be_believed_bounds_nothing(timestamp: object) -> None:
    statement = jira.parse(update("4711", [OURS], timestamp=timestamp), NOW, field=FIELD).content
    assert isinstance(statement, IssueStatement)
    assert (statement.at, statement.exact) == (NOW, False)


def test_a_time_within_a_day_of_ours_is_believed() -> None:
    ahead = NOW + 86_399.5
    statement = jira.parse(update("4711", [OURS], timestamp=1000 * ahead), NOW, field=FIELD).content
    assert isinstance(statement, IssueStatement)
    assert (statement.at, statement.exact) == (ahead, True)


def test_a_webhook_that_repeats_a_key_is_read() -> None:
    """Jira writes it, no template: it holds nobody's unescaped text."""
    body = update("4711", [OURS]).replace(b"{", b'{"timestamp": 1, ', 1)
    assert jira.parse(body, NOW, field=FIELD) == jira.parse(update("4711", [OURS]), NOW, field=FIELD)


@pytest.mark.parametrize("timestamp", [1, 1.5, 1000])
def test_an_old_time_is_believed(timestamp: float) -> None:
    """A statement with it is older than what the ledger knows, which the worker finds out."""
    statement = jira.parse(update("4711", [OURS], timestamp=timestamp), NOW, field=FIELD).content
    assert isinstance(statement, IssueStatement)
    assert (statement.at, statement.exact) == (timestamp / 1000, True)


def test_the_last_of_several_changes_of_the_field_counts() -> None:
    changes = [OURS | {"toString": "4711"}, OURS | {"toString": "4712"}]
    without = {"id": "30012", "key": "SHOP-12", "fields": {}}
    assert jira.parse(update("", changes, issue=without), NOW, field=FIELD) == states(("4712",))


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({"field": "Tickets", "fieldId": "customfield_10050"}, True),
        ({"field": "customfield_10050"}, True),
        ({"field": "customfield_10050", "fieldId": "customfield_10051"}, False),
        ({"field": "Tickets", "fieldtype": "custom"}, True),  # a server that tells no id: it may be ours
        ({"field": "Tickets", "fieldtype": "jira"}, False),
        ({"field": "Tickets", "fieldtype": "custom", "fieldId": "customfield_10051"}, False),
    ],
)
def test_which_changes_may_be_of_our_field(item: dict[str, str], says: bool) -> None:
    parsed = jira.parse(update("4711", [item | {"toString": "4711"}]), NOW, field=FIELD)
    assert parsed == (states(("4711",)) if says else ignored("field_unchanged"))


def test_a_change_of_an_unnamed_custom_field_is_none_of_a_system_field() -> None:
    item = {"field": "Tickets", "fieldtype": "custom", "toString": "4711"}
    assert jira.parse(update("4711", [item]), NOW, field=LABELS) == ignored("field_unchanged")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_body"),
        (b"{", "not_json"),
        (b'{"a":' * 100_000, "not_json"),
        (b'{"timestamp": Infinity}', "not_json"),
        (b"[]", "not_an_object"),
        (b"{}", "no_event_type"),
        (update("4711", [OURS], issue=None), "no_issue_id"),
        (update("4711", [OURS], issue={"key": "SHOP-1", "fields": {}}), "no_issue_id"),
        (update("4711", issue={"id": "10x", "key": "SHOP-1", "fields": {"customfield_10050": "1"}}), "no_issue_id"),
        (update("4711", [OURS], issue={"id": "1", "key": None}), "no_issue_key"),
        (update("4711", [OURS], issue={"id": "1", "key": "SHOP"}), "no_issue_key"),
        (update("4711", [OURS], issue={"id": "1", "key": "SHOP-01"}), "no_issue_key"),
        (update("4711", [OURS], issue={"id": "1", "key": "\u017fHOP-1"}), "no_issue_key"),
        (update("4711", webhookEvent="jira:issue_deleted", issue="30012"), "no_issue_id"),
        (update([f"{number}" for number in range(1, 502)], [OURS]), "too_many_references"),
    ],
)
def test_unreadable_webhooks(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as problem:
        jira.parse(body, NOW, field=FIELD)
    assert problem.value.reason == reason


AUTOMATION = {
    "jira-format.json": automated(("4711", "4712")),
    "automation-format.json": automated(("4711", "4712")),
    "jira-format-field-absent.json": automated(None),
    "custom-data.json": automated(("4711", "4712")),
    "custom-data-number.json": automated(("4711",)),
    "custom-data-list.json": automated(("4711", "4712")),
    "custom-data-empty-field.json": automated(()),
    "custom-data-no-field.json": automated(None),
    "custom-data-as-json-string.txt": automated(None),
    "custom-data-unescaped-quote.txt": automated(None),
    "custom-data-text-plays-issue.json": automated(("4711",)),
    "issue-moved.json": automated(None, lifecycle=LifecycleEvent.MOVED),
    "issue-deleted.json": automated(None, lifecycle=LifecycleEvent.DELETED),
}


@pytest.mark.parametrize(("name", "parsed"), AUTOMATION.items())
def test_automation_samples(name: str, parsed: ParsedBody) -> None:
    assert jira_automation.parse(sample(f"automation/{name}"), NOW, field=FIELD) == parsed


@pytest.mark.parametrize("name", ["issue-moved.json", "issue-deleted.json"])
def test_automation_tells_of_moves_and_deletions_whatever_the_direction_and_project(name: str) -> None:
    for field in (OFF, IssueField(id="labels", account_host="acme.zendesk.com", projects=frozenset({"PAY"}))):
        statement = jira_automation.parse(sample(f"automation/{name}"), NOW, field=field).content
        assert isinstance(statement, IssueStatement)
        assert statement.lifecycle in {LifecycleEvent.MOVED, LifecycleEvent.DELETED}


@pytest.mark.parametrize(
    "body",
    [
        # What people write into the field, unescaped, can end its text and add a key.
        b'{"issue_id": "30012", "issue_key": "SHOP-12", "ticket_ids": "4711", "event": "deleted"}',
        b'{"issue_id": "30012", "issue_key": "SHOP-12", "ticket_ids": "4711", "event": "deleted", "x": ""}',
    ],
)
def test_no_text_makes_a_deletion(body: bytes) -> None:
    assert jira_automation.parse(body, NOW, field=FIELD) == automated(("4711",))


@pytest.mark.parametrize(
    "text",
    [
        b'4711", "ticket_ids": "666',
        b'4711", "issue_id": "666',
        b'4711", "issue_id": "666", "issue_key": "EVIL-1", "ticket_ids": "4712',
    ],
)
def test_a_text_that_repeats_a_key_makes_the_field_be_read(text: bytes) -> None:
    body = b'{"issue_id": "30012", "issue_key": "SHOP-12", "ticket_ids": "' + text + b'"}'
    assert jira_automation.parse(body, NOW, field=FIELD) == automated(None)


def test_a_deletion_that_repeats_a_key_is_none() -> None:
    body = b'{"event": "created", "issue_id": "30012", "issue_key": "SHOP-12", "event": "deleted"}'
    assert jira_automation.parse(body, NOW, field=FIELD) == automated(None)


@pytest.mark.parametrize("event", ['"created"', '"Deleted"', "null", "7", "[]"])
def test_another_event_of_automation_is_nothing_to_do_with_links(event: str) -> None:
    body = f'{{"event": {event}, "issue_id": "30012", "issue_key": "SHOP-12"}}'.encode()
    assert jira_automation.parse(body, NOW, field=FIELD) == ignored("event_type", "jira_automation")


def test_automation_without_an_issue_field() -> None:
    parsed = jira_automation.parse(b"whatever", NOW, field=OFF)
    assert parsed == ignored("direction_off", "jira_automation")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_body"),
        (b"{", "not_json"),
        (b'{"issue_id": "30012", "', "not_json"),
        (b'{"issue_key": "SHOP-1", "', "not_json"),
        (b'["issue_id", "30012"]', "not_an_object"),
        (b'[{"issue_id": "30012", "issue_key": "SHOP-12"}]', "not_an_object"),  # nothing is fished out of that
        *(
            (f'{{"{key}": "x", "issue": {{"id": "30012", "key": "SHOP-12", "fields": {{}}}}}}'.encode(), "no_issue_id")
            for key in ("issue_id", "issue_key", "ticket_ids")  # one of them makes it our template's body
        ),
        (b"{}", "no_issue_id"),
        (b'{"issue": "30012"}', "no_issue_id"),
        (sample("automation/custom-data-without-issue.json"), "no_issue_id"),
        (b'{"issue_id": "30012"}', "no_issue_key"),
        (b'{"event": "deleted", "issue_id": "", "issue_key": ""}', "no_issue_id"),  # a smart value that is none
        (b'{"id": 30012, "key": 5, "fields": {}}', "no_issue_key"),
    ],
)
def test_unreadable_automation(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as problem:
        jira_automation.parse(body, NOW, field=FIELD)
    assert problem.value.reason == reason


@pytest.mark.parametrize(("size", "lifecycle"), [(1024, LifecycleEvent.MOVED), (1025, LifecycleEvent.EDITED)])
def test_a_rules_body_is_short(size: int, lifecycle: LifecycleEvent) -> None:
    body = b'{"event": "moved", "issue_id": "30012", "issue_key": "SHOP-12"}'.ljust(size)
    assert jira_automation.parse(body, NOW, field=FIELD) == automated(None, lifecycle=lifecycle)
