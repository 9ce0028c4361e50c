"""The environment that the template gives the worker's logs and metrics, and a stack to work on."""

from collections.abc import Iterator

import pytest

from tests.examples import logging_as
from tests.unit.worker.stack import Stack


@pytest.fixture(autouse=True)
def observed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from logging_as("link_worker", monkeypatch)


@pytest.fixture
def stack() -> Stack:
    """Tickets 5001 to 5003 and issues 10001 PROJ-1, 10002 PROJ-2, 10003 OPS-3, with empty fields."""
    stack = Stack()
    for ticket_id in ("5001", "5002", "5003"):
        stack.zendesk.fields[ticket_id] = ()
    for issue_id, key in (("10001", "PROJ-1"), ("10002", "PROJ-2"), ("10003", "OPS-3")):
        stack.new_issue(issue_id, key)
    return stack
