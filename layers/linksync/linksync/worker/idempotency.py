"""At most once a delivery, by Powertools' idempotency.

A delivery that failed may come again; one that was done is not done again for a day, which is longer than any sender
retries.  https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
)

from linksync.core.messages import Message
from linksync.errors import AwsUnavailable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

REMEMBERED = 86_400
IN_PROGRESS_PAUSE = 10.0


class DeliveryIdempotency:
    """Guards a function of an envelope."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._config = IdempotencyConfig(expires_after_seconds=REMEMBERED, raise_on_no_idempotency_key=True)
        self._store = DynamoDBPersistenceLayer(table_name=table, boto3_client=client)

    def register(self, context: "LambdaContext") -> None:
        """Tell when this run will be over: then a delivery that it leaves unfinished is free again."""
        self._config.register_lambda_context(context)

    def run_once[M: Message](self, message: M, work: Callable[[M], None]) -> None:
        """Work on the message unless its delivery was done before.

        Raises what the work raises, and AwsUnavailable when another run is at it or the table does not answer.
        """
        failed: list[Exception] = []

        @idempotent_function(  # type: ignore[untyped-decorator]  # Powertools leaves it untyped
            data_keyword_argument="delivery",
            config=self._config,
            persistence_store=self._store,
            key_prefix="delivery",
        )
        def guarded(*, delivery: str) -> None:  # noqa: ARG001  Powertools reads it by name
            try:
                work(message)
            except Exception as error:
                failed.append(error)
                raise

        try:
            guarded(delivery=message.delivery)
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError) as busy:
            raise AwsUnavailable("another run is at this delivery", retry_after=IN_PROGRESS_PAUSE) from busy
        except IdempotencyPersistenceLayerError as error:
            if failed:
                # Powertools could not free the delivery; what the work met counts, a vendor's Retry-After above all.
                raise failed[0] from error
            raise AwsUnavailable("the idempotency table did not answer; it is tried again") from error
