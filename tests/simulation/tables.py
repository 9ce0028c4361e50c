"""Both tables behind one client."""

from typing import Any

from tests.simulation.idempotency_table import IdempotencyTable
from tests.simulation.ledger_table import LedgerTable

LEDGER, IDEMPOTENCY = "ledger", "idempotency"


class Tables:
    """As much of DynamoDB's client as is used: each table is asked for what is asked of it."""

    def __init__(self, ledger: LedgerTable, idempotency: IdempotencyTable) -> None:
        self.get_paginator, self.batch_get_item = ledger.get_paginator, ledger.batch_get_item
        self.batch_write_item, self.exceptions = ledger.batch_write_item, ledger.exceptions
        self.get_item = idempotency.get_item
        self._updates = {LEDGER: ledger.update_item, IDEMPOTENCY: idempotency.update_item}

    def update_item(self, *, TableName: str, **asked: Any) -> dict[str, Any]:  # noqa: N803  boto3's name
        """Of the table that is named."""
        return self._updates[TableName](**asked)
