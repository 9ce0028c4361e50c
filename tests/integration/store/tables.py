"""The template's own tables and queues, on moto."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.config import Config
from moto import mock_aws

TEMPLATE = Path(__file__).parents[3] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """CloudFormation's short forms stay what they are applied to."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    match node:
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.ScalarNode():
            return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _plain)


@pytest.fixture(scope="session")
def resources() -> dict[str, Any]:
    """The properties of the template's resources."""
    document = yaml.load(TEMPLATE.read_text(), _Loader)  # noqa: S506  a subclass of the safe loader
    return {name: resource.get("Properties", {}) for name, resource in document["Resources"].items()}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield


@pytest.fixture
def dynamodb(resources: dict[str, Any]) -> Any:
    """A client, with the ledger's and the idempotency table."""
    client = boto3.client("dynamodb", config=Config(retries={"mode": "standard", "total_max_attempts": 1}))
    for name in ("LedgerTable", "IdempotencyTable"):
        asked = {key: value for key, value in resources[name].items() if not re.search("Specification$", key)}
        client.create_table(TableName=name, **asked)
    return client
