"""Zendesk's links and tickets."""

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from linksync.core.field_reading import FieldReading
from linksync.core.issue import Issue
from linksync.errors import Misconfigured, UpstreamForbidden, UpstreamRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi
from linksync.outbound.links_v2 import LinksV2
from linksync.outbound.zendesk_tickets import ZendeskTickets
from linksync.worker.dependencies import Links, Tickets

LINKS = "https://acme.zendesk.com/api/v2/integrations/jira/ext-1/links"
LINK = f"{LINKS}/ticket/5001/issue/10001"
TICKET = "https://acme.zendesk.com/api/v2/tickets/5001"
ISSUE = Issue("10001", "PROJ-123")
LINK_BODY = {"link": {"ticket_id": "5001", "issue_id": "10001", "issue_key": "PROJ-123"}}
UNKNOWN = FieldReading(refs=None)
NOT_THERE = {"errors": [{"code": "NotFound", "title": "Link not found"}]}


@pytest.fixture
def links(zendesk: HttpApi) -> Links:
    return LinksV2(zendesk=zendesk, external_id="ext-1").of_ticket("5001")


@pytest.fixture
def tickets(zendesk: HttpApi) -> ZendeskTickets:
    return ZendeskTickets(zendesk=zendesk, field_id="360", parse=lambda text: tuple(text.upper().split()))


def test_a_new_link(recorded: responses.RequestsMock, links: Links) -> None:
    recorded.post(LINKS, status=201, json=LINK_BODY, match=[json_params_matcher(LINK_BODY)])
    assert links.create(ISSUE).made is True


def test_a_link_that_was_there(recorded: responses.RequestsMock, links: Links) -> None:
    recorded.post(LINKS, status=409, json={"errors": [{"code": "LinkAlreadyExists", "title": "…"}]})
    assert links.create(ISSUE).made is False


def test_a_link_to_a_ticket_or_by_an_integration_that_zendesk_does_not_know(
    recorded: responses.RequestsMock, links: Links
) -> None:
    recorded.post(LINKS, status=404, json={"error": "RecordNotFound", "description": "…"})
    with pytest.raises(
        UpstreamRefused,
        match=r"\(RecordNotFound\): Zendesk has no ticket 5001, or no Jira integration .* JiraIntegrationExternalId",
    ):
        links.create(ISSUE)


def test_a_link_removed(recorded: responses.RequestsMock, links: Links) -> None:
    recorded.delete(LINK, status=204)
    assert links.delete("10001") is True
    assert recorded.calls[0].request.headers["Content-Type"] == "application/json"


def test_a_link_that_was_not_there(recorded: responses.RequestsMock, links: Links) -> None:
    recorded.delete(LINK, status=404, json=NOT_THERE)
    assert links.delete("10001") is False


FOREIGN_404S = [
    "<html>No such page</html>",
    "",
    "Not Found",
    '{"error": "InvalidEndpoint", "description": "Not found"}',
    '{"error": "RecordNotFound", "description": "Not found"}',
    '{"errors": [{"code": "IntegrationNotFound", "title": "…"}]}',
    '{"errors": [{"code": "NotFound", "title": "Integration not found"}]}',
    '{"errors": [{"code": "NotFound"}]}',
]


@pytest.mark.parametrize("body", FOREIGN_404S)
def test_any_other_404_of_a_delete_is_checked_by_a_look_at_the_link(
    recorded: responses.RequestsMock, links: Links, body: str
) -> None:
    recorded.delete(LINK, status=404, body=body)
    recorded.get(LINK, status=404, json=NOT_THERE)
    assert links.delete("10001") is False


@pytest.mark.parametrize("body", FOREIGN_404S)
def test_a_link_that_is_still_there_after_such_a_404_is_deleted_later(
    recorded: responses.RequestsMock, links: Links, body: str
) -> None:
    recorded.delete(LINK, status=404, body=body)
    recorded.get(LINK, json=LINK_BODY)
    with pytest.raises(UpstreamUnavailable):
        links.delete("10001")


NO_INTEGRATION = {"errors": [{"code": "NotFound", "title": "Integration not found"}]}


def test_a_delete_at_an_integration_that_zendesk_does_not_know_removed_nothing_and_is_an_operators(
    recorded: responses.RequestsMock, links: Links
) -> None:
    recorded.delete(LINK, status=404, json=NO_INTEGRATION)
    recorded.get(LINK, status=404, json=NO_INTEGRATION)
    with pytest.raises(UpstreamRefused, match="Check JiraIntegrationExternalId"):
        links.delete("10001")


