"""Powertools' idempotency without the layer that it brings for DynamoDB.

Its package imports that layer whether or not it is used, and with it boto3: a third of what the link worker would start
with.  While the package is imported, something stands in for the layer.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_UNUSED = "aws_lambda_powertools.utilities.idempotency.persistence.dynamodb"


@contextmanager
def _left_out(module: str, *names: str) -> Iterator[None]:
    """Nothing stands for a module and these names of its, unless it was imported before; afterwards it is as it was."""
    if module in sys.modules:
        yield
        return
    stand_in = ModuleType(module)
    for name in names:
        setattr(stand_in, name, None)
    sys.modules[module] = stand_in
    try:
        yield
    finally:
        del sys.modules[module]


with _left_out(_UNUSED, "DynamoDBPersistenceLayer"):
    from aws_lambda_powertools.utilities.idempotency import (
        BasePersistenceLayer,
        IdempotencyConfig,
        idempotent_function,
    )
    from aws_lambda_powertools.utilities.idempotency.exceptions import (
        IdempotencyItemAlreadyExistsError,
        IdempotencyItemNotFoundError,
        IdempotencyPersistenceLayerError,
    )
    from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import STATUS_CONSTANTS, DataRecord

__all__ = [
    "STATUS_CONSTANTS",
    "BasePersistenceLayer",
    "DataRecord",
    "IdempotencyConfig",
    "IdempotencyItemAlreadyExistsError",
    "IdempotencyItemNotFoundError",
    "IdempotencyPersistenceLayerError",
    "idempotent_function",
]
