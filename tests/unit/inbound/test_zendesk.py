"""What Zendesk's bodies state."""

import json
from typing import Any

import pytest

from linksync.core.messages import LifecycleEvent, TicketStatement
from linksync.errors import Unreadable
from linksync.inbound import zendesk
from linksync.inbound.parsed_body import Ignored, ParsedBody
from linksync.references.fields import TicketField
from tests.receivers.samples import sample

ATTEMPT = 1_793_611_805.0
CHANGED = 1_793_611_800.25  # `time` of the sample events
FIELD = TicketField(id="1900001234567", projects=frozenset({"SHOP", "PAY"}), site="acme.atlassian.net")
OFF = TicketField(id="", projects=frozenset(), site="")


def rendered(*keys: str, ticket_id: str = "4711") -> ParsedBody:
    return ParsedBody("zendesk_trigger", TicketStatement(ticket_id=ticket_id, issue_keys=keys, at=ATTEMPT, exact=False))


def unknown(ticket_id: str = "4711") -> ParsedBody:
    return ParsedBody("zendesk_trigger", TicketStatement(ticket_id=ticket_id, issue_keys=None, at=ATTEMPT, exact=False))


def event(
    keys: tuple[str, ...] | None = None, lifecycle: LifecycleEvent = LifecycleEvent.EDITED, merged_into: str = ""
) -> ParsedBody:
    statement = TicketStatement(
        ticket_id="4711", issue_keys=keys, at=CHANGED, exact=True, lifecycle=lifecycle, merged_into=merged_into
    )
    return ParsedBody("zendesk_event", statement)


def ignored(reason: str, source: str = "zendesk_event") -> ParsedBody:
    return ParsedBody(source, Ignored(reason))


SAMPLES = {
    "trigger.json": rendered("SHOP-12", "SHOP-15"),
    "trigger-empty-field.json": rendered(),
    "trigger-multiselect-tags.json": rendered("SHOP-12", "SHOP-15"),
    "trigger-no-field.json": unknown(),
    "trigger-unescaped-quote.txt": unknown(),
    "trigger-unescaped-newline.txt": unknown(),
    "trigger-text-adds-a-ticket.txt": unknown(),
    "trigger-text-plays-event.json": rendered("SHOP-12"),
    "event-custom-field-changed.json": event(("SHOP-12", "SHOP-15")),
    "event-custom-field-changed-bare-value.json": event(("SHOP-12",)),
    "event-custom-field-changed-tags.json": event(("SHOP-12", "SHOP-15")),
    "event-custom-field-cleared.json": event(()),
    "event-other-custom-field-changed.json": ignored("other_field"),
    "event-created.json": event(),
    "event-undeleted.json": event(),
    "event-merged.json": event(lifecycle=LifecycleEvent.MERGED, merged_into="4712"),
    "event-permanently-deleted.json": event(lifecycle=LifecycleEvent.DELETED),
    "event-soft-deleted.json": ignored("links_kept"),
    "event-marked-as-spam.json": ignored("links_kept"),
    "event-comment-added.json": ignored("event_type"),
}


