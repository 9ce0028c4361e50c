"""`linksync link` and `linksync unlink`: through the ticket's lane, with what the fields will do to it next."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from linksync.core.lanes import TicketFacts, TicketLane
from linksync.core.messages import Envelope, TicketStatement
from linksync.store.event_queue import EventQueue
from local.vendors import SimulatedVendors
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli
from tests.unit.cli.vendors import aimed_at
from tests.unit.cli.worker import Worker


@pytest.fixture
def vendors() -> Iterator[SimulatedVendors]:
    """Ticket 5001, whose field is empty, and the issue PROJ-1."""
    with SimulatedVendors() as vendors:
        vendors.ticket(ticket_id=5001)
        vendors.issue("PROJ")
        yield vendors


@pytest.fixture(autouse=True)
def worker(vendors: SimulatedVendors, account: Account, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Works whenever the command waits."""
    aimed_at(account, vendors)
    account.put("ApiCredentialsArn", vendors.credentials())
    worker = Worker(account, vendors)
    monkeypatch.setattr(time, "sleep", worker.work)
    return worker


def told(account: Account, worker: Worker, *keys: str) -> None:
    """Zendesk told that the ticket's field names these keys."""
    now = time.time()
    statement = TicketStatement(ticket_id="5001", issue_keys=keys, at=now, exact=True)
    envelope = Envelope(delivery=f"d{now}", correlation_id="c", source="test", received_at=now, payload=statement)
    EventQueue(account.sqs, account.queue).send(envelope)
    worker.work()


def test_a_ticket_is_linked_by_hand_and_stays_linked(
    cli: RunCli, vendors: SimulatedVendors, account: Account, worker: Worker
) -> None:
    ended = cli("link", "5001", "proj-1", "--json")
    document = ended.document
    assert (ended.status, document["ticket_id"], document["issue_key"]) == (0, "5001", "PROJ-1")
    assert (document["outcome"], document["next"]) == ("linked", "Nothing would change.")
    assert "an operator asked for it" in document["why"]
    assert "It stays whatever the fields name, until `linksync unlink`." in document["why"]
    (line,) = account.ledger.history("5001")
    assert (line.event, line.why) == ("made", "an operator asked for it")
    assert vendors.links() == {("5001", "PROJ-1")}
    told(account, worker, "PROJ-1")
    told(account, worker)
    assert vendors.links() == {("5001", "PROJ-1")}
    assert cli("link", "5001", "PROJ-1", "--json").document["outcome"] == "linked"


def test_a_link_is_taken_away_by_hand_and_stays_away(
    cli: RunCli, vendors: SimulatedVendors, account: Account, worker: Worker
) -> None:
    told(account, worker, "PROJ-1")
    assert vendors.links() == {("5001", "PROJ-1")}
    ended = cli("unlink", "5001", "PROJ-1", "--json")
    assert (ended.status, ended.document["outcome"], vendors.links()) == (0, "not linked", set())
    assert "It comes back when a reference is written anew" in ended.document["why"]
    assert "the ticket's field names it" in ended.document["why"]
    told(account, worker, "PROJ-1")
    assert vendors.links() == set()


def test_what_an_operator_linked_is_unlinked_for_good(cli: RunCli, vendors: SimulatedVendors) -> None:
    cli("link", "5001", "PROJ-1")
    ended = cli("unlink", "5001", "PROJ-1")
    assert (ended.status, vendors.links()) == (0, set())
    assert "✓ Ticket 5001 and PROJ-1  not linked" in ended.out
    assert cli("unlink", "5001", "PROJ-1", "--json").document["outcome"] == "not linked"


def test_a_link_that_is_not_ours_is_refused(
    cli: RunCli, vendors: SimulatedVendors, account: Account, worker: Worker
) -> None:
    vendors.link_by_hand(5001, "PROJ-1")
    unknown = cli("unlink", "5001", "PROJ-1", "--json")
    told(account, worker, "PROJ-1")
    adopted = cli("unlink", "5001", "PROJ-1", "--json")
    for ended in (unknown, adopted):
        assert (ended.status, ended.document["error"]["code"]) == (2, "not_ours")
        assert "UnlinkPolicy" in ended.document["error"]["mend"]
    assert vendors.links() == {("5001", "PROJ-1")}


def test_a_claim_on_a_link_that_is_not_ours_is_withdrawn(cli: RunCli, vendors: SimulatedVendors) -> None:
    vendors.link_by_hand(5001, "PROJ-1")
    assert cli("link", "5001", "PROJ-1", "--json").document["outcome"] == "linked"
    ended = cli("unlink", "5001", "PROJ-1", "--json")
    assert (ended.status, ended.document["outcome"]) == (1, "claim withdrawn")
    assert vendors.links() == {("5001", "PROJ-1")}


def test_a_project_that_is_left_out_is_refused(cli: RunCli, vendors: SimulatedVendors, account: Account) -> None:
    account.cloudformation.parameters["ProjectKeys"] = "OPS"
    ended = cli("link", "5001", "PROJ-1", "--json")
    assert (ended.status, ended.document["error"]["code"]) == (2, "project_keys")
    assert "--project-keys" in ended.document["error"]["mend"]
    assert (vendors.links(), account.waiting()) == (set(), [])


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["5001", "PROJ-999"], 3, "no_issue"),
        (["4711", "PROJ-1"], 3, "no_ticket"),
        (["x", "PROJ-1"], 2, "ticket"),
    ],
)
def test_what_is_not_there_cannot_be_linked(
    cli: RunCli, account: Account, arguments: list[str], status: int, code: str
) -> None:
    ended = cli("link", *arguments, "--json")
    assert (ended.status, ended.document["error"]["code"], account.waiting()) == (status, code, [])


def test_a_dry_run_sends_nothing(cli: RunCli, account: Account, vendors: SimulatedVendors) -> None:
    ended = cli("link", "5001", "PROJ-1", "--dry-run", "--json")
    assert (ended.status, ended.document["outcome"], account.waiting()) == (0, "would link", [])
    cli("link", "5001", "PROJ-1")
    assert cli("unlink", "5001", "PROJ-1", "--dry-run", "--json").document["outcome"] == "would unlink"
    assert vendors.links() == {("5001", "PROJ-1")}


def test_a_worker_that_is_paused_is_told_of(cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    ended = cli("link", "5001", "PROJ-1", "--wait", "3", "--json")
    assert (ended.status, ended.document["outcome"]) == (1, "waiting")


def test_a_refusal_is_told_with_its_dead_letter(cli: RunCli, vendors: SimulatedVendors) -> None:
    vendors.zendesk.faults.add(path="/links", method="POST", status=422, body='{"error": "LinkInvalid"}')
    ended = cli("link", "5001", "PROJ-1")
    assert ended.status == 1
    assert "! Ticket 5001 and PROJ-1  dead" in ended.out
    assert "linksync redrive" in " ".join(ended.out.split())


def test_a_ticket_that_was_missing_and_is_there_now_is_linked(
    cli: RunCli, vendors: SimulatedVendors, account: Account
) -> None:
    account.record(replace(TicketLane(ticket_id="5001"), facts=TicketFacts(missing=True)))
    assert cli("link", "5001", "PROJ-1", "--json").document["outcome"] == "linked"
    assert vendors.links() == {("5001", "PROJ-1")}


def test_ctrl_c_says_that_it_is_queued_all_the_same(cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    ended = cli("link", "5001", "PROJ-1", "--json")
    assert (ended.status, ended.document["error"]["mend"]) == (
        130,
        "It is queued all the same.  See: linksync explain 5001",
    )
