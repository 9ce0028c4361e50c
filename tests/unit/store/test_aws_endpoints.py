"""Where the services are, by Lambda's environment."""

import botocore.session
import pytest

from linksync.errors import AwsUnavailable, Misconfigured
from linksync.store import aws_endpoints

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/events.fifo"
ARN = "arn:{}:secretsmanager:eu-central-1:123456789012:secret:webhooks-AbCdEf"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    return monkeypatch


def test_a_queue_is_where_its_url_says() -> None:
    assert aws_endpoints.of_sqs(QUEUE) == "https://sqs.eu-central-1.amazonaws.com"


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn", "aws-eusc"])
def test_a_secret_is_in_its_partition(partition: str) -> None:
    partitions = botocore.session.get_session().get_component("data_loader").load_data("partitions")["partitions"]
    (suffix,) = [known["outputs"]["dnsSuffix"] for known in partitions if known["id"] == partition]
    assert aws_endpoints.of_secrets_manager(ARN.format(partition)) == f"https://secretsmanager.eu-central-1.{suffix}"


@pytest.mark.parametrize("arn", ["", "webhooks", ARN.format(""), ARN.format("aws-x"), "arn:evil.example/:x"])
def test_what_is_no_arn(arn: str) -> None:
    with pytest.raises(Misconfigured, match="ARN"):
        aws_endpoints.of_secrets_manager(arn)


def test_an_emulator(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/")
    assert aws_endpoints.of_sqs(QUEUE) == aws_endpoints.of_secrets_manager("webhooks") == "http://127.0.0.1:4566"
    environment.setenv("AWS_ENDPOINT_URL_SQS", "http://localhost:1")
    environment.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://vpce.example")
    assert aws_endpoints.of_sqs(QUEUE) == "http://localhost:1"
    assert aws_endpoints.of_secrets_manager("webhooks") == "https://vpce.example"


@pytest.mark.parametrize("url", ["http://sqs.example/q", "ftp://127.0.0.1/q", "https:///q", "events.fifo", ""])
def test_plain_http_is_for_the_loopback_alone(url: str) -> None:
    with pytest.raises(Misconfigured, match="no AWS endpoint"):
        aws_endpoints.of_sqs(url)


def test_keys_are_those_of_the_moment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ACCESS_KEY_ID", "AKID1")
    assert (aws_endpoints.keys().access, aws_endpoints.keys().token) == ("AKID1", "")
    environment.setenv("AWS_ACCESS_KEY_ID", "AKID2")
    environment.setenv("AWS_SESSION_TOKEN", "token")
    assert (aws_endpoints.keys().access, aws_endpoints.keys().token) == ("AKID2", "token")


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_without_keys(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(AwsUnavailable, match="no AWS keys"):
        aws_endpoints.keys()


def test_the_region(environment: pytest.MonkeyPatch) -> None:
    assert aws_endpoints.region() == "eu-central-1"
    environment.delenv("AWS_REGION")
    assert aws_endpoints.region() == "us-east-1"  # AWS_DEFAULT_REGION's
    environment.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(Misconfigured, match="AWS_REGION"):
        aws_endpoints.region()
