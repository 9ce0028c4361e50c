"""Each switch makes its fault, and takes it away again."""

import http.client
import threading
from collections.abc import Iterator

import pytest

from local.switches import Switches
from local.vendors import SimulatedVendors
from tests.unit.local.conftest import Asker, Receiver

LINK = {"link": {"issue_id": "10001", "issue_key": "PROJ-1", "ticket_id": "5001"}}


@pytest.fixture
def switches(vendors: SimulatedVendors) -> Iterator[Switches]:
    switches = Switches(vendors)
    yield switches
    switches.clear()


def links(vendors: SimulatedVendors) -> str:
    return f"/api/v2/integrations/jira/{vendors.zendesk.links.external_id}/links"


PAGE = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("outage", (503, {}, "Service Unavailable")),
        ("outage_retry_after", (503, {"Retry-After": "5"}, "Service Unavailable")),
        ("throttle", (429, {"Retry-After": "3"}, "Number of allowed API requests per minute exceeded")),
        ("page_403", (403, PAGE, "403 Forbidden")),
        ("page_404", (404, PAGE, "404 Not Found")),
        ("page_502", (502, PAGE, "502 Bad Gateway")),
        ("write_500", (500, {}, "")),
        ("manage_links", (403, {}, "not allowed for this integration")),
    ],
)
def test_a_vendor_answers_as_the_switch_says(
    vendors: SimulatedVendors, zendesk: Asker, switches: Switches, name: str, expected: tuple[int, dict[str, str], str]
) -> None:
    status, headers, body = expected
    switches.set(f"zendesk.{name}", on=True)
    answer = zendesk("POST", links(vendors), LINK)
    assert (answer.status, answer.headers | headers) == (status, answer.headers)
    assert body in str(answer.body)
    assert (vendors.links() != set()) == (name == "write_500")
    switches.set(f"zendesk.{name}", on=False)
    assert zendesk("GET", links(vendors)).status == 200


def test_a_conflict_is_transient(vendors: SimulatedVendors, zendesk: Asker, switches: Switches) -> None:
    switches.set("zendesk.conflict", on=True)
    answers = [zendesk("POST", links(vendors), LINK) for _ in range(20)]
    codes = {answer.body.get("error") or answer.body.get("errors", [{}])[0].get("code", "made") for answer in answers}
    assert codes == {"DatabaseConflict", "LinkAlreadyExists", "made"}


def test_a_cut_answer_leaves_the_work_done(vendors: SimulatedVendors, zendesk: Asker, switches: Switches) -> None:
    switches.set("zendesk.cut", on=True)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        zendesk("POST", links(vendors), LINK)
    assert vendors.links() == {("5001", "PROJ-1")}


@pytest.mark.parametrize("name", ["hang", "drip"])
def test_who_waits_is_let_go_when_it_is_over(jira: Asker, switches: Switches, name: str) -> None:
    switches.set(f"jira.{name}", on=True)
    threading.Timer(0.3, lambda: switches.set(f"jira.{name}", on=False)).start()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        jira("GET", "/rest/api/3/myself")
    assert jira("GET", "/rest/api/3/myself").status == 200


def test_searches_lag(vendors: SimulatedVendors, zendesk: Asker, jira: Asker, switches: Switches) -> None:
    for name in ("zendesk.search_lag", "jira.search_lag"):
        switches.set(name, on=True)
    vendors.ticket()
    vendors.issue("A")

    def found() -> tuple[int, int]:
        tickets = zendesk("GET", "/api/v2/search?query=type:ticket").body["count"]
        return tickets, len(jira("GET", "/rest/api/3/search/jql?jql=project=A").body["issues"])

    assert found() == (0, 0)
    switches.clear()
    assert found() == (1, 1)


@pytest.mark.parametrize(("name", "least", "most"), [("drop_all", 0, 0), ("drop", 1, 39), ("duplicate", 80, 80)])
def test_deliveries_are_lost_or_doubled(
    vendors: SimulatedVendors, receiver: Receiver, switches: Switches, name: str, least: int, most: int
) -> None:
    vendors.senders.aim(zendesk=f"{receiver.url}/zendesk", jira="", automation="")
    vendors.senders.events.kinds.clear()
    switches.set(f"deliveries.{name}", on=True)
    for _ in range(40):
        vendors.ticket("PROJ-1")
    assert vendors.senders.wait_idle(10)
    assert least <= len(receiver.requests) <= most
    ids = [request.headers["x-zendesk-webhook-invocation-id"] for request in receiver.requests]
    assert len(set(ids)) == len(ids) / (2 if name == "duplicate" else 1)
    assert sum(one.state == "lost" for one in vendors.senders.deliveries()) == 40 - len(set(ids))


def test_late_deliveries_overtake_each_other(vendors: SimulatedVendors, receiver: Receiver) -> None:
    vendors.senders.aim(zendesk=f"{receiver.url}/zendesk", jira="", automation="")
    vendors.senders.events.kinds.clear()
    vendors.senders.pace.faults.late = 0.3
    numbers = [vendors.ticket("PROJ-1") for _ in range(10)]
    assert vendors.senders.wait_idle(10)
    arrived = [int(request.body.split(b'"')[3]) for request in receiver.requests]
    assert sorted(arrived) == numbers != arrived


def test_an_agent_links_and_unlinks_by_hand_in_the_api_that_is_in_use() -> None:
    with SimulatedVendors(links_api="v1") as vendors:
        ticket, issue = vendors.ticket(), vendors.issue("A")
        assert [vendors.link_by_hand(ticket, issue.key) for _ in range(2)] == [True, False]
        assert vendors.links() == vendors.zendesk.links_v1.pairs() == {(str(ticket), "A-1")}
        assert [vendors.unlink_by_hand(ticket, issue.key) for _ in range(2)] == [True, False]


def test_every_switch_has_a_name_of_its_own_and_says_what_it_does(switches: Switches) -> None:
    listed = switches.all()
    assert len({switch.title for switch in listed}) == len({switch.name for switch in listed}) == len(listed)
    assert {switch.where for switch in listed} == {"zendesk", "jira", "deliveries"}
    for switch in listed:
        switches.set(switch.name, on=True)
        assert switches.is_on(switch.name)
    switches.clear()
    assert not any(switches.is_on(switch.name) for switch in listed)
    with pytest.raises(KeyError):
        switches.set("zendesk.nothing", on=True)