@pytest.mark.parametrize("body", FOREIGN_404S[:-2])
def test_a_look_that_tells_nothing_either_leaves_the_delete_for_later(
    recorded: responses.RequestsMock, links: Links, body: str
) -> None:
    recorded.delete(LINK, status=404, body=body)
    recorded.get(LINK, status=404, body=body)
    with pytest.raises(UpstreamUnavailable):
        links.delete("10001")


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_look_that_fails_is_raised_as_it_is(recorded: responses.RequestsMock, links: Links, status: int) -> None:
    recorded.delete(LINK, status=404, body="<html>")
    recorded.get(LINK, status=status)
    kinds = {403: UpstreamForbidden, 429: UpstreamThrottled, 503: UpstreamUnavailable}
    with pytest.raises(kinds[status]):
        links.delete("10001")


@pytest.mark.parametrize(
    "body", ['{"error": "DatabaseConflict", "description": "…"}', '{"errors": [{"code": "Conflict"}]}', "<html>", ""]
)
def test_a_conflict_does_not_tell_that_a_link_was_there(
    recorded: responses.RequestsMock, links: Links, body: str
) -> None:
    recorded.post(LINKS, status=409, body=body)
    recorded.delete(LINK, status=409, body=body)
    for call in (
        lambda: links.create(ISSUE),
        lambda: links.delete("10001"),
    ):
        with pytest.raises(UpstreamUnavailable) as caught:
            call()
        assert caught.value.maybe_applied is False


@pytest.mark.parametrize("body", ["<html>No such page</html>", "", "[]"])
def test_a_create_that_a_proxy_answers_404_is_tried_again(
    recorded: responses.RequestsMock, links: Links, body: str
) -> None:
    recorded.post(LINKS, status=404, body=body)
    with pytest.raises(UpstreamUnavailable) as caught:
        links.create(ISSUE)
    assert caught.value.maybe_applied is False


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, UpstreamUnavailable),
        (400, UpstreamRefused),
        (403, UpstreamForbidden),
        (422, UpstreamRefused),
        (429, UpstreamThrottled),
        (503, UpstreamUnavailable),
    ],
)
def test_anything_else_neither_linked_nor_unlinked(
    recorded: responses.RequestsMock, links: Links, status: int, kind: type[Exception]
) -> None:
    recorded.post(LINKS, status=status)
    recorded.delete(LINK, status=status)
    with pytest.raises(kind):
        links.create(ISSUE)
    with pytest.raises(kind):
        links.delete("10001")


def test_v2_needs_its_external_id(zendesk: HttpApi) -> None:
    with pytest.raises(Misconfigured, match="JiraIntegrationExternalId is required"):
        LinksV2(zendesk=zendesk, external_id="")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("proj-1 proj-2", ("PROJ-1", "PROJ-2")),
        (["proj-1", "proj-2"], ("PROJ-1", "PROJ-2")),
        (12, ("12",)),
        (5.5, ("5.5",)),
        ("", ()),
        ([], ()),
        (None, ()),
    ],
)
def test_a_tickets_field(recorded: responses.RequestsMock, tickets: Tickets, value: object, expected: object) -> None:
    others = [{"id": 359, "value": "OTHER-1"}, {"id": 361, "value": {"customer": "text"}}]
    recorded.get(TICKET, json={"ticket": {"id": 5001, "custom_fields": [*others, {"id": 360, "value": value}]}})
    assert tickets.read("5001") == FieldReading(refs=expected)  # type: ignore[arg-type]


def test_a_reading_tells_when_the_ticket_was_updated(recorded: responses.RequestsMock, tickets: Tickets) -> None:
    shown = {"id": 5001, "updated_at": "2026-11-25T04:56:09Z", "custom_fields": [{"id": 360, "value": "PROJ-1"}]}
    recorded.get(TICKET, json={"ticket": shown})
    assert tickets.read("5001") == FieldReading(refs=("PROJ-1",), updated_at=1_795_582_569.0)


def test_a_ticket_without_the_field_is_no_evidence(recorded: responses.RequestsMock, tickets: Tickets) -> None:
    recorded.get(TICKET, json={"ticket": {"id": 5001, "custom_fields": [{"id": 359, "value": "OTHER-1"}]}})
    assert tickets.read("5001") == UNKNOWN


def test_a_ticket_that_zendesk_does_not_know_is_not_found(
    recorded: responses.RequestsMock, tickets: ZendeskTickets
) -> None:
    for _ in range(2):
        recorded.get(TICKET, status=404, json={"error": "RecordNotFound", "description": "Not found"})
    assert tickets.read("5001") == FieldReading(refs=None, found=False)
    assert tickets.exists("5001") is False


@pytest.mark.parametrize(
    "body", ["<html>No such page</html>", "", "{}", '{"error": "InvalidEndpoint", "description": "Not found"}']
)
def test_a_404_that_does_not_tell_of_the_ticket_is_no_response(
    recorded: responses.RequestsMock, tickets: ZendeskTickets, body: str
) -> None:
    for look in (tickets.read, tickets.exists):
        recorded.get(TICKET, status=404, body=body)
        with pytest.raises(UpstreamUnavailable):
            look("5001")


