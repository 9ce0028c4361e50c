"""The ledger, on moto's DynamoDB with the template's own table."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from linksync.core.evidence import Window
from linksync.core.issues import Issue
from linksync.core.ledger import (
    ISSUE_CLAIM,
    IssueSaid,
    Link,
    Owner,
    State,
    TicketLane,
    TicketSaid,
    merged_claim,
    ticket_claim,
)
from linksync.errors import OurSideUnavailable
from linksync.store.ledger import Ledger
from linksync.store.ledger_items import SILENCE_KEPT

AT = 1_793_611_800.123456
WINDOW = Window(AT - 600, AT + 1)
SAID = TicketSaid(keys=frozenset({"PROJ-1", "UTF-8"}), window=WINDOW, unresolved=frozenset({"UTF-8"}))
LINK = Link(
    issue=Issue("10001", "PROJ-1"),
    key_at=AT,
    claims=frozenset({ISSUE_CLAIM, ticket_claim("PROJ-1"), merged_claim("4999")}),
    state=State.LINKED,
    owner=Owner.ADOPTED,
)
ISSUE_SAID = IssueSaid(
    ticket_ids=frozenset({"5001"}),
    ever_named=frozenset({"5001", "5002"}),
    window=WINDOW,
    key="PROJ-1",
    key_at=AT,
)


@dataclass
class Wire:
    """What the client sent, by operation."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def listen(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.dynamodb.*", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_: object) -> None:
        self.sent.append((model.name, params))

    def calls(self) -> Counter[str]:
        return Counter(name for name, _ in self.sent)


@pytest.fixture
def ledger(dynamodb: Any) -> Ledger:
    return Ledger(dynamodb, "LedgerTable")


@pytest.fixture
def wire(ledger: Ledger, dynamodb: Any) -> Wire:
    assert isinstance(ledger, Ledger)
    wire = Wire()
    wire.listen(dynamodb)
    return wire


def lane(*links: Link, said: TicketSaid = SAID) -> TicketLane:
    return TicketLane(ticket_id="5001", said=said, links={link.issue.id: link for link in links})


EMPTY = TicketLane(ticket_id="5001")


def many(number: int) -> list[Link]:
    return [replace(LINK, issue=Issue(str(20_000 + count), f"BIG-{count}")) for count in range(1, number + 1)]


# ── what is written is read back ─────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_known_of_what_was_never_heard_of(ledger: Ledger) -> None:
    assert (ledger.ticket("5001"), ledger.issue("10001"), ledger.tickets_linked_with("10001")) == (
        EMPTY,
        IssueSaid(),
        (),
    )


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        replace(SAID, unresolved=frozenset()),
        TicketSaid(window=WINDOW),
        TicketSaid(keys=frozenset({"PROJ-1"})),
        TicketSaid(window=Window(0.0, 0.0)),
        TicketSaid(window=Window(AT, AT)),
        TicketSaid(window=Window(-0.25, 1e-6)),
        TicketSaid(window=Window(AT, AT), merged_into="5002"),
        TicketSaid(window=Window(AT, AT), deleted=True),
    ],
)
def test_what_a_ticket_said(ledger: Ledger, said: TicketSaid) -> None:
    ledger.save_ticket(EMPTY, lane(said=said))
    assert ledger.ticket("5001") == lane(said=said)


def test_links_of_every_kind(ledger: Ledger) -> None:
    kinds = product(State, Owner, [frozenset[str](), frozenset({ISSUE_CLAIM}), LINK.claims])
    links = [
        replace(
            LINK, issue=Issue(str(number), f"BIG-{number}"), state=state, owner=owner, claims=claims, call_begun_at=AT
        )
        for number, (state, owner, claims) in enumerate(kinds, 1)
    ]
    ledger.save_ticket(EMPTY, lane(*links))
    assert ledger.ticket("5001") == lane(*links)


def test_the_record_of_a_link_tells_whether_a_call_for_it_was_begun(ledger: Ledger, wire: Wire) -> None:
    begun = replace(LINK, issue=Issue("10002", "PROJ-2"), call_begun_at=AT)
    ledger.save_ticket(EMPTY, lane(LINK, begun))
    items = [write["PutRequest"]["Item"] for write in wire.sent[0][1]["RequestItems"]["LedgerTable"]]
    assert [item.get("call_begun_at") for item in items if "issue_id" in item] == [None, {"N": str(AT)}]
    assert ledger.ticket("5001") == lane(LINK, begun)


def test_an_intent_of_version_0_1_0_does_not_prove_that_a_call_was_begun(ledger: Ledger) -> None:
    ledger.save_ticket(EMPTY, lane(replace(LINK, state=State.CREATING)))
    assert ledger.ticket("5001") == lane(replace(LINK, state=State.PLANNED))


