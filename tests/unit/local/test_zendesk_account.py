"""What a client asks of a Zendesk account beside its links: who it is, fields, forms, tickets, limits."""

from local.vendors import TICKET_FIELD, SimulatedVendors
from tests.unit.local.conftest import Asker

WRONG = "Basic YWRtaW5AYWNtZS5leGFtcGxlL3Rva2VuOm5v"


def test_users_me_answers_everybody_and_names_nobody_anonymous(zendesk: Asker) -> None:
    me, nobody = zendesk("GET", "/api/v2/users/me.json"), zendesk("GET", "/api/v2/users/me", auth=WRONG)
    assert (me.status, me.body["user"]["role"]) == (200, "admin")
    assert (nobody.status, nobody.body["user"]["id"], nobody.body["user"]["name"]) == (200, None, "Anonymous user")
    assert zendesk("GET", "/api/v2/users/me", auth="Bearer stale").status == 401


def test_an_agent_may_read_tickets_and_no_links(vendors: SimulatedVendors, zendesk: Asker) -> None:
    vendors.zendesk.access.role = "agent"
    assert zendesk("GET", "/api/v2/tickets").status == 200
    assert zendesk("GET", "/api/v2/jira/links").status == 403


def test_the_connections_are_listed_where_the_undocumented_list_exists(
    vendors: SimulatedVendors, zendesk: Asker
) -> None:
    (connection,) = zendesk("GET", "/api/v2/integrations/jira").body["integrations"]
    assert connection["external_id"] == vendors.zendesk.links.external_id
    vendors.zendesk.about.connections_listed = False
    assert zendesk("GET", "/api/v2/integrations/jira").status == 404


def test_a_new_field_is_on_tickets_and_on_no_form(vendors: SimulatedVendors, zendesk: Asker) -> None:
    made = zendesk("POST", "/api/v2/ticket_fields.json", {"ticket_field": {"type": "text", "title": "Keys"}})
    number = made.body["ticket_field"]["id"]
    assert (made.status, made.body["ticket_field"]["removable"]) == (201, True)
    assert vendors.zendesk.tickets.get(vendors.ticket()).fields == {TICKET_FIELD: None, str(number): None}
    (form,) = zendesk("GET", "/api/v2/ticket_forms").body["ticket_forms"]
    assert number not in form["ticket_field_ids"]
    wanted = {"ticket_form": {"ticket_field_ids": [*form["ticket_field_ids"], number]}}
    assert (
        number in zendesk("PUT", f"/api/v2/ticket_forms/{form['id']}", wanted).body["ticket_form"]["ticket_field_ids"]
    )
    assert zendesk("GET", f"/api/v2/ticket_fields/{number}").body["ticket_field"]["title"] == "Keys"
    assert zendesk("POST", "/api/v2/ticket_fields", {"ticket_field": {"type": "text"}}).status == 422


def test_a_closed_ticket_can_be_read_and_not_written(vendors: SimulatedVendors, zendesk: Asker) -> None:
    number = vendors.zendesk.tickets.create(status="closed")
    refused = zendesk("PUT", f"/api/v2/tickets/{number}", {"ticket": {"tags": ["x"]}})
    assert (refused.status, refused.body["error"]) == (422, "RecordInvalid")
    assert "closed prevents ticket update" in refused.body["details"]["status"][0]["description"]
    assert zendesk("GET", f"/api/v2/tickets/{number}").status == 200


def test_a_comment_without_public_is_what_the_first_one_is(vendors: SimulatedVendors, zendesk: Asker) -> None:
    note = {"ticket": {"subject": "A", "comment": {"body": "first", "public": False}}}
    number = zendesk("POST", "/api/v2/tickets", note).body["ticket"]["id"]
    for comment in ({"body": "inherits"}, {"body": "told", "public": True}):
        zendesk("PUT", f"/api/v2/tickets/{number}", {"ticket": {"comment": comment}})
    comments = zendesk("GET", f"/api/v2/tickets/{number}/comments").body["comments"]
    assert [(one["body"], one["public"]) for one in comments] == [("first", False), ("inherits", False), ("told", True)]
    customer = vendors.ticket()
    zendesk("PUT", f"/api/v2/tickets/{customer}", {"ticket": {"comment": {"body": "mails the customer"}}})
    assert vendors.zendesk.tickets.get(customer).comments[-1].public


