"""The ledger as the reconciler reads it, on moto's DynamoDB with the template's own table."""

from collections import Counter
from typing import Any

import pytest

from linksync.core.checkpoints import Repair
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import Link, LinkState
from linksync.core.ordering import Window
from linksync.errors import AwsUnavailable
from linksync.store.batches import read_all
from linksync.store.ledger import DynamoDbLedger
from linksync.store.ledger_reads import LedgerReads
from linksync.store.repairs import Repairs

NOW = 1_793_611_800.5
STATED = FieldRecord(frozenset({"PROJ-1"}), Window(NOW, NOW))
FACTS = TicketFacts(not_found=frozenset({"UTF-8"}))


@pytest.fixture
def ledger(dynamodb: Any) -> DynamoDbLedger:
    return DynamoDbLedger(dynamodb, "LedgerTable")


@pytest.fixture
def reads(dynamodb: Any) -> LedgerReads:
    return LedgerReads(dynamodb, "LedgerTable")


def save(ledger: DynamoDbLedger, ticket_id: str, *links: Link, stated: FieldRecord | None = None) -> None:
    stated = stated or FieldRecord()
    lane = TicketLane(ticket_id=ticket_id, stated=stated, facts=FACTS, links={link.issue.id: link for link in links})
    ledger.commit(TicketLane(ticket_id=ticket_id), lane)


def link(issue_id: str, key: str) -> Link:
    return Link(issue=Issue(issue_id, key), key_at=NOW, state=LinkState.LINKED)


def test_what_many_tickets_stated(ledger: DynamoDbLedger, reads: LedgerReads) -> None:
    save(ledger, "5001", link("10001", "PROJ-1"), stated=STATED)
    save(ledger, "5002")
    assert reads.tickets(["5001", "5002", "5003", "5001"]) == {
        "5001": (STATED, FACTS),
        "5002": (FieldRecord(), FACTS),
    }


def test_what_is_known_of_many_issues(ledger: DynamoDbLedger, reads: LedgerReads) -> None:
    record = IssueRecord(stated=FieldRecord(frozenset({"5001"}), Window(NOW, NOW)), key="PROJ-1", key_at=NOW)
    ledger.save_issue("10001", record)
    assert reads.issues(["10001", "10002"]) == {"10001": record}
    assert reads.issues([]) == {}


def test_two_hundred_and_fifty_lanes_are_three_calls(dynamodb: Any, ledger: DynamoDbLedger, reads: LedgerReads) -> None:
    for number in range(0, 250, 50):
        save(ledger, str(number), stated=STATED)
    calls: Counter[str] = Counter()
    dynamodb.meta.events.register("before-call.dynamodb.*", lambda model, **_: calls.update([model.name]))
    assert len(reads.tickets(str(number) for number in range(250))) == 5
    assert calls == {"BatchGetItem": 3}


def test_the_links_of_an_issue_with_the_keys_that_they_were_made_under(
    ledger: DynamoDbLedger, reads: LedgerReads
) -> None:
    save(ledger, "5001", link("10001", "PROJ-1"), link("10002", "PROJ-2"))
    save(ledger, "5002", link("10001", "OLD-1"))
    found = {ticket_id: link.issue.key for ticket_id, link in reads.links_of_issue("10001").items()}
    assert found == {"5001": "PROJ-1", "5002": "OLD-1"}
    assert reads.links_of_issue("10003") == {}


def test_whether_a_ticket_has_links(ledger: DynamoDbLedger, reads: LedgerReads) -> None:
    save(ledger, "5001", link("10001", "PROJ-1"))
    save(ledger, "5002", stated=STATED)
    assert [reads.has_links(ticket_id) for ticket_id in ("5001", "5002", "5003")] == [True, False, False]


def test_repairs_are_remembered_by_lane_for_two_months(dynamodb: Any) -> None:
    repairs = Repairs(dynamodb, "LedgerTable", clock=lambda: NOW)
    first = Repair(lane="ticket#5001", difference="abc", times=1, queued_at=NOW)
    again = Repair(lane="ticket#5001", difference="abc", times=2, queued_at=NOW + 5)
    other = Repair(lane="issue#10001", difference="def", times=1, queued_at=NOW)
    repairs.remember([first, other])
    repairs.remember([again])
    assert repairs.known(["ticket#5001", "issue#10001", "issue#10002"]) == {
        "ticket#5001": again,
        "issue#10001": other,
    }
    key = {"lane": {"S": "reconciler"}, "record": {"S": "repair#ticket#5001"}}
    item = dynamodb.get_item(TableName="LedgerTable", Key=key)["Item"]
    assert int(item["expires_at"]["N"]) - int(NOW) == 60 * 86_400


class Reluctant:
    """A DynamoDB that gives one key a call, and after `gives` calls none."""

    def __init__(self, gives: int) -> None:
        self.gives = gives
        self.calls = 0

    def batch_get_item(self, *, RequestItems: Any) -> dict[str, Any]:  # noqa: N803  AWS names its parameters so
        self.calls += 1
        first, *rest = RequestItems["t"]["Keys"]
        if self.calls > self.gives:
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        left = {"t": {"Keys": rest, "ConsistentRead": True}} if rest else {}
        return {"Responses": {"t": [first]}, "UnprocessedKeys": left}


def test_what_dynamodb_leaves_out_is_asked_for_again() -> None:
    keys, slept = [{"lane": "a"}, {"lane": "b"}, {"lane": "c"}], list[float]()
    client: Any = Reluctant(gives=10)
    assert list(read_all(client, "t", keys, sleep=slept.append)) == keys
    assert slept == [0.05, 0.1]


def test_what_dynamodb_goes_on_leaving_out_is_not_there_to_be_believed() -> None:
    client: Any = Reluctant(gives=1)
    with pytest.raises(AwsUnavailable, match="only part"):
        list(read_all(client, "t", [{"lane": "a"}, {"lane": "b"}], sleep=lambda _: None))
