"""The reconciler's lease and its checkpoint: one item of the ledger, so that one write renews both.

    lane         record   holds
    reconciler   state    who runs until when, and how far the streams are read

A run writes only while it holds the lease: one that was thought dead, and wakes up, can move nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from linksync.core.checkpoints import Checkpoint, IssueCheckpoint, TicketCheckpoint
from linksync.errors import RetryLater
from linksync.store.attributes import number, plain, written
from linksync.store.aws_errors import translate_aws_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECONCILER = "reconciler"
_KEY = {"lane": RECONCILER, "record": "state"}
_WHAT = "the ledger"


class LeaseLost(RetryLater):
    """Another run holds the lease by now: this one must end at once."""


class ReconcilerState:
    """Lease and checkpoint of one stack's reconciler.  Everything may raise AwsUnavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def acquire(self, holder: str, *, now: float, until: float) -> tuple[bool, Checkpoint | None]:
        """Whether the lease is the holder's now, and the checkpoint (None when there was never a run)."""
        values = {":holder": holder, ":until": number(until), ":now": number(now)}
        answer = self._update(
            "SET holder = :holder, leased_until = :until",
            values,
            condition="attribute_not_exists(leased_until) OR leased_until < :now",
        )
        return (False, None) if answer is None else (True, checkpoint_of(answer))

    def save(self, holder: str, checkpoint: Checkpoint, *, until: float) -> None:
        """Record how far the streams are read, and hold the lease until then.  Raises LeaseLost."""
        fields = checkpoint_item(checkpoint)
        names = ", ".join(f"{name} = :{name}" for name in fields)
        values = {":holder": holder, ":until": number(until), **{f":{name}": value for name, value in fields.items()}}
        if self._update(f"SET leased_until = :until, {names}", values, condition="holder = :holder") is None:
            raise LeaseLost("another run of the reconciler holds the lease; this one ends")

    def release(self, holder: str) -> None:
        """Give the lease back, unless another run holds it by now."""
        self._update("REMOVE holder, leased_until", {":holder": holder}, condition="holder = :holder")

    def read(self) -> Checkpoint | None:
        """How far the streams are read; None when there was never a run."""
        with translate_aws_errors(_WHAT):
            answer = self._client.get_item(TableName=self._table, Key=written(_KEY), ConsistentRead=True)
        return checkpoint_of(plain(answer.get("Item", {})))

    def _update(self, expression: str, values: Mapping[str, Any], *, condition: str) -> dict[str, Any] | None:
        """The item after the update; None when the condition does not hold."""
        with translate_aws_errors(_WHAT):
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=written(_KEY),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=written(values),
                    ReturnValues="ALL_NEW",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return None
        return plain(answer.get("Attributes", {}))


def checkpoint_item(checkpoint: Checkpoint) -> dict[str, Any]:
    """The checkpoint as attributes of the item."""
    tickets, issues = checkpoint.tickets, checkpoint.issues
    return {
        "rounds": checkpoint.round,
        "ticket_cursor": tickets.cursor,
        "tickets_begun": tickets.begun,
        "tickets_begun_at": number(tickets.begun_at),
        "tickets_ended": tickets.ended,
        "tickets_ended_at": number(tickets.ended_at),
        "tickets_generated_at": number(tickets.generated_at),
        "tickets_current_at": number(tickets.current_at),
        "issues_since": number(issues.since),
        "issues_newest": number(issues.newest),
        "issues_begun": number(issues.begun),
        "issues_ended": number(issues.ended),
        "issues_ended_at": number(issues.ended_at),
        "issues_page": issues.page,
        "issues_current_at": number(issues.current_at),
    }


def checkpoint_of(item: Mapping[str, Any]) -> Checkpoint | None:
    """The checkpoint in an item; None when it holds none."""
    if "rounds" not in item:
        return None
    tickets = TicketCheckpoint(
        cursor=item["ticket_cursor"],
        begun=item.get("tickets_begun", item["ticket_cursor"]),
        begun_at=float(item.get("tickets_begun_at", item["tickets_generated_at"])),
        ended=item.get("tickets_ended", ""),
        ended_at=float(item.get("tickets_ended_at", item["tickets_current_at"])),
        generated_at=float(item["tickets_generated_at"]),
        current_at=float(item["tickets_current_at"]),
    )
    issues = IssueCheckpoint(
        since=float(item["issues_since"]),
        newest=float(item["issues_newest"]),
        begun=float(item.get("issues_begun", item["issues_since"])),
        ended=float(item.get("issues_ended", 0)),
        ended_at=float(item.get("issues_ended_at", item["issues_current_at"])),
        page=item["issues_page"],
        current_at=float(item["issues_current_at"]),
    )
    return Checkpoint(round=int(item["rounds"]), tickets=tickets, issues=issues)