def test_tags_are_set_added_and_taken_off(vendors: SimulatedVendors, zendesk: Asker) -> None:
    path = f"/api/v2/tickets/{vendors.ticket()}/tags"
    assert zendesk("POST", path, {"tags": ["a", "b"]}).body == {"tags": ["a", "b"]}
    assert zendesk("PUT", path, {"tags": ["c"]}).body == {"tags": ["a", "b", "c"]}
    assert zendesk("DELETE", path, {"tags": ["a"]}).body == {"tags": ["b", "c"]}
    stale = {"tags": ["d"], "safe_update": "true", "updated_stamp": "2020-01-01T00:00:00Z"}
    assert zendesk("PUT", path, stale).status == 409
    additional = {"ticket": {"additional_tags": ["e"], "remove_tags": ["b"]}}
    assert zendesk("PUT", path.removesuffix("/tags"), additional).body["ticket"]["tags"] == ["c", "e"]


def test_the_bin_is_listed_restored_from_and_emptied(vendors: SimulatedVendors, zendesk: Asker) -> None:
    number = vendors.ticket()
    assert zendesk("DELETE", f"/api/v2/deleted_tickets/{number}").status == 404
    zendesk("DELETE", f"/api/v2/tickets/{number}.json")
    assert [one["id"] for one in zendesk("GET", "/api/v2/deleted_tickets").body["deleted_tickets"]] == [number]
    assert zendesk("PUT", f"/api/v2/deleted_tickets/{number}/restore.json").status == 200
    assert zendesk("GET", f"/api/v2/tickets/{number}").status == 200
    zendesk("DELETE", f"/api/v2/tickets/{number}")
    assert zendesk("DELETE", f"/api/v2/deleted_tickets/{number}").body["job_status"]["status"] == "completed"
    assert zendesk("PUT", f"/api/v2/deleted_tickets/{number}/restore").status == 404


def test_tickets_are_merged_counted_and_listed_by_pages(vendors: SimulatedVendors, zendesk: Asker) -> None:
    numbers = [vendors.ticket() for _ in range(5)]
    zendesk("POST", f"/api/v2/tickets/{numbers[0]}/merge", {"ids": [numbers[1]]})
    assert vendors.zendesk.tickets.get(numbers[1]).status == "closed"
    assert zendesk("GET", "/api/v2/tickets/count").body["count"]["value"] == 5
    first = zendesk("GET", "/api/v2/tickets.json?page[size]=3").body
    after = first["links"]["next"].removeprefix(vendors.zendesk.url)
    second = zendesk("GET", after).body
    assert [one["id"] for page in (first, second) for one in page["tickets"]] == numbers
    assert (first["meta"]["has_more"], second["meta"]["has_more"]) == (True, False)
    offset = zendesk("GET", "/api/v2/tickets?per_page=2&page=3").body
    assert ([one["id"] for one in offset["tickets"]], offset["next_page"]) == (numbers[4:], None)
    assert zendesk("GET", "/api/v2/tickets?page=101").body["errors"][0]["code"] == "InvalidPaginationDepth"


def test_an_endpoints_own_limit_is_told_and_kept(vendors: SimulatedVendors, zendesk: Asker) -> None:
    path = f"/api/v2/tickets/{vendors.ticket()}"
    limit = vendors.zendesk.limits.ticket_updates
    limit.per_minute, limit.enforced = 2, True
    answers = [zendesk("PUT", path, {"ticket": {"tags": ["x"]}}) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    told = answers[0].headers["zendesk-ratelimit-tickets-update"]
    assert told.startswith("total=2; remaining=1; resets=")
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60


def test_a_scaled_minute_ends_sooner_and_retry_after_may_be_missing(vendors: SimulatedVendors, zendesk: Asker) -> None:
    limits = vendors.zendesk.limits
    limits.scale(0.3)
    limits.plan.per_minute, limits.plan.enforced, limits.retry_after = 1, True, False
    answers = [zendesk("GET", "/api/v2/tickets") for _ in range(30)]
    assert {answer.status for answer in answers} == {200, 429}
    assert all("Retry-After" not in answer.headers for answer in answers)


def test_a_resources_own_scope_is_enough_and_an_unknown_one_is_good_for_nothing(
    vendors: SimulatedVendors, zendesk: Asker
) -> None:
    tokens = vendors.zendesk.accounts.tokens
    for scope, status in (("tickets:read", 200), ("read", 200), ("tickets:write", 403), ("tickets", 403)):
        assert zendesk("GET", "/api/v2/tickets", auth=f"Bearer {tokens.issue(60, scope)}").status == status
