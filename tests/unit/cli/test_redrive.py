"""`linksync redrive` shows dead letters, moves the chosen ones back, and says what became of each."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from linksync.core.message_format import decode
from linksync.core.messages import Envelope, TicketStatement
from linksync.worker.idempotency import DeliveryIdempotency
from linksync_cli.outcomes import Outcome, Outcomes, record_id
from tests.unit.cli.account import Account
from tests.unit.cli.conftest import RunCli

FORBIDDEN, REFUSED = "a" * 32, "b" * 32
ADVICE = "Be an admin. Then run `linksync redrive`."


def statement(ticket: str) -> TicketStatement:
    return TicketStatement(ticket_id=ticket, issue_keys=("PROJ-1",), at=1.0, exact=False)


@pytest.fixture
def letters(account: Account) -> Account:
    account.dead_letter(FORBIDDEN, statement("5001"), reason="forbidden", advice=ADVICE)
    account.dead_letter(REFUSED, statement("5002"))  # SQS moved this one
    return account


@pytest.fixture
def worker(account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Envelope], None]], None]:
    """Works on what is queued whenever the command waits for it."""

    def works(work: Callable[[Envelope], None]) -> None:
        idempotency = DeliveryIdempotency(account.dynamodb, "idempotency")
        idempotency.register(LambdaContext())

        def run(_seconds: float) -> None:
            url = account.queue
            for message in account.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
                envelope = decode(message["Body"])
                assert isinstance(envelope, Envelope)
                with suppress(ZeroDivisionError):
                    idempotency.run_once(envelope, work)
                account.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        monkeypatch.setattr(time, "sleep", run)

    monkeypatch.setattr(LambdaContext, "get_remaining_time_in_millis", lambda _self: 30_000)
    return works


@pytest.fixture
def shown(letters: Account, cli: RunCli) -> Callable[..., dict[str, str]]:
    assert letters
    return lambda *arguments: {
        one["delivery"]: one["outcome"] for one in cli("redrive", *arguments, "--json").document["letters"]
    }


@pytest.mark.usefixtures("letters")
def test_letters_are_shown_with_their_reasons(cli: RunCli) -> None:
    ended = cli("redrive", "--json")
    assert ended.status == 1
    first, second = ended.document["letters"]
    assert first == {
        "delivery": FORBIDDEN,
        "reason": "forbidden",
        "advice": ADVICE,
        "lane": "ticket#5001",
        "outcome": "left",
    }
    assert second["reason"] == "receive_limit"
    people = cli("redrive")
    assert "2 dead letters." in people.out
    assert all(len(line) <= 80 for line in people.out.splitlines())


def test_without_any_all_is_well(cli: RunCli, account: Account) -> None:
    assert account
    assert cli("redrive", "--json").document == {"letters": []}
    assert cli("redrive", "--all").status == 0


def test_what_is_moved_back_is_done(shown: Callable[..., Any], worker: Callable[..., None], account: Account) -> None:
    worked = []
    worker(worked.append)
    assert shown("--all") == {FORBIDDEN: "done", REFUSED: "done"}
    assert [envelope.payload.ticket_id for envelope in worked] == ["5001", "5002"]
    assert account.client("sqs").receive_message(QueueUrl=account.dead).get("Messages") is None


@pytest.mark.parametrize("choice", [[FORBIDDEN[:6]], [FORBIDDEN], ["--reason", "forbidden"]])
def test_one_may_be_chosen(shown: Callable[..., Any], worker: Callable[..., None], choice: list[str]) -> None:
    worker(lambda _envelope: None)
    assert shown(*choice) == {FORBIDDEN: "done", REFUSED: "left"}
    assert shown() == {REFUSED: "left"}


def test_what_dies_again_is_told(shown: Callable[..., Any], worker: Callable[..., None], account: Account) -> None:
    def die(envelope: Envelope) -> None:
        account.dead_letter(envelope.delivery, envelope.payload, reason="forbidden", advice=ADVICE)
        raise ZeroDivisionError  # which, as an error of the worker's, takes back its record

    worker(die)
    assert shown(REFUSED) == {FORBIDDEN: "left", REFUSED: "dead again"}


def test_what_is_not_worked_on_is_waiting(shown: Callable[..., Any], worker: Callable[..., None]) -> None:
    assert worker
    assert shown("--all", "--wait", "0") == {FORBIDDEN: "waiting", REFUSED: "waiting"}


def test_a_dry_run_moves_nothing(shown: Callable[..., Any], account: Account) -> None:
    assert set(shown("--all", "--dry-run").values()) == {"left"}
    assert account.waiting() == []


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(("name", "why"), [("aaa", "too short"), ("c" * 32, "No dead letter")])
def test_a_letter_must_be_there_by_that_name(cli: RunCli, account: Account, name: str, why: str) -> None:
    ended = cli("redrive", name, "--json")
    assert ended.status == 2
    assert why in ended.document["error"]["message"]
    assert account.waiting() == []


@pytest.mark.usefixtures("worker")
def test_the_worker_s_record_is_found_by_powertools_own_name(account: Account) -> None:
    envelope = Envelope(delivery="d" * 32, correlation_id="c", source="s", received_at=1.0, payload=statement("1"))
    idempotency = DeliveryIdempotency(account.dynamodb, "idempotency")
    idempotency.register(LambdaContext())
    idempotency.run_once(envelope, lambda _envelope: None)
    (item,) = account.dynamodb.scan(TableName="idempotency")["Items"]
    assert item["id"]["S"] == record_id(envelope.delivery)


def test_a_run_that_is_not_over_is_waited_for(account: Account) -> None:
    class NoLetters:
        def deliveries(self) -> dict[str, str]:
            return {}

    item = {"id": {"S": record_id("d")}, "status": {"S": "INPROGRESS"}}
    account.dynamodb.put_item(TableName="idempotency", Item=item)  # type: ignore[arg-type]
    looking = Outcomes(dynamodb=account.dynamodb, table="idempotency", letters=NoLetters(), wait=lambda _s: None)
    assert looking.of(["d"], seconds=3, on_progress=lambda _n: None) == {"d": Outcome.WAITING}
