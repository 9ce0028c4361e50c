"""The real handlers on an AWS in memory."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.receivers.in_memory import InMemoryAws, handlers


@pytest.fixture
def aws() -> Iterator[InMemoryAws]:
    aws = InMemoryAws()
    with handlers(aws):
        yield aws


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The log lines that were written since it was asked last."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
