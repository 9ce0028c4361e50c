"""At most once a delivery, on moto's DynamoDB with the template's own table."""

import time
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyKeyError
from aws_lambda_powertools.utilities.idempotency.persistence.dynamodb import DynamoDBPersistenceLayer
from botocore.exceptions import EndpointConnectionError

from linksync.core.messages import Envelope, TicketStatement
from linksync.errors import AwsUnavailable, LinksyncError, UnfinishedWork, UpstreamRefused, UpstreamThrottled
from linksync.worker.idempotency import REMEMBERED, DeliveryIdempotency

STATEMENT = TicketStatement(ticket_id="5001", issue_keys=("PROJ-1",), at=1.5, exact=True)


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Work:
    """Remembers the deliveries that it was given; raises `failure` when set."""

    failure: BaseException | None = None
    worked: list[str] = field(default_factory=list)

    def __call__(self, envelope: Envelope) -> None:
        self.worked.append(envelope.delivery)
        if self.failure:
            raise self.failure


def envelope(delivery: str = "d1") -> Envelope:
    return Envelope(delivery=delivery, correlation_id="c", source="test", received_at=1.5, payload=STATEMENT)


def starting(dynamodb: Any, *, millis_left: int = 30_000) -> DeliveryIdempotency:
    """The guard of a fresh process, at the start of a run."""
    guard = DeliveryIdempotency(dynamodb, "IdempotencyTable")
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: millis_left)
    guard.register(context)
    return guard


def test_a_delivery_that_was_done_is_not_worked_on_again(dynamodb: Any) -> None:
    work = Work()
    guard = starting(dynamodb)
    for delivery in ("d1", "d1", "d2"):
        guard.run_once(envelope(delivery), work)
    starting(dynamodb).run_once(envelope("d1"), work)  # another process
    assert work.worked == ["d1", "d2"]


def test_a_delivery_is_told_by_its_name_and_not_by_what_it_says(dynamodb: Any) -> None:
    work = Work()
    guard = starting(dynamodb)
    again = TicketStatement(ticket_id="5001", issue_keys=(), at=9.5, exact=True)
    guard.run_once(envelope(), work)
    guard.run_once(Envelope(delivery="d1", correlation_id="x", source="y", received_at=9.5, payload=again), work)
    assert work.worked == ["d1"]


@pytest.mark.parametrize(
    "failure", [UpstreamThrottled("429"), UnfinishedWork("time is up"), UpstreamRefused("x"), KeyError("a bug")]
)
def test_a_failure_is_raised_and_frees_the_delivery(dynamodb: Any, failure: Exception) -> None:
    work = Work(failure)
    guard = starting(dynamodb)
    with pytest.raises(type(failure)) as raised:
        guard.run_once(envelope(), work)
    assert raised.value is failure
    work.failure = None
    guard.run_once(envelope(), work)
    guard.run_once(envelope(), work)
    assert work.worked == ["d1", "d1"]


def test_a_crash_frees_the_delivery_for_the_next_run(dynamodb: Any) -> None:
    """The queue hides its message for longer than any run takes, so nobody else is at it."""
    work = Work()
    with pytest.raises(Crash):
        starting(dynamodb).run_once(envelope(), Work(Crash()))
    starting(dynamodb).run_once(envelope(), work)
    starting(dynamodb).run_once(envelope(), work)
    assert work.worked == ["d1"]


def test_the_mark_of_a_run_of_an_earlier_version_that_crashed_is_no_obstacle(dynamodb: Any) -> None:
    """That version wrote when a run began, by Powertools' own layer for DynamoDB."""
    config, context = IdempotencyConfig(), SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
    config.register_lambda_context(context)  # type: ignore[arg-type]  # as much of it as is read

    @idempotent_function(
        data_keyword_argument="delivery",
        config=config,
        persistence_store=DynamoDBPersistenceLayer("IdempotencyTable", boto3_client=dynamodb),
        key_prefix="delivery",
    )
    def crashing(*, delivery: str) -> None:
        raise Crash(delivery)

    def status() -> str:
        (item,) = dynamodb.scan(TableName="IdempotencyTable")["Items"]
        return str(item["status"]["S"])

    with pytest.raises(Crash):
        crashing(delivery="d1")
    assert status() == "INPROGRESS"
    work = Work()
    for _ in range(2):
        starting(dynamodb).run_once(envelope(), work)
    assert (work.worked, status()) == (["d1"], "COMPLETED")


