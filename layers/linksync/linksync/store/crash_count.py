"""How often a message crashed its run, apart from how often it was received.

A run that is killed (time-out, memory) tells nobody.  SQS counts its receive, but it counts every retry of an outage
too.  So once a message was received often, a run is counted before it begins and taken back when it ends in order:
what is left are the crashes.  Runs are kept by their number and not as a sum: an AWS call whose answer was lost is sent
again, and must not count twice.
"""

import time
from collections.abc import Callable

from linksync.store.aws_errors import translate_aws_errors
from linksync.store.dynamodb_calls import DynamoDb

_KEPT = 15 * 86_400
"""Seconds for which a count is kept: longer than a message can be in the queue."""


class CrashCount:
    """Counts in the idempotency table, by message id.  Both methods raise AwsUnavailable."""

    def __init__(self, client: DynamoDb, table: str, *, now: Callable[[], float] = time.time) -> None:
        self._client, self._table, self._now = client, table, now

    def begin(self, message_id: str, attempt: int) -> int:
        """Count the run of that receive.  Returns how many began and did not end in order, this one among them."""
        return self._update(message_id, "ADD", attempt)

    def end(self, message_id: str, attempt: int) -> None:
        """Take back the run, which ended in order."""
        self._update(message_id, "DELETE", attempt)

    def _update(self, message_id: str, verb: str, attempt: int) -> int:
        with translate_aws_errors("the idempotency table"):
            answer = self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": f"crashes#{message_id}"}},
                UpdateExpression=f"{verb} runs :runs SET expiration = :end",
                ExpressionAttributeValues={
                    ":runs": {"NS": [str(attempt)]},
                    ":end": {"N": str(int(self._now()) + _KEPT)},
                },
                ReturnValues="ALL_NEW",
            )
        return len(answer["Attributes"].get("runs", {"NS": ()})["NS"])
