"""The link worker starts without boto3, which Powertools' idempotency would bring; others still get it."""

import subprocess
import sys

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
