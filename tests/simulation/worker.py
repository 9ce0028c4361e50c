"""The link worker as `linksync.worker.wiring` puts it together, on the simulated AWS and the simulated network."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from linksync.metrics import Metric
from linksync.outbound import deadline
from linksync.worker.wiring import Clients, Wiring
from tests.simulation.clock import Clock, RunKilled
from tests.simulation.fault_injector import FaultInjector
from tests.simulation.fifo_queue import QueuedMessage
from tests.simulation.idempotency_table import IdempotencyTable
from tests.simulation.ledger_table import LedgerTable
from tests.simulation.secrets_manager import SecretsManager
from tests.simulation.sqs import SimulatedSqs, as_lambda_event
from tests.simulation.tables import Tables
from tests.simulation.vendor_network import VendorNetwork


class SimulatedWorker:
    """One process of the function after the other: a kill ends one, and what it had in memory is gone."""

    def __init__(
        self, clock: Clock, injector: FaultInjector, network: VendorNetwork, sqs: SimulatedSqs, environ: dict[str, str]
    ) -> None:
        self.clock, self.injector, self.environ = clock, injector, environ
        self.ledger, self.idempotency = LedgerTable(clock, injector), IdempotencyTable(clock, injector)
        self.metrics: Counter[Metric] = Counter()
        self.kills = 0
        self.tables = Tables(self.ledger, self.idempotency)
        clients: dict[str, Any] = {"sqs": sqs, "dynamodb": self.tables, "secrets_manager": SecretsManager()}
        self._clients = Clients(
            **clients,
            session=network,
            write_line=self._write_line,
            now=clock,
            sleep=lambda seconds: clock.spend(float(seconds)),
            jitter=injector.random.random,
        )
        self._start()

    def run(self, message: QueuedMessage) -> bool:
        """Whether the worker was done with the message; `clock.end` is when its time is up."""
        end = self.clock.end
        context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: max(0, int(1000 * (end - self.clock.now))))
        try:
            with patch.object(deadline, "monotonic", self.clock):  # calls upstream end by the simulation's clock
                return not self._worker.handle(as_lambda_event(message), context)["batchItemFailures"]
        except RunKilled:
            self.kills += 1
            self._start()
            return False

    def _start(self) -> None:
        self._worker = Wiring(self.environ, self._clients).worker

    def _write_line(
        self,
        level: int,
        message: str,
        *,
        fields: Mapping[str, object] | None = None,
        counts: Mapping[Metric, float | Sequence[float]] | None = None,
        source: str = "",
        correlation_id: str = "",
    ) -> None:
        numbers = {name: value for name, value in (counts or {}).items() if isinstance(value, int | float)}
        self.metrics.update(numbers)
