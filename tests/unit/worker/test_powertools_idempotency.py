"""The link worker starts without boto3, which Powertools' idempotency would bring; others still get it."""

import json
import subprocess
import sys
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest

from linksync.worker import powertools_idempotency
from linksync.worker.powertools_idempotency import _left_out

START = "import sys; sys.path[:0] = ['layers/linksync']; import linksync.worker.wiring; "


def told(code: str) -> str:
    command = [sys.executable, "-c", START + code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603  our own code


NOT_NEEDED = ("boto3", "botocore.session", "s3transfer", "aws_lambda_powertools.utilities.typing")


def test_the_worker_starts_without_boto3_and_botocores_session_and_what_only_types_need() -> None:
    assert told(f"print([name for name in {NOT_NEEDED} if name in sys.modules])") == "[]"


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


def test_all_that_is_taken_from_powertools_is_handed_on() -> None:
    taken = {
        name
        for name, value in vars(powertools_idempotency).items()
        if getattr(value, "__module__", "").startswith("aws_lambda_powertools")
    }
    assert set(powertools_idempotency.__all__) == taken | {"STATUS_CONSTANTS"}
