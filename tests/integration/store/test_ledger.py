"""The ledger, on moto's DynamoDB with the template's own table."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from linksync.core.checkpoints import Look
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState, Owner, merged_claim, ticket_claim
from linksync.core.look_ups import FIRST, LATE_LINKS
from linksync.core.ordering import Window
from linksync.errors import AwsUnavailable
from linksync.store.ledger import DynamoDbLedger
from linksync.store.ledger_items import EMPTY_KEPT
from linksync.store.look_list import LookList

AT = 1_793_611_800.123456
WINDOW = Window(AT - 600, AT + 1)
STATED = FieldRecord(frozenset({"PROJ-1", "UTF-8"}), WINDOW)
FACTS = TicketFacts(not_found=frozenset({"UTF-8"}))
LINK = Link(
    issue=Issue("10001", "PROJ-1"),
    key_at=AT,
    claims=frozenset({ISSUE_CLAIM, ticket_claim("PROJ-1"), merged_claim("4999")}),
    state=LinkState.LINKED,
    owner=Owner.ADOPTED,
)
ISSUE = IssueRecord(
    stated=FieldRecord(frozenset({"5001"}), WINDOW),
    ever_named=frozenset({"5001", "5002"}),
    key="PROJ-1",
    key_at=AT,
    key_until=AT + 1,
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
def ledger(dynamodb: Any) -> DynamoDbLedger:
    return DynamoDbLedger(dynamodb, "LedgerTable")


@pytest.fixture
def wire(ledger: DynamoDbLedger, dynamodb: Any) -> Wire:
    assert isinstance(ledger, DynamoDbLedger)
    wire = Wire()
    wire.listen(dynamodb)
    return wire


def lane(*links: Link, stated: FieldRecord = STATED, facts: TicketFacts = FACTS) -> TicketLane:
    return TicketLane(ticket_id="5001", stated=stated, facts=facts, links={link.issue.id: link for link in links})


def silent(*links: Link) -> TicketLane:
    return lane(*links, stated=FieldRecord(window=WINDOW), facts=TicketFacts())


EMPTY = TicketLane(ticket_id="5001")


def many(number: int) -> list[Link]:
    return [replace(LINK, issue=Issue(str(20_000 + count), f"BIG-{count}")) for count in range(1, number + 1)]


# ── what is written is read back ─────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_known_of_what_was_never_heard_of(ledger: DynamoDbLedger) -> None:
    assert (ledger.ticket("5001"), ledger.issue("10001"), ledger.tickets_linked_with("10001")) == (
        EMPTY,
        IssueRecord(),
        (),
    )


@pytest.mark.parametrize(
    ("stated", "facts"),
    [
        (STATED, FACTS),
        (STATED, TicketFacts()),
        (FieldRecord(window=WINDOW), TicketFacts()),
        (FieldRecord(frozenset({"PROJ-1"})), TicketFacts()),
        (FieldRecord(window=Window(0.0, 0.0)), TicketFacts()),
        (FieldRecord(window=Window(AT, AT)), TicketFacts()),
        (FieldRecord(window=Window(-0.25, 1e-6)), TicketFacts()),
        (FieldRecord(window=Window(AT, AT)), TicketFacts(merged_into="5002")),
        (FieldRecord(window=Window(AT, AT)), TicketFacts(deleted=True)),
    ],
)
def test_what_a_ticket_stated_and_what_is_known_of_it(
    ledger: DynamoDbLedger, stated: FieldRecord, facts: TicketFacts
) -> None:
    ledger.commit(EMPTY, lane(stated=stated, facts=facts))
    assert ledger.ticket("5001") == lane(stated=stated, facts=facts)


def test_a_checkpoint_leaves_what_the_ticket_stated(ledger: DynamoDbLedger) -> None:
    before = lane(
        stated=FieldRecord(frozenset({"OPS-2", "UTF-7"}), WINDOW), facts=TicketFacts(not_found=frozenset({"UTF-7"}))
    )
    ledger.commit(EMPTY, before)
    recorded = ledger.checkpoint(
        before, lane(LINK, facts=TicketFacts(not_found=frozenset({"UTF-8"}), merged_into="5002"))
    )
    assert recorded.stated == before.stated
    assert recorded.facts == TicketFacts(not_found=frozenset({"UTF-7", "UTF-8"}), merged_into="5002")
    assert ledger.ticket("5001") == recorded == replace(recorded, links={"10001": LINK})


def test_links_of_every_kind(ledger: DynamoDbLedger) -> None:
    kinds = product(LinkState, Owner, [frozenset[str](), frozenset({ISSUE_CLAIM}), LINK.claims])
    links = [
        replace(
            LINK, issue=Issue(str(number), f"BIG-{number}"), state=state, owner=owner, claims=claims, call_begun_at=AT
        )
        for number, (state, owner, claims) in enumerate(kinds, 1)
    ]
    ledger.commit(EMPTY, lane(*links))
    assert ledger.ticket("5001") == lane(*links)


def test_the_record_of_a_link_tells_whether_a_call_for_it_was_begun(ledger: DynamoDbLedger, wire: Wire) -> None:
    begun = replace(LINK, issue=Issue("10002", "PROJ-2"), call_begun_at=AT)
    ledger.commit(EMPTY, lane(LINK, begun))
    items = [write["PutRequest"]["Item"] for write in wire.sent[0][1]["RequestItems"]["LedgerTable"]]
    assert [item.get("call_begun_at") for item in items if "issue_id" in item] == [None, {"N": str(AT)}]
    assert ledger.ticket("5001") == lane(LINK, begun)


def test_an_intent_of_version_0_1_0_does_not_prove_that_a_call_was_begun(ledger: DynamoDbLedger) -> None:
    ledger.commit(EMPTY, lane(replace(LINK, state=LinkState.CREATING)))
    assert ledger.ticket("5001") == lane(replace(LINK, state=LinkState.PLANNED))


def test_times_are_kept_to_the_last_digit(ledger: DynamoDbLedger) -> None:
    for at in (0.0, 1.0, AT, 1_793_611_800.1, 0.1 + 0.2, 1e-7, 4e9 + 1e-6):
        link, stated = replace(LINK, key_at=at), replace(STATED, window=Window(at, at + 0.1))
        ledger.commit(EMPTY, lane(link, stated=stated))
        ledger.save_issue("10001", replace(ISSUE, key_at=at, key_until=at, stated=stated))
        assert ledger.ticket("5001") == lane(link, stated=stated)
        assert ledger.issue("10001") == replace(ISSUE, key_at=at, key_until=at, stated=stated)


@pytest.mark.parametrize(
    "record",
    [
        ISSUE,
        IssueRecord(),
        IssueRecord(stated=FieldRecord(window=WINDOW), key="PROJ-1", key_at=AT, key_until=AT),
        replace(ISSUE, stated=FieldRecord(window=WINDOW)),
        replace(ISSUE, stated=FieldRecord(window=WINDOW), deleted=True),
        replace(ISSUE, stated=FieldRecord(frozenset({"5001"}))),
    ],
)
def test_what_an_issue_stated(ledger: DynamoDbLedger, record: IssueRecord) -> None:
    ledger.save_issue("10001", record)
    assert ledger.issue("10001") == record


def test_a_record_is_replaced_and_not_mixed_with_the_one_before(ledger: DynamoDbLedger) -> None:
    bare_link = replace(LINK, claims=frozenset())
    ledger.commit(EMPTY, lane(LINK))
    ledger.commit(lane(LINK), silent(bare_link))
    ledger.save_issue("10001", ISSUE)
    ledger.save_issue("10001", IssueRecord(stated=FieldRecord(window=WINDOW)))
    assert ledger.ticket("5001") == silent(bare_link)
    assert ledger.issue("10001") == IssueRecord(stated=FieldRecord(window=WINDOW))


def test_lanes_are_apart(ledger: DynamoDbLedger) -> None:
    ledger.commit(EMPTY, lane(LINK))
    ledger.commit(TicketLane(ticket_id="500"), TicketLane(ticket_id="500", stated=FieldRecord(window=WINDOW)))
    ledger.save_issue("5001", ISSUE)
    assert (ledger.ticket("5001"), ledger.ticket("500").links) == (lane(LINK), {})


# ── what it costs ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lane_is_loaded_by_one_strongly_consistent_query(ledger: DynamoDbLedger, wire: Wire) -> None:
    ledger.commit(EMPTY, lane(*many(200)))
    wire.sent.clear()
    assert len(ledger.ticket("5001").links) == 200
    ledger.issue("10001")
    assert [(name, params["ConsistentRead"]) for name, params in wire.sent] == [("Query", True), ("Query", True)]


def test_only_what_differs_is_written(ledger: DynamoDbLedger, wire: Wire) -> None:
    first, second, third = many(3)
    before = lane(first, second)
    ledger.commit(EMPTY, before)
    wire.sent.clear()
    after = lane(replace(first, state=LinkState.DELETING), third)
    ledger.commit(before, after)
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


def test_nothing_that_differs_is_no_call(ledger: DynamoDbLedger, wire: Wire) -> None:
    ledger.commit(lane(LINK), lane(LINK))
    assert wire.sent == []


@pytest.mark.parametrize(("links", "calls"), [(1, 1), (23, 1), (24, 2), (200, 9)])
def test_links_are_written_in_as_few_calls_as_can_be_and_what_was_said_last(
    *, ledger: DynamoDbLedger, wire: Wire, links: int, calls: int
) -> None:
    """Beside the links: the ticket's own record, and a look at a key that was not found."""
    after = lane(*many(links))
    ledger.commit(EMPTY, after)
    assert wire.calls() == {"BatchWriteItem": calls}
    last = wire.sent[-1][1]["RequestItems"]["LedgerTable"][-1]
    assert last["PutRequest"]["Item"]["record"] == {"S": "said"}
    assert ledger.ticket("5001") == after
    ledger.commit(after, lane())
    assert ledger.ticket("5001") == lane()


