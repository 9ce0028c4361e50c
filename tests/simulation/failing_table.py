"""What goes wrong with any call to a table: nothing is done, or it is done and nobody is told."""

from dataclasses import dataclass

from botocore.exceptions import ClientError, EndpointConnectionError

from tests.simulation.clock import Clock
from tests.simulation.fault_injector import AFTER_AWS, BEFORE_AWS, FaultInjector


@dataclass
class FailingTable:
    """Base of the simulated tables."""

    clock: Clock
    injector: FaultInjector

    def _before(self) -> None:
        if self.injector.strike_aws(BEFORE_AWS):
            raise EndpointConnectionError(endpoint_url="https://dynamodb.test")

    def _after(self) -> None:
        if self.injector.strike_aws(AFTER_AWS):
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": "simulated"}}, "simulated")
