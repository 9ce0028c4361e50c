"""The two stacks.  See `tests.e2e`."""

from collections.abc import Iterator

import pytest

from local.aws.stack import Stack
from local.http.deliveries import Delivery
from local.vendors import SimulatedVendors
from tests.e2e.scene import Scene, answered, believed, eventually

LAST = "test_logs.py"  # looks at what all the others left in the logs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Logs are searched when everything has been logged."""
    items.sort(key=lambda item: item.path.name == LAST)


def _vendors() -> SimulatedVendors:
    vendors = SimulatedVendors()
    # A ticket's birth tells nothing that its trigger does not: tests that want to hear of it say so.
    vendors.senders.events.kinds.discard("created")
    return vendors


@pytest.fixture(scope="session")
def opened() -> Iterator[tuple[Stack, list[Delivery]]]:
    """A stack whose secrets were put, and what came of a well-signed delivery of each sender before that."""
    with _vendors() as vendors, Stack(vendors, secrets=False) as stack:
        deliveries = _one_of_each(vendors)
        stack.put_secrets()
        eventually(lambda: believed(vendors), "the new secrets in force", 15)
        yield stack, deliveries


@pytest.fixture(scope="session")
def stack(opened: tuple[Stack, list[Delivery]]) -> Stack:
    """The stack of an ordinary day."""
    return opened[0]


@pytest.fixture(scope="session")
def before_secrets(opened: tuple[Stack, list[Delivery]]) -> list[Delivery]:
    """What came of one well-signed delivery of each sender while both secrets were `{}`."""
    return opened[1]


@pytest.fixture(scope="session")
def storm() -> Iterator[Stack]:
    """The stack for what takes long."""
    with _vendors() as vendors, Stack(vendors) as stack:
        yield stack


@pytest.fixture
def scene(stack: Stack) -> Iterator[Scene]:
    """A test's view of the stack; whatever it broke outside is mended again."""
    yield Scene(stack)
    stack.vendors.zendesk.faults.clear()
    stack.vendors.jira.faults.clear()


def _one_of_each(vendors: SimulatedVendors) -> list[Delivery]:
    """One after the other, so that each function has one process."""
    senders = vendors.senders
    return [answered(sender.send(b"{}")) for sender in (senders.trigger, senders.webhook, senders.automation)]