# ── who is linked with an issue ──────────────────────────────────────────────────────────────────────────────────


def test_the_tickets_linked_with_an_issue(ledger: DynamoDbLedger) -> None:
    for ticket_id in ("5001", "5002"):
        ledger.commit(
            TicketLane(ticket_id=ticket_id), TicketLane(ticket_id=ticket_id, links={"10001": LINK, "20001": many(1)[0]})
        )
    ledger.commit(EMPTY, replace(EMPTY, ticket_id="5003", links={"20001": many(1)[0]}))
    ledger.save_issue("10001", ISSUE)
    assert sorted(ledger.tickets_linked_with("10001")) == ["5001", "5002"]
    assert sorted(ledger.tickets_linked_with("20001")) == ["5001", "5002", "5003"]
    assert ledger.tickets_linked_with("1000") == ()


def test_answers_that_come_in_pages(ledger: DynamoDbLedger, wire: Wire, dynamodb: Any) -> None:
    for number in range(5):
        ticket_id = str(5_000 + number)
        ledger.commit(TicketLane(ticket_id=ticket_id), TicketLane(ticket_id=ticket_id, links={"10001": LINK}))
    ledger.commit(EMPTY, lane(*many(4)))
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
        ("silent", silent(), True),
        ("names a key", lane(), False),
        ("names no key, but an issue names it", silent(LINK), False),
    ],
)
def test_a_silent_ticket_is_forgotten_in_time(
    *, ledger: DynamoDbLedger, dynamodb: Any, case: str, after: TicketLane, expires: bool
) -> None:
    ledger.commit(EMPTY, after)
    at = expiry(dynamodb, "ticket#5001")
    assert at == (pytest.approx(time.time() + EMPTY_KEPT, abs=60) if expires else None), case


