"""The link worker starts without boto3, which Powertools' idempotency would bring; others still get it."""

import json
import subprocess
import sys
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest

from linksync.worker.powertools_idempotency import _left_out

START = "import sys; sys.path[:0] = ['layers/linksync']; import linksync.worker.wiring; "


def told(code: str) -> str:
    command = [sys.executable, "-c", START + code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603  our own code


def test_the_worker_starts_without_boto3_and_botocores_session() -> None:
    assert told("print([name for name in ('boto3', 'botocore.session', 's3transfer') if name in sys.modules])") == "[]"


def test_who_wants_powertools_layer_for_dynamodb_still_finds_it() -> None:
    name = "aws_lambda_powertools.utilities.idempotency.persistence.dynamodb"
    assert told(f"from {name} import DynamoDBPersistenceLayer as layer; print(layer.__name__)") == (
        "DynamoDBPersistenceLayer"
    )


@pytest.mark.parametrize("fails", [False, True])
def test_while_something_stands_in_for_a_module_its_names_are_there_and_afterwards_it_is_not(fails: bool) -> None:
    with suppress(ImportError), _left_out("nobody.made.this", "Layer"):
        stand_in: Any = sys.modules["nobody.made.this"]
        assert (type(stand_in), stand_in.Layer) == (ModuleType, None)
        if fails:
            raise ImportError
    assert "nobody.made.this" not in sys.modules
    with _left_out("json", "loads"):
        assert json.loads("1") == 1
    assert sys.modules["json"] is json