def test_what_is_remembered_and_for_how_long(dynamodb: Any, resources: dict[str, Any]) -> None:
    starting(dynamodb).run_once(envelope(), Work())
    (item,) = dynamodb.scan(TableName="IdempotencyTable")["Items"]
    ttl = resources["IdempotencyTable"]["TimeToLiveSpecification"]["AttributeName"]
    assert float(item[ttl]["N"]) == pytest.approx(time.time() + REMEMBERED, abs=60)
    assert item["id"]["S"].startswith("delivery#")
    assert set(item) == {"id", "status", "expiration", "data"}  # as Powertools' own layer, which may come back
    assert "PROJ-1" not in str(item)


def test_a_delivery_costs_two_calls_and_a_duplicate_one(dynamodb: Any) -> None:
    calls: Counter[str] = Counter()
    dynamodb.meta.events.register("provide-client-params.dynamodb.*", lambda model, **_: calls.update([model.name]))
    guard = starting(dynamodb)
    guard.run_once(envelope(), Work())
    assert calls == {"GetItem": 1, "UpdateItem": 1}
    guard.run_once(envelope(), Work())
    assert calls == {"GetItem": 2, "UpdateItem": 1}


def test_a_delivery_that_was_done_a_moment_ago_is_read_as_done(dynamodb: Any) -> None:
    """A copy of the table may lag: a delivery that comes twice at once would be worked on twice."""
    reads: list[dict[str, Any]] = []
    dynamodb.meta.events.register("provide-client-params.dynamodb.GetItem", lambda params, **_: reads.append(params))
    starting(dynamodb).run_once(envelope(), Work())
    assert [read.get("ConsistentRead") for read in reads] == [True]


def test_a_delivery_without_a_name_is_not_worked_on_unguarded(dynamodb: Any) -> None:
    work = Work()
    with pytest.raises(IdempotencyKeyError):
        starting(dynamodb).run_once(envelope(""), work)
    assert work.worked == []


def test_what_need_not_be_remembered_costs_no_write(dynamodb: Any) -> None:
    worked: list[str] = []

    def idle(taken: Envelope) -> bool:
        worked.append(taken.delivery)
        return False

    for _ in range(2):
        starting(dynamodb).run_once(envelope(), idle)
    assert worked == ["d1", "d1"]
    assert dynamodb.scan(TableName="IdempotencyTable")["Items"] == []


def test_a_failure_costs_a_read_and_no_write(dynamodb: Any) -> None:
    calls: Counter[str] = Counter()
    dynamodb.meta.events.register("provide-client-params.dynamodb.*", lambda model, **_: calls.update([model.name]))
    with pytest.raises(UpstreamThrottled):
        starting(dynamodb).run_once(envelope(), Work(UpstreamThrottled("429")))
    assert calls == {"GetItem": 1}


def test_a_table_out_of_reach_lets_nothing_be_worked_on(dynamodb: Any) -> None:
    def out_of_reach(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    dynamodb.meta.events.register("before-send.dynamodb.*", out_of_reach)
    work = Work()
    with pytest.raises(LinksyncError) as failure:
        starting(dynamodb).run_once(envelope(), work)
    assert (type(failure.value), work.worked) == (AwsUnavailable, [])


def test_a_table_that_is_not_there_lets_nothing_be_worked_on(dynamodb: Any) -> None:
    dynamodb.delete_table(TableName="IdempotencyTable")
    work = Work()
    with pytest.raises(AwsUnavailable):
        starting(dynamodb).run_once(envelope(), work)
    assert work.worked == []