def test_a_ticket_that_may_not_be_read_is_forbidden(recorded: responses.RequestsMock, tickets: Tickets) -> None:
    recorded.get(TICKET, status=403, json={"error": {"title": "Forbidden", "message": "…"}})
    with pytest.raises(UpstreamForbidden):
        tickets.read("5001")


def test_a_ticket_exists_when_zendesk_shows_it(recorded: responses.RequestsMock, tickets: ZendeskTickets) -> None:
    recorded.get(TICKET, json={"ticket": {"id": 5001, "custom_fields": []}})
    assert tickets.exists("5001") is True


@pytest.mark.parametrize("value", [True, {"customer": "text"}, ["a", {"customer": "text"}], [1]])
def test_a_field_of_another_shape_is_misconfigured(
    recorded: responses.RequestsMock, tickets: Tickets, value: object
) -> None:
    recorded.get(TICKET, json={"ticket": {"id": 5001, "custom_fields": [{"id": "360", "value": value}]}})
    with pytest.raises(Misconfigured, match="TicketFieldId names a field") as caught:
        tickets.read("5001")
    assert "customer" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"ticket": {}}',
        "<html>",
        '{"ticket": {"id": 5001, "custom_fields": [{"value": "A-1"}]}}',
        '{"ticket": {"custom_fields": [{"id": 360, "value": "A-1"}]}}',
        '{"ticket": {"id": 5002, "custom_fields": [{"id": 360, "value": "A-1"}]}}',
    ],
)
def test_an_answer_that_is_no_ticket_is_asked_for_again(
    recorded: responses.RequestsMock, tickets: Tickets, body: str
) -> None:
    recorded.get(TICKET, body=body)
    with pytest.raises(UpstreamUnavailable):
        tickets.read("5001")


def test_with_that_direction_off_no_key_is_read(recorded: responses.RequestsMock, zendesk: HttpApi) -> None:
    recorded.get(TICKET, json={"ticket": {"id": 5001, "custom_fields": [{"id": 360, "value": "A-1"}]}})
    assert ZendeskTickets(zendesk=zendesk, field_id="", parse=lambda text: (text,)).read("5001") == UNKNOWN


MANY = "https://acme.zendesk.com/api/v2/tickets/show_many"
NO_TICKET = {"error": "RecordNotFound", "description": "Not found"}


def test_many_tickets_are_asked_about_at_once_and_some_of_those_left_out_by_themselves(
    recorded: responses.RequestsMock, tickets: ZendeskTickets
) -> None:
    asked = [str(number) for number in range(5001, 5151)]
    rows = [{"id": 5002, "status": "closed"}, {"id": 5003, "status": "deleted"}]
    recorded.get(MANY, json={"tickets": rows}, match=[query_param_matcher({"ids": ",".join(asked[:100])})])
    recorded.get(MANY, json={"tickets": []}, match=[query_param_matcher({"ids": ",".join(asked[100:])})])
    for number in (5001, 5003, 5004):
        recorded.get(f"https://acme.zendesk.com/api/v2/tickets/{number}", status=404, json=NO_TICKET)
    assert tickets.known(asked) == {"5002"}


def test_a_list_that_leaves_out_a_ticket_that_is_there_tells_nothing(
    recorded: responses.RequestsMock, tickets: ZendeskTickets
) -> None:
    recorded.get(MANY, json={"tickets": []})
    recorded.get(TICKET, json={"ticket": {"id": 5001, "custom_fields": []}})
    assert tickets.known(["5001", "5002"]) == {"5001", "5002"}


def test_a_list_that_is_refused_tells_nothing(recorded: responses.RequestsMock, tickets: ZendeskTickets) -> None:
    recorded.get(MANY, status=400, json={"error": "InvalidValue"})
    assert tickets.known(["5001"]) == {"5001"}


def test_a_list_of_which_nothing_is_found(recorded: responses.RequestsMock, tickets: ZendeskTickets) -> None:
    recorded.get(MANY, status=404, json=NO_TICKET)
    recorded.get(TICKET, status=404, json=NO_TICKET)
    assert tickets.known(["5001"]) == frozenset()


@pytest.mark.parametrize(("status", "body"), [(404, "<html>"), (404, '{"error": "InvalidEndpoint"}'), (200, "[]")])
def test_a_list_that_is_no_list_is_asked_for_again(
    recorded: responses.RequestsMock, tickets: ZendeskTickets, status: int, body: str
) -> None:
    recorded.get(MANY, status=status, body=body)
    with pytest.raises(UpstreamUnavailable):
        tickets.known(["5001"])