@pytest.mark.parametrize("claims", [frozenset(), LINK.claims])
def test_a_link_never_expires(ledger: DynamoDbLedger, dynamodb: Any, claims: frozenset[str]) -> None:
    ledger.commit(EMPTY, silent(replace(LINK, claims=claims)))
    assert expiry(dynamodb, "ticket#5001", "link#10001") is None


def test_an_issue_that_never_named_a_ticket_is_forgotten_in_time(ledger: DynamoDbLedger, dynamodb: Any) -> None:
    ledger.save_issue("10001", replace(ISSUE, stated=FieldRecord(window=WINDOW), ever_named=frozenset()))
    assert expiry(dynamodb, "issue#10001") == pytest.approx(time.time() + EMPTY_KEPT, abs=60)


def test_an_issue_that_ever_named_a_ticket_is_remembered_so_that_an_old_body_of_jira_stays_old(
    ledger: DynamoDbLedger, dynamodb: Any
) -> None:
    ledger.save_issue("10001", replace(ISSUE, stated=FieldRecord(window=WINDOW), ever_named=frozenset({"5001"})))
    assert expiry(dynamodb, "issue#10001") is None


# ── when DynamoDB does not answer ────────────────────────────────────────────────────────────────────────────────

CALLS: list[Callable[[DynamoDbLedger], object]] = [
    lambda ledger: ledger.ticket("5001"),
    lambda ledger: ledger.issue("10001"),
    lambda ledger: ledger.tickets_linked_with("10001"),
    lambda ledger: ledger.commit(EMPTY, lane(LINK)),
    lambda ledger: ledger.save_issue("10001", ISSUE),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_table_that_is_not_there(dynamodb: Any, call: Callable[[DynamoDbLedger], object]) -> None:
    with pytest.raises(AwsUnavailable, match="ResourceNotFoundException"):
        call(DynamoDbLedger(dynamodb, "NoSuchTable"))


@pytest.mark.parametrize("call", CALLS)
def test_a_table_out_of_reach(ledger: DynamoDbLedger, dynamodb: Any, call: Callable[[DynamoDbLedger], object]) -> None:
    def out_of_reach(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    dynamodb.meta.events.register("before-send.dynamodb.*", out_of_reach)
    with pytest.raises(AwsUnavailable, match="EndpointConnectionError"):
        call(ledger)


def leaves(dynamodb: Any, times: int) -> list[int]:
    """DynamoDB leaves one item of a write undone, so many times; returns how many items were left each time."""
    left: list[int] = []

    def in_part(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        writes = params["RequestItems"]["LedgerTable"]
        if len(left) < times:
            context["left"] = writes.pop()
            left.append(1)
            if not writes:
                writes.append({"PutRequest": {"Item": {"lane": {"S": "elsewhere"}, "record": {"S": "x"}}}})

    def answer(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if undone := context.pop("left", None):
            parsed["UnprocessedItems"] = {"LedgerTable": [undone]}

    dynamodb.meta.events.register("provide-client-params.dynamodb.BatchWriteItem", in_part)
    dynamodb.meta.events.register("after-call.dynamodb.BatchWriteItem", answer)
    return left


def test_what_dynamodb_leaves_of_a_write_is_sent_again_at_once(dynamodb: Any) -> None:
    pauses: list[float] = []
    ledger = DynamoDbLedger(dynamodb, "LedgerTable", sleep=pauses.append)
    leaves(dynamodb, 2)
    ledger.commit(EMPTY, lane(LINK))
    assert ledger.ticket("5001") == lane(LINK)
    assert pauses == [0.05, 0.1]


def test_a_write_that_stays_in_part_is_an_error(dynamodb: Any) -> None:
    ledger = DynamoDbLedger(dynamodb, "LedgerTable", sleep=lambda _: None)
    leaves(dynamodb, 99)
    with pytest.raises(AwsUnavailable, match="part of a write"):
        ledger.save_issue("10001", ISSUE)


def test_a_lane_that_misses_something_is_to_be_looked_at_again(dynamodb: Any) -> None:
    ledger = DynamoDbLedger(dynamodb, "LedgerTable", clock=lambda: AT)
    ledger.commit(EMPTY, lane())
    ledger.save_issue("10001", ISSUE)
    ledger.save_issue("10002", replace(ISSUE, missing=True))
    ledger.save_issue("10003", ISSUE, told_all=True)
    looks = LookList(dynamodb, "LedgerTable")
    due_at, soon = float(int(AT + FIRST)), float(int(AT + LATE_LINKS))
    assert looks.due(AT, limit=10) == ()
    assert looks.due(soon, limit=10) == (Look(lane="issue#10003", due_at=soon, since=AT),)
    looks.change(done=looks.due(soon, limit=10))
    assert looks.due(due_at, limit=10) == (
        Look(lane="issue#10002", due_at=due_at, since=AT),
        Look(lane="ticket#5001", due_at=due_at, since=AT),
    )
