"""What holds for the receivers whatever comes in."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from linksync.core.message_format import decode
from linksync.core.messages import IssueStatement, LifecycleEvent, TicketStatement
from linksync.errors import Unreadable
from linksync.inbound import jira_automation, zendesk
from linksync.inbound.parsed_body import Ignored, ParsedBody
from linksync.references.fields import IssueField, TicketField
from tests.receivers.in_memory import InMemoryAws, deliver, handlers
from tests.receivers.responses import breaches
from tests.receivers.signed_requests import AUTOMATION, ROUTES, ZENDESK, genuine

TICKET_FIELD = TicketField(id="1900001234567", projects=frozenset(), site="")
ISSUE_FIELD = IssueField(id="customfield_10050", account_host="acme.zendesk.com")
NOW = 1_793_611_800.0

texts = st.text(st.characters(), max_size=40)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
names = (
    st.sampled_from(
        [
            "ticket_id",
            "issue_keys",
            "issue_id",
            "issue_key",
            "ticket_ids",
            "type",
            "subject",
            "detail",
            "event",
            "current",
            "value",
            "custom_field",
            "id",
            "key",
            "issue",
            "fields",
            "customfield_10050",
            "changelog",
            "items",
            "fieldId",
            "field",
            "toString",
            "webhookEvent",
            "timestamp",
            "time",
            "target_ticket_id",
        ]
    )
    | texts
)
words = st.sampled_from(
    [
        "zen:event-type:ticket.merged",
        "zen:event-type:ticket.custom_field_changed",
        "zen:event-type:ticket.created",
        "zen:ticket:5",
        "jira:issue_updated",
        "jira:issue_created",
        "jira:issue_deleted",
        "SHOP-1",
        "5001",
        "1900001234567",
        "customfield_10050",
        "Key",
        "2026-11-02T09:30:00Z",
    ]
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=25,
)
routes = st.sampled_from(ROUTES)
hostile_headers = st.dictionaries(
    st.sampled_from(
        [
            "X-Zendesk-Webhook-Signature",
            "x-zendesk-webhook-signature-timestamp",
            "X-Hub-Signature",
            "authorization",
            "AUTHORIZATION",
        ]
    )
    | texts,
    scalars | st.lists(texts, max_size=3) | st.sampled_from(["Bearer x", "sha256=" + "0" * 64, "2026-11-02T09:30:00Z"]),
    max_size=6,
)
hostile_events = values | st.fixed_dictionaries(
    {},
    optional={
        "resource": routes | values,
        "path": routes | values,
        "headers": hostile_headers | values,
        "multiValueHeaders": hostile_headers | values,
        "requestContext": st.fixed_dictionaries({"requestId": texts | values}) | values,
        "body": texts | values,
        "isBase64Encoded": st.booleans() | values,
    },
)


@given(event=hostile_events, route=routes)
@example(event=None, route=ZENDESK)
@example(
    event={"headers": {"Authorization": "Bearer \ud800"}, "resource": AUTOMATION},
    route=AUTOMATION,
)
def test_a_stranger_gets_a_contract_response_and_leaves_nothing(event: Any, route: str) -> None:
    aws = InMemoryAws()
    with handlers(aws):
        response = deliver(event, route)
    assert breaches(response) == []
    assert (response["statusCode"], aws.messages) == (401, [])


def _utf_16(text: str) -> bytes:
    return text.encode("utf-16", "surrogatepass")


@given(
    body=st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()) | texts.map(_utf_16),
    route=routes,
)
def test_whatever_the_real_sender_posts_is_queued_quarantined_or_ignored(body: bytes, route: str) -> None:
    aws = InMemoryAws()
    with handlers(aws):
        response = deliver(genuine(route, body), route)
    assert breaches(response) == []
    assert response["statusCode"] in {200, 202}
    assert len(aws.messages) == (response["statusCode"] == 202)
    for message in aws.messages:
        assert decode(message["MessageBody"]).lane == message["MessageGroupId"]
        assert len(message["MessageGroupId"]) <= 128


def _parse_ticket(body: str) -> ParsedBody:
    return zendesk.parse(body.encode("utf-8", "surrogatepass"), NOW, field=TICKET_FIELD)


people = st.lists(
    st.sampled_from(
        [
            '"',
            '"}',
            "\\",
            ",",
            ":",
            "{",
            "}",
            "[",
            "]",
            "\n",
            "SHOP-1",
            "666",
            '"ticket_id":"666"',
            '"issue_id":"666"',
            '"issue_key":"EVIL-1"',
            '"issue":{"id":"666","key":"EVIL-1","fields":{"customfield_10050":"4799"}}',
            '"type":"zen:event-type:ticket.permanently_deleted"',
            '"subject":"zen:ticket:666"',
            '"detail":{"id":"666"}',
            '"z":"',
            '","',
            '", "',
        ]
    )
    | st.text(max_size=8),
    max_size=10,
).map("".join)


@given(text=people)
@example(text='SHOP-1", "type": "zen:event-type:ticket.permanently_deleted", "subject": "zen:ticket:666')
@example(text='SHOP-1", "ticket_id": "666')
def test_no_text_in_a_ticket_speaks_for_another_ticket(text: str) -> None:
    statement = _parse_ticket(f'{{"ticket_id": "4711", "issue_keys": "{text}"}}').content
    assert isinstance(statement, TicketStatement)
    assert (statement.ticket_id, statement.lifecycle) == ("4711", LifecycleEvent.EDITED)


@given(text=people)
@example(text='SHOP-1", "ticket_id": "666", "z": "\\')
def test_in_another_order_it_makes_another_ticket_be_read_at_most(text: str) -> None:
    statement = _parse_ticket(f'{{"issue_keys": "{text}", "ticket_id": "4711"}}').content
    assert isinstance(statement, TicketStatement)
    assert statement.lifecycle is LifecycleEvent.EDITED
    assert statement.ticket_id == "4711" or statement.issue_keys is None


@given(text=people)
@example(text='4711", "issue": {"id": "666", "key": "EVIL-1", "fields": {"customfield_10050": "4799"}}, "z": "')
def test_no_text_in_an_issue_speaks_for_another_issue(text: str) -> None:
    body = f'{{"issue_id": "30012", "issue_key": "SHOP-12", "ticket_ids": "{text}"}}'
    statement = jira_automation.parse(body.encode("utf-8", "surrogatepass"), NOW, field=ISSUE_FIELD).content
    assert isinstance(statement, IssueStatement)
    assert (statement.issue_id, statement.issue_key, statement.lifecycle) == ("30012", "SHOP-12", LifecycleEvent.EDITED)


@given(document=values)
def test_parsers_raise_unreadable_alone(document: Any) -> None:
    with suppress(Unreadable):
        parsed = _parse_ticket(json.dumps(document))
        assert isinstance(parsed.content, TicketStatement | Ignored)