def test_times_are_kept_to_the_last_digit(ledger: Ledger) -> None:
    for at in (0.0, 1.0, AT, 1_793_611_800.1, 0.1 + 0.2, 1e-7, 4e9 + 1e-6):
        link, said = replace(LINK, key_at=at), replace(SAID, window=Window(at, at + 0.1))
        ledger.save_ticket(EMPTY, lane(link, said=said))
        ledger.save_issue("10001", replace(ISSUE_SAID, key_at=at, window=said.window))
        assert ledger.ticket("5001") == lane(link, said=said)
        assert ledger.issue("10001") == replace(ISSUE_SAID, key_at=at, window=said.window)


@pytest.mark.parametrize(
    "said",
    [
        ISSUE_SAID,
        IssueSaid(),
        IssueSaid(window=WINDOW, key="PROJ-1", key_at=AT),
        replace(ISSUE_SAID, ticket_ids=frozenset()),
        replace(ISSUE_SAID, ticket_ids=frozenset(), deleted=True),
        replace(ISSUE_SAID, window=None),
    ],
)
def test_what_an_issue_said(ledger: Ledger, said: IssueSaid) -> None:
    ledger.save_issue("10001", said)
    assert ledger.issue("10001") == said


def test_a_record_is_replaced_and_not_mixed_with_the_one_before(ledger: Ledger) -> None:
    bare_link, bare_said = replace(LINK, claims=frozenset()), TicketSaid(window=WINDOW)
    ledger.save_ticket(EMPTY, lane(LINK))
    ledger.save_ticket(lane(LINK), lane(bare_link, said=bare_said))
    ledger.save_issue("10001", ISSUE_SAID)
    ledger.save_issue("10001", IssueSaid(window=WINDOW))
    assert ledger.ticket("5001") == lane(bare_link, said=bare_said)
    assert ledger.issue("10001") == IssueSaid(window=WINDOW)


def test_lanes_are_apart(ledger: Ledger) -> None:
    ledger.save_ticket(EMPTY, lane(LINK))
    ledger.save_ticket(TicketLane(ticket_id="500"), TicketLane(ticket_id="500", said=TicketSaid(window=WINDOW)))
    ledger.save_issue("5001", ISSUE_SAID)
    assert (ledger.ticket("5001"), ledger.ticket("500").links) == (lane(LINK), {})


# ── what it costs ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lane_is_loaded_by_one_strongly_consistent_query(ledger: Ledger, wire: Wire) -> None:
    ledger.save_ticket(EMPTY, lane(*many(200)))
    wire.sent.clear()
    assert len(ledger.ticket("5001").links) == 200
    ledger.issue("10001")
    assert [(name, params["ConsistentRead"]) for name, params in wire.sent] == [("Query", True), ("Query", True)]


def test_only_what_differs_is_written(ledger: Ledger, wire: Wire) -> None:
    first, second, third = many(3)
    before = lane(first, second)
    ledger.save_ticket(EMPTY, before)
    wire.sent.clear()
    after = lane(replace(first, state=State.DELETING), third, said=before.said)
    ledger.save_ticket(before, after)
    ((name, params),) = wire.sent
    writes = [
        (kind, request.get("Key", request.get("Item"))["record"]["S"])
        for write in params["RequestItems"]["LedgerTable"]
        for kind, request in write.items()
    ]
    assert (name, writes) == (
        "BatchWriteItem",
        [("DeleteRequest", "link#20002"), ("PutRequest", "link#20001"), ("PutRequest", "link#20003")],
    )
    assert ledger.ticket("5001") == after


def test_nothing_that_differs_is_no_call(ledger: Ledger, wire: Wire) -> None:
    ledger.save_ticket(lane(LINK), lane(LINK))
    assert wire.sent == []


@pytest.mark.parametrize(("links", "calls"), [(1, 1), (24, 1), (25, 2), (200, 9)])
def test_links_are_written_in_as_few_calls_as_can_be_and_what_was_said_last(
    *, ledger: Ledger, wire: Wire, links: int, calls: int
) -> None:
    after = lane(*many(links))
    ledger.save_ticket(EMPTY, after)
    assert wire.calls() == {"BatchWriteItem": calls}
    last = wire.sent[-1][1]["RequestItems"]["LedgerTable"][-1]
    assert last["PutRequest"]["Item"]["record"] == {"S": "said"}
    assert ledger.ticket("5001") == after
    ledger.save_ticket(after, lane())
    assert ledger.ticket("5001") == lane()


# ── who is linked with an issue ──────────────────────────────────────────────────────────────────────────────────


def test_the_tickets_linked_with_an_issue(ledger: Ledger) -> None:
    for ticket_id in ("5001", "5002"):
        ledger.save_ticket(
            TicketLane(ticket_id=ticket_id), TicketLane(ticket_id=ticket_id, links={"10001": LINK, "20001": many(1)[0]})
        )
    ledger.save_ticket(EMPTY, replace(EMPTY, ticket_id="5003", links={"20001": many(1)[0]}))
    ledger.save_issue("10001", ISSUE_SAID)
    assert sorted(ledger.tickets_linked_with("10001")) == ["5001", "5002"]
    assert sorted(ledger.tickets_linked_with("20001")) == ["5001", "5002", "5003"]
    assert ledger.tickets_linked_with("1000") == ()


