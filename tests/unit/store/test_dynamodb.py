"""The client of DynamoDB is botocore's own, made by a loader that knows one service."""

from botocore.config import Config
from moto import mock_aws

from linksync.store.dynamodb import dynamodb_client


def test_it_is_a_client_as_configured() -> None:
    with mock_aws():
        client = dynamodb_client(Config(connect_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}))
        assert client.list_tables()["TableNames"] == []
    assert (client.meta.service_model.service_name, client.meta.region_name) == ("dynamodb", "us-east-1")
    assert client.meta.config.connect_timeout == 2