@pytest.mark.parametrize(("name", "parsed"), SAMPLES.items())
def test_samples(name: str, parsed: ParsedBody) -> None:
    assert zendesk.parse(sample(f"zendesk/{name}"), ATTEMPT, field=FIELD) == parsed


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("trigger.json", ignored("direction_off", "zendesk_trigger")),
        ("trigger-unescaped-quote.txt", ignored("direction_off", "zendesk_trigger")),
        ("event-custom-field-changed.json", ignored("direction_off")),
        ("event-created.json", ignored("direction_off")),
        ("event-undeleted.json", ignored("direction_off")),
        ("event-merged.json", SAMPLES["event-merged.json"]),
        ("event-permanently-deleted.json", SAMPLES["event-permanently-deleted.json"]),
        ("event-soft-deleted.json", ignored("links_kept")),
    ],
)
def test_without_a_ticket_field_only_ends_of_tickets_count(name: str, parsed: ParsedBody) -> None:
    assert zendesk.parse(sample(f"zendesk/{name}"), ATTEMPT, field=OFF) == parsed


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        ('{"ticket_id": 4711, "issue_keys": null}', unknown()),
        ('{"ticket_id": "4711", "issue_keys": 12}', unknown()),
        ('{"ticket_id": "4711", "issue_keys": {"value": "SHOP-1"}}', unknown()),
        ('{"ticket_id": "4711", "issue_keys": ["SHOP-1", 2]}', unknown()),
        ('{"ticket_id": "4711", "issue_keys": ["SHOP-1", "SHOP-2"]}', rendered("SHOP-1", "SHOP-2")),
        ('{"ticket_id": "4711", "issue_keys": "nothing here"}', rendered()),
        ('{"ticket_id": "4711", "issue_keys": "SHOP-1 \\ud800"}', rendered("SHOP-1")),
        ('\ufeff{"ticket_id": "4711", "issue_keys": "SHOP-1"}', rendered("SHOP-1")),
        ('{"ticket_id": 4711, "issue_keys": "SHOP-1 "x""}', unknown()),
        ('{ "ticket_id" :\n"4711", "issue_keys": "SHOP-1\t"}', unknown()),
        ('{"issue_keys": "\\", "ticket_id": "4711"}', unknown()),
        ('{"issue_keys": NaN, "ticket_id": "4711"}', unknown()),
        ('{"ticket_id": "4711", "issue_keys": %s}' % ("9" * 5000), unknown()),
        ('{"ticket_id": "4711", "issue_keys": %s' % ("[" * 100_000), unknown()),
        ('{"ticket_id": "99999999999999999999"}', unknown("99999999999999999999")),
        (
            '{"issue_keys": "SHOP-1", "type": "zen:event-type:ticket.permanently_deleted", "ticket_id": "4711"}',
            rendered("SHOP-1"),
        ),
    ],
)
def test_bodies_of_triggers(body: str, parsed: ParsedBody) -> None:
    assert zendesk.parse(body.encode(), ATTEMPT, field=FIELD) == parsed


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_body"),
        (b" \n", "empty_body"),
        (b"\0", "not_json"),
        (b"\xff\xfe\xfd", "not_json"),
        (b"ticket 4711", "not_json"),
        (b'{"issue_keys": "SHOP-1', "not_json"),
        (b'{"ticket_id": "000", "', "not_json"),
        (b'{"ticket_id": "' + b"9" * 21 + b'", "', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'[{"ticket_id": "4711"}]', "not_an_object"),
        (b'"4711"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"{}", "no_ticket_id"),
        (b'{"type": 5}', "no_ticket_id"),
        (
            b'{"issue_keys": "SHOP-1", "type": "zen:event-type:ticket.created", "detail": {"id": "4711"}}',
            "no_ticket_id",
        ),
        (b'{"ticket_id": ""}', "no_ticket_id"),
        (b'{"ticket_id": "0"}', "no_ticket_id"),
        (b'{"ticket_id": "0123"}', "no_ticket_id"),
        (b'{"ticket_id": -4}', "no_ticket_id"),
        (b'{"ticket_id": 4.0}', "no_ticket_id"),
        (b'{"ticket_id": true}', "no_ticket_id"),
        (b'{"ticket_id": ["4711"]}', "no_ticket_id"),
        (b'{"ticket_id": "4711\\n"}', "no_ticket_id"),
        (b'{"ticket_id": "\xd9\xa4"}', "no_ticket_id"),
        (b'{"ticket_id": "999999999999999999999"}', "no_ticket_id"),
        (
            json.dumps({"ticket_id": 1, "issue_keys": " ".join(f"SHOP-{n}" for n in range(1, 502))}).encode(),
            "too_many_references",
        ),
    ],
)
def test_unreadable(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as problem:
        zendesk.parse(body, ATTEMPT, field=FIELD)
    assert problem.value.reason == reason


def altered(name: str, **changes: Any) -> bytes:
    return json.dumps(json.loads(sample(f"zendesk/{name}")) | changes).encode()


@pytest.mark.parametrize(
    ("time", "at", "exact"),
    [
        ("2026-11-02T09:30:00.250000000Z", CHANGED, True),
        ("2026-11-02T09:30:00Z", 1_793_611_800.0, True),
        ("2026-11-02T09:30:00", ATTEMPT, False),
        ("2036-11-02T09:30:00Z", ATTEMPT, False),  # would make every later statement stale
        ("yesterday", ATTEMPT, False),
        (None, ATTEMPT, False),
        (1_793_611_800, ATTEMPT, False),
    ],
)
def test_time_of_an_event(time: object, at: float, *, exact: bool) -> None:
    statement = zendesk.parse(altered("event-created.json", time=time), ATTEMPT, field=FIELD).content
    assert isinstance(statement, TicketStatement)
    assert (statement.at, statement.exact) == (at, exact)


def test_ticket_of_an_event_is_in_its_detail_or_subject() -> None:
    assert zendesk.parse(altered("event-created.json", detail=None), ATTEMPT, field=FIELD) == event()
    assert zendesk.parse(altered("event-created.json", subject=7), ATTEMPT, field=FIELD) == event()


@pytest.mark.parametrize(
    ("news", "keys"),
    [
        ({"current": {"value": ""}}, ()),
        ({"current": None}, ()),
        ({"current": []}, ()),
        ({"current": ["shop-1"]}, ("SHOP-1",)),
        ({"current": {}}, None),
        ({"current": {"value": 5}}, None),
        ({"current": {"value": True}}, None),
        ({"current": 5}, None),
        ({}, None),
    ],
)
def test_value_of_a_changed_field(news: dict[str, Any], keys: tuple[str, ...] | None) -> None:
    body = altered("event-custom-field-changed.json", event=news | {"custom_field": {"id": 1900001234567}})
    assert zendesk.parse(body, ATTEMPT, field=FIELD) == event(keys)


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("event-created.json", {"detail": {}, "subject": "zen:ticket:x"}, "no_ticket_id"),
        ("event-created.json", {"detail": [], "subject": "zen:user:4711"}, "no_ticket_id"),
        ("event-custom-field-changed.json", {"event": {}}, "no_field_id"),
        ("event-custom-field-changed.json", {"event": {"custom_field": {"id": None}}}, "no_field_id"),
        ("event-merged.json", {"event": {}}, "no_merge_target"),
        ("event-merged.json", {"event": {"target_ticket_id": "4711"}}, "no_merge_target"),
    ],
)
def test_events_that_cannot_be_read(name: str, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable) as problem:
        zendesk.parse(altered(name, **changes), ATTEMPT, field=FIELD)
    assert problem.value.reason == reason


@pytest.mark.parametrize("own", [{"ticket_id": "4711"}, {"ticket_id": None}, {"issue_keys": "PROJ-1"}])
def test_what_holds_a_key_of_the_triggers_template_is_no_event(own: dict[str, object]) -> None:
    """Else a text that an agent writes could pass for an event of Zendesk's."""
    body = altered("event-created.json", **own)
    if own.get("ticket_id"):
        assert zendesk.parse(body, ATTEMPT, field=FIELD).source == "zendesk_trigger"
    else:
        with pytest.raises(Unreadable, match="no_ticket_id"):
            zendesk.parse(body, ATTEMPT, field=FIELD)
