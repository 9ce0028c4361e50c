"""The reconciler as `linksync.reconciler.wiring` puts it together, on the simulated AWS and the simulated network."""

from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from linksync.errors import LinksyncError
from linksync.metrics import Metric
from linksync.outbound import deadline
from linksync.reconciler.wiring import Clients, Wiring
from tests.simulation.clock import Clock, RunKilled
from tests.simulation.secrets_manager import SecretsManager
from tests.simulation.sqs import SimulatedSqs
from tests.simulation.tables import Tables
from tests.simulation.vendor_network import VendorNetwork


class SimulatedReconciler:
    """One process of the function after the other, as the schedule starts them."""

    def __init__(
        self, clock: Clock, network: VendorNetwork, sqs: SimulatedSqs, tables: Tables, environ: dict[str, str]
    ) -> None:
        self.clock, self.environ = clock, environ
        self.runs = 0
        self.metrics: Counter[Metric] = Counter()
        clients: dict[str, Any] = {"sqs": sqs, "dynamodb": tables, "secrets_manager": SecretsManager()}
        self._clients = Clients(
            **clients,
            session=network,
            write_line=lambda *_, counts, **__: self.metrics.update(counts),
            now=clock,
            sleep=lambda seconds: clock.spend(float(seconds)),
        )
        self._start()

    def run(self) -> str:
        """How the run ended; `clock.end` is when its time is up."""
        self.runs += 1
        end = self.clock.end
        context: Any = SimpleNamespace(
            aws_request_id=f"run-{self.runs}",
            get_remaining_time_in_millis=lambda: max(0, int(1000 * (end - self.clock.now))),
        )
        try:
            with patch.object(deadline, "monotonic", self.clock), redirect_stdout(StringIO()):
                return self._wiring.run(context)
        except RunKilled:
            self._start()
            return "killed"
        except LinksyncError:
            return "failed"

    def _start(self) -> None:
        self._wiring = Wiring(self.environ, self._clients)
