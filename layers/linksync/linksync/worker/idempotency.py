"""At most once a delivery, by Powertools' idempotency, on a persistence layer of our own.

A delivery that failed may come again; one that was done is not done again for a day, which is longer than any sender
retries.  https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/

Powertools' own layer writes when a run begins, too, so that no other may begin.  Here the queue sees to that: a lane's
message is hidden for longer than any run may take.  So a delivery is read before and written after, which saves a write
of two, and another of those that fail.  One that changed nothing and asked nobody is not written at all.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from linksync.core.messages import Message
from linksync.errors import AwsUnavailable
from linksync.store.attributes import plain, written
from linksync.store.dynamodb_calls import DynamoDb
from linksync.worker.powertools_idempotency import (
    STATUS_CONSTANTS,
    BasePersistenceLayer,
    DataRecord,
    IdempotencyConfig,
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
    IdempotencyPersistenceLayerError,
    idempotent_function,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

REMEMBERED = 86_400
_NOT_TO_REMEMBER = "false"  # as Powertools writes what the work returned


class DeliveryIdempotency:
    """Guards a function of an envelope."""

    def __init__(self, client: DynamoDb, table: str) -> None:
        self._config = IdempotencyConfig(expires_after_seconds=REMEMBERED, raise_on_no_idempotency_key=True)
        self._store = _DoneDeliveries(client, table)

    def register(self, context: "LambdaContext") -> None:
        """Tell when this run will be over."""
        self._config.register_lambda_context(context)

    def run_once[M: Message](self, message: M, work: Callable[[M], bool | None]) -> None:
        """Work on the message unless its delivery was done before.  False from the work: it need not be remembered.

        Raises what the work raises, and AwsUnavailable when the table does not answer.
        """

        @idempotent_function(  # type: ignore[untyped-decorator]  # Powertools leaves it untyped
            data_keyword_argument="delivery",
            config=self._config,
            persistence_store=self._store,
            key_prefix="delivery",
        )
        def guarded(*, delivery: str) -> bool:  # noqa: ARG001  Powertools reads it by name
            return work(message) is not False

        try:
            guarded(delivery=message.delivery)
        except IdempotencyPersistenceLayerError as error:
            raise AwsUnavailable("the idempotency table did not answer; it is tried again") from error


class _DoneDeliveries(BasePersistenceLayer):
    """The deliveries that are done, by the attributes that Powertools' own layer writes."""

    def __init__(self, client: DynamoDb, table: str) -> None:
        self._client, self._table = client, table
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools leaves it untyped

    def _get_record(self, idempotency_key: str) -> DataRecord:
        answer = self._client.get_item(TableName=self._table, Key=written({"id": idempotency_key}), ConsistentRead=True)
        if "Item" not in answer:
            raise IdempotencyItemNotFoundError
        item = plain(answer["Item"])
        return DataRecord(
            idempotency_key=idempotency_key, status=item["status"], expiry_timestamp=int(item["expiration"])
        )

    def _put_record(self, data_record: DataRecord) -> None:
        """A run begins: nothing is written, and it does not begin for a delivery that is done."""
        try:
            known = self._get_record(data_record.idempotency_key)
        except IdempotencyItemNotFoundError:
            return
        if known.status == STATUS_CONSTANTS["COMPLETED"]:
            raise IdempotencyItemAlreadyExistsError(old_data_record=known)

    def _update_record(self, data_record: DataRecord) -> None:
        """A run is over."""
        if data_record.response_data == _NOT_TO_REMEMBER:
            return
        self._client.update_item(
            TableName=self._table,
            Key=written({"id": data_record.idempotency_key}),
            UpdateExpression="SET #data = :data, #expiration = :expiration, #status = :status",
            ExpressionAttributeNames={"#data": "data", "#expiration": "expiration", "#status": "status"},
            ExpressionAttributeValues=written(
                {
                    ":data": data_record.response_data,
                    ":expiration": data_record.expiry_timestamp,
                    ":status": data_record.status,
                }
            ),
        )

    def _delete_record(self, data_record: DataRecord) -> None:
        """A run failed: nothing was written for it, and nothing stands between the queue and what the work met."""
