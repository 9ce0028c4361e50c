"""The stack that speaks version 1 of the Links API, in place of both others."""

from collections.abc import Iterator

import pytest

from local.aws.stack import Stack
from local.vendors import SimulatedVendors


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """It reconciles every minute, once somebody switches its schedule on."""
    parameters = {"ReconcileSchedule": "rate(1 minute)", "ReconcileEnabled": "false"}
    with SimulatedVendors(links_api="v1") as vendors, Stack(vendors, parameters=parameters) as stack:
        # A ticket's birth tells nothing that its trigger does not: tests that want it told turn it on.
        vendors.senders.events.kinds.discard("created")
        yield stack


@pytest.fixture(scope="session")
def storm(stack: Stack) -> Stack:
    """The same one: what takes long comes last."""
    return stack
