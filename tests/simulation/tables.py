"""Both of the worker's tables behind one client."""

from typing import Any

from tests.simulation.idempotency_table import IdempotencyTable
from tests.simulation.ledger_table import LedgerTable


class Tables:
    """As much of DynamoDB's client as the worker uses: each table is asked for what is asked of it."""

    def __init__(self, ledger: LedgerTable, idempotency: IdempotencyTable) -> None:
        self.get_paginator, self.batch_write_item = ledger.get_paginator, ledger.batch_write_item
        self.put_item, self.update_item = idempotency.put_item, idempotency.update_item
        self.delete_item: Any = idempotency.delete_item