def test_answers_that_come_in_pages(ledger: Ledger, wire: Wire, dynamodb: Any) -> None:
    for number in range(5):
        ticket_id = str(5_000 + number)
        ledger.save_ticket(TicketLane(ticket_id=ticket_id), TicketLane(ticket_id=ticket_id, links={"10001": LINK}))
    ledger.save_ticket(EMPTY, lane(*many(4)))
    wire.sent.clear()
    dynamodb.meta.events.register("provide-client-params.dynamodb.Query", lambda params, **_: params | {"Limit": 2})
    assert sorted(ledger.tickets_linked_with("10001")) == ["5000", "5001", "5002", "5003", "5004"]
    assert wire.calls() == {"Query": 3}
    assert set(ledger.ticket("5001").links) == {"10001", "20001", "20002", "20003", "20004"}


# ── how long it is kept ──────────────────────────────────────────────────────────────────────────────────────────


def expiry(dynamodb: Any, lane_: str, record: str = "said") -> float | None:
    key = {"lane": {"S": lane_}, "record": {"S": record}}
    item = dynamodb.get_item(TableName="LedgerTable", Key=key)["Item"]
    return float(item["expires_at"]["N"]) if "expires_at" in item else None


def test_the_table_lets_expire_what_the_ledger_marks(resources: dict[str, Any]) -> None:
    assert resources["LedgerTable"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


@pytest.mark.parametrize(
    ("case", "after", "expires"),
    [
        ("silent", lane(said=TicketSaid(window=WINDOW)), True),
        ("names a key", lane(said=SAID), False),
        ("names no key, but an issue names it", lane(LINK, said=TicketSaid(window=WINDOW)), False),
    ],
)
def test_a_silent_ticket_is_forgotten_in_time(
    *, ledger: Ledger, dynamodb: Any, case: str, after: TicketLane, expires: bool
) -> None:
    ledger.save_ticket(EMPTY, after)
    at = expiry(dynamodb, "ticket#5001")
    assert at == (pytest.approx(time.time() + SILENCE_KEPT, abs=60) if expires else None), case


@pytest.mark.parametrize("claims", [frozenset(), LINK.claims])
def test_a_link_never_expires(ledger: Ledger, dynamodb: Any, claims: frozenset[str]) -> None:
    ledger.save_ticket(EMPTY, lane(replace(LINK, claims=claims), said=TicketSaid(window=WINDOW)))
    assert expiry(dynamodb, "ticket#5001", "link#10001") is None


def test_an_issue_that_never_named_a_ticket_is_forgotten_in_time(ledger: Ledger, dynamodb: Any) -> None:
    ledger.save_issue("10001", replace(ISSUE_SAID, ticket_ids=frozenset(), ever_named=frozenset()))
    assert expiry(dynamodb, "issue#10001") == pytest.approx(time.time() + SILENCE_KEPT, abs=60)


def test_an_issue_that_ever_named_a_ticket_is_remembered_so_that_an_old_body_of_jira_stays_old(
    ledger: Ledger, dynamodb: Any
) -> None:
    ledger.save_issue("10001", replace(ISSUE_SAID, ticket_ids=frozenset(), ever_named=frozenset({"5001"})))
    assert expiry(dynamodb, "issue#10001") is None


# ── when DynamoDB does not answer ────────────────────────────────────────────────────────────────────────────────

CALLS: list[Callable[[Ledger], object]] = [
    lambda ledger: ledger.ticket("5001"),
    lambda ledger: ledger.issue("10001"),
    lambda ledger: ledger.tickets_linked_with("10001"),
    lambda ledger: ledger.save_ticket(EMPTY, lane(LINK)),
    lambda ledger: ledger.save_issue("10001", ISSUE_SAID),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_table_that_is_not_there(dynamodb: Any, call: Callable[[Ledger], object]) -> None:
    with pytest.raises(OurSideUnavailable, match="ResourceNotFoundException"):
        call(Ledger(dynamodb, "NoSuchTable"))


@pytest.mark.parametrize("call", CALLS)
def test_a_table_out_of_reach(ledger: Ledger, dynamodb: Any, call: Callable[[Ledger], object]) -> None:
    def out_of_reach(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    dynamodb.meta.events.register("before-send.dynamodb.*", out_of_reach)
    with pytest.raises(OurSideUnavailable, match="EndpointConnectionError"):
        call(ledger)


def test_a_write_taken_in_part_is_tried_again(ledger: Ledger, dynamodb: Any) -> None:
    def in_part(parsed: dict[str, Any], **_: object) -> None:
        parsed["UnprocessedItems"] = {"LedgerTable": [{}]}

    dynamodb.meta.events.register("after-call.dynamodb.BatchWriteItem", in_part)
    with pytest.raises(OurSideUnavailable, match="part of a write"):
        ledger.save_issue("10001", ISSUE_SAID)
