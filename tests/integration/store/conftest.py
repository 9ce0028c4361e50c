"""The template's own tables and queues, on moto."""

from typing import Any

import boto3
import pytest

from tests.integration.store.tables import aws, dynamodb, resources

__all__ = ["aws", "dynamodb", "resources"]


@pytest.fixture
def sqs() -> Any:
    """boto3's client."""
    return boto3.client("sqs")


def made(sqs: Any, name: str, properties: dict[str, Any]) -> str:
    """The URL of a new queue with the template's properties."""
    asked = {key: str(value).lower() if value is True else str(value) for key, value in properties.items()}
    kept = {key: value for key, value in asked.items() if key not in {"RedrivePolicy", "Tags"}}
    return str(sqs.create_queue(QueueName=f"{name}.fifo", Attributes=kept)["QueueUrl"])


@pytest.fixture
def events(sqs: Any, resources: dict[str, Any]) -> str:
    """The event queue."""
    return made(sqs, "events", resources["EventQueue"])


@pytest.fixture
def dead(sqs: Any, resources: dict[str, Any]) -> str:
    """The dead-letter queue."""
    return made(sqs, "dead", resources["DeadLetterQueue"])
