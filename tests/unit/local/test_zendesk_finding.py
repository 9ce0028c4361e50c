"""How tickets are found: the incremental export, search, and search export."""

from typing import Any

import pytest

from local.vendors import TICKET_FIELD, SimulatedVendors
from tests.unit.local.conftest import Asker, Clock

EXPORT = "/api/v2/incremental/tickets/cursor"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def exported(zendesk: Asker, query: str) -> tuple[list[int], dict[str, Any]]:
    answer = zendesk("GET", f"{EXPORT}?{query}")
    assert answer.status == 200
    return [ticket["id"] for ticket in answer.body["tickets"]], answer.body


def found(zendesk: Asker, query: str) -> list[int]:
    answer = zendesk("GET", f"/api/v2/search.json?query={query.replace(' ', '%20')}")
    assert answer.status == 200
    return [ticket["id"] for ticket in answer.body["results"]]


def test_the_latest_minute_is_never_exported(vendors: SimulatedVendors, zendesk: Asker, clock: Clock) -> None:
    first = vendors.ticket()
    clock.now += 59
    assert exported(zendesk, "start_time=0")[0] == []
    clock.now += 1
    second = vendors.ticket()
    ids, page = exported(zendesk, "start_time=0")
    assert (ids, page["end_of_stream"]) == ([first], True)
    clock.now += 60
    assert exported(zendesk, f"cursor={page['after_cursor']}")[0] == [second]
    assert zendesk("GET", f"{EXPORT}?start_time={int(clock.now) - 59}").status == 422


def test_each_ticket_is_exported_once_at_its_latest_change(
    vendors: SimulatedVendors, zendesk: Asker, clock: Clock
) -> None:
    first, second = vendors.ticket(), vendors.ticket()
    clock.now += 100
    vendors.write_keys(first, "PROJ-1")
    clock.now += 100
    ids, page = exported(zendesk, "start_time=0&per_page=1")
    assert (ids, page["end_of_stream"]) == ([second], False)
    ids, page = exported(zendesk, f"cursor={page['after_cursor']}&per_page=1")
    assert (ids, page["end_of_stream"]) == ([first], True)
    ids, last = exported(zendesk, f"cursor={page['after_cursor']}")
    assert (ids, last["after_cursor"]) == ([], page["after_cursor"])


def test_a_change_by_the_system_returns_a_ticket_with_its_old_updated_at(
    vendors: SimulatedVendors, zendesk: Asker, clock: Clock
) -> None:
    number = vendors.ticket()
    clock.now += 1000
    vendors.zendesk.tickets.touch(number)
    clock.now += 100
    (ticket,) = exported(zendesk, f"start_time={int(clock.now) - 500}")[1]["tickets"]
    assert (ticket["updated_at"], ticket["generated_timestamp"]) == ("2023-11-14T22:13:20Z", 1_700_001_000)


def test_deletions_and_ai_agents_tickets_are_exported_as_asked(
    vendors: SimulatedVendors, zendesk: Asker, clock: Clock
) -> None:
    binned, gone, tickets = vendors.ticket("PROJ-1"), vendors.ticket("PROJ-2"), vendors.zendesk.tickets
    robot = tickets.create(support_type="ai_agent")
    tickets.soft_delete(binned)
    tickets.permanently_delete(gone)
    clock.now += 60
    ids, page = exported(zendesk, "start_time=0")
    assert ids == [binned, gone]
    assert [(one["status"], bool(one["custom_fields"])) for one in page["tickets"]] == [
        ("deleted", True), ("deleted", False),
    ]  # fmt: skip
    assert exported(zendesk, "start_time=0&exclude_deleted=true")[0] == []
    assert exported(zendesk, "start_time=0&support_type_scope=all")[0] == [robot, binned, gone]
    assert exported(zendesk, "start_time=0&support_type_scope=ai_agent")[0] == [robot]


def test_the_export_may_be_asked_ten_times_a_minute(zendesk: Asker) -> None:
    answers = [zendesk("GET", f"{EXPORT}?start_time=0") for _ in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert answers[0].headers["zendesk-ratelimit-incremental-exports"].startswith("total=10; remaining=9; resets=")
    assert int(answers[10].headers["Retry-After"]) >= 1


@pytest.mark.parametrize("query", ["", "cursor=nonsense", "start_time=soon"])
def test_what_is_no_place_in_the_stream_is_refused(zendesk: Asker, query: str) -> None:
    assert zendesk("GET", f"{EXPORT}?{query}").status == 400


def test_search_knows_fields_tags_states_and_times(vendors: SimulatedVendors, zendesk: Asker, clock: Clock) -> None:
    tickets = vendors.zendesk.tickets
    keyed = tickets.create({TICKET_FIELD: "PROJ-1, PROJ-22"}, tags=["vip"])
    clock.now += 86_400
    plain = tickets.create(status="solved", subject="Printer on fire")
    assert found(zendesk, f"type:ticket custom_field_{TICKET_FIELD}:*") == [keyed]
    assert found(zendesk, f"custom_field_{TICKET_FIELD}:proj-22") == [keyed]
    assert found(zendesk, f"custom_field_{TICKET_FIELD}:PROJ-2") == []
    assert found(zendesk, "tags:vip") == found(zendesk, "status<solved") == found(zendesk, "-fire") == [keyed]
    assert found(zendesk, '"printer on" created>2023-11-15') == [plain]
    assert found(zendesk, "type:user") == []
    assert zendesk("GET", "/api/v2/search?query=flavour:sweet").status == 422


def test_search_lags_as_far_as_it_is_told_to(vendors: SimulatedVendors, zendesk: Asker, clock: Clock) -> None:
    vendors.zendesk.search.index.lag = 120
    number = vendors.ticket("PROJ-1")
    clock.now += 119
    assert found(zendesk, f"custom_field_{TICKET_FIELD}:*") == []
    vendors.write_keys(number, "")
    clock.now += 1
    assert found(zendesk, f"custom_field_{TICKET_FIELD}:*") == [number]
    clock.now += 119
    assert found(zendesk, f"custom_field_{TICKET_FIELD}:*") == []


def test_search_stops_at_a_thousand_results_and_takes_no_cursor(vendors: SimulatedVendors, zendesk: Asker) -> None:
    for _ in range(1001):
        vendors.ticket("PROJ-1")
    last = zendesk("GET", "/api/v2/search?query=type:ticket&page=10&per_page=100").body
    assert (len(last["results"]), last["count"], bool(last["next_page"])) == (100, 1001, True)
    assert zendesk("GET", "/api/v2/search?query=type:ticket&page=11").body["error"] == "invalid"
    assert zendesk("GET", "/api/v2/search?query=type:ticket&page[size]=10").status == 400


def test_the_search_export_has_cursors_that_live_for_an_hour(
    vendors: SimulatedVendors, zendesk: Asker, clock: Clock
) -> None:
    numbers = [vendors.ticket("PROJ-1") for _ in range(3)]
    path = f"/api/v2/search/export?query=custom_field_{TICKET_FIELD}:*&page[size]=2"
    assert zendesk("GET", path).status == 400
    first = zendesk("GET", f"{path}&filter[type]=ticket").body
    onward = first["links"]["next"].removeprefix(vendors.zendesk.url)
    second = zendesk("GET", onward).body
    assert [one["id"] for page in (first, second) for one in page["results"]] == numbers
    assert [page["meta"]["has_more"] for page in (first, second)] == [True, False]
    clock.now += 3601
    assert zendesk("GET", onward).status == 400
    assert zendesk("GET", f"{path}&filter[type]=user&type:ticket".replace(":*", ":*%20type:ticket")).status == 422
