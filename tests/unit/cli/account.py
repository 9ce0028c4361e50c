"""An AWS account with a deployed stack, as the command line meets it.

Queues, table and secrets are moto's.  CloudFormation, Lambda and the scheduler are fakes: they answer what is asked of
them here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import boto3
from botocore.exceptions import ClientError

from linksync.core.lanes import TicketLane
from linksync.core.message_format import encode
from linksync.core.messages import Envelope, Payload
from linksync.store.ledger import DynamoDbLedger

LEDGER = {
    "TableName": "ledger",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("lane", "record", "issue_id")],
    "KeySchema": [{"AttributeName": "lane", "KeyType": "HASH"}, {"AttributeName": "record", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_issue",
            "KeySchema": [
                {"AttributeName": "issue_id", "KeyType": "HASH"},
                {"AttributeName": "lane", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}
IDEMPOTENCY = {
    "TableName": "idempotency",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}


class Pages:
    """A paginator that has one page."""

    def __init__(self, page: Mapping[str, Any]) -> None:
        self._page = page

    def paginate(self, **_asked: Any) -> Iterator[Mapping[str, Any]]:
        yield self._page


@dataclass
class CloudFormation:
    """One stack, if any."""

    name: str = "linksync"
    there: bool = True
    status: str = "CREATE_COMPLETE"
    outputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    resources: dict[str, tuple[str, str]] = field(default_factory=dict)

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        if not self.there or StackName != self.name:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": outputs, "Parameters": parameters}]}

    def get_paginator(self, _operation: str) -> Pages:
        rows = [
            {"LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": id_}
            for name, (kind, id_) in self.resources.items()
        ]
        return Pages({"StackResourceSummaries": rows})


@dataclass
class Lambda:
    """What feeds the worker."""

    state: str = "Enabled"

    def get_paginator(self, _operation: str) -> Pages:
        return Pages({"EventSourceMappings": [{"UUID": "source-1", "State": self.state}]})

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> None:  # noqa: N803
        assert UUID == "source-1"
        self.state = "Enabled" if Enabled else "Disabled"


@dataclass
class Scheduler:
    """The reconciler's schedule."""

    schedule: dict[str, Any] = field(
        default_factory=lambda: {
            "Name": "hourly",
            "GroupName": "default",
            "ScheduleExpression": "rate(1 hour)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:reconciler", "RoleArn": "arn:role"},
            "State": "ENABLED",
            "Arn": "arn:schedule",
        }
    )

    def get_schedule(self, *, Name: str) -> dict[str, Any]:  # noqa: N803
        assert Name == self.schedule["Name"]
        return self.schedule

    def update_schedule(self, **asked: Any) -> None:
        needed = {"Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target", "State"}
        assert set(asked) == needed, "what is left out is lost, and an Arn is refused"
        self.schedule |= asked


@dataclass
class CloudWatch:
    """How old the oldest message is said to be, in seconds; None where nothing is told."""

    age: float | None = None

    def get_metric_statistics(self, **asked: Any) -> dict[str, Any]:
        assert asked["Dimensions"] == [{"Name": "QueueName", "Value": "events.fifo"}]
        earlier, latest = ({"Timestamp": at, "Maximum": age} for at, age in ((1, 9_999.0), (2, self.age)))
        return {"Datapoints": [] if self.age is None else [latest, earlier]}


class Account:
    """The account: `client(service)` as the command line gets it, and what a test looks at."""

    def __init__(self) -> None:
        self.cloudformation, self.aws_lambda, self.scheduler = CloudFormation(), Lambda(), Scheduler()
        self.cloudwatch = CloudWatch()
        self.sqs, self.dynamodb = boto3.client("sqs"), boto3.client("dynamodb")
        self.secrets = boto3.client("secretsmanager")
        self.queue, self.dead = (
            self.sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
            for name in ("events.fifo", "dead.fifo")
        )
        for table in (LEDGER, IDEMPOTENCY):
            self.dynamodb.create_table(**table)  # type: ignore[arg-type]
        arns = [self.secrets.create_secret(Name=name, SecretString="{}")["ARN"] for name in ("webhook", "api")]
        self.ledger = DynamoDbLedger(self.dynamodb, "ledger")
        self.cloudformation.outputs = {
            "EventQueueUrl": self.queue,
            "EventQueueArn": "arn:aws:sqs:us-east-1:123456789012:events.fifo",
            "DeadLetterQueueUrl": self.dead,
            "LedgerTableName": "ledger",
            "WebhookSecretArn": arns[0],
            "ApiCredentialsArn": arns[1],
        }
        self.cloudformation.resources = {
            "IdempotencyTable": ("AWS::DynamoDB::Table", "idempotency"),
            "ReconcilerSchedule": ("AWS::Scheduler::Schedule", "hourly"),
        }

    def client(self, service: str) -> Any:
        fakes = {
            "cloudformation": self.cloudformation,
            "cloudwatch": self.cloudwatch,
            "lambda": self.aws_lambda,
            "scheduler": self.scheduler,
        }
        return fakes.get(service) or boto3.client(service)  # type: ignore[call-overload]

    def secret(self, output: str) -> dict[str, Any]:
        """The document of the secret that this output names."""
        found = self.secrets.get_secret_value(SecretId=self.cloudformation.outputs[output])
        return dict(json.loads(found["SecretString"]))

    def put(self, output: str, document: Mapping[str, Any]) -> None:
        """The secret that this output names becomes this document."""
        self.secrets.put_secret_value(SecretId=self.cloudformation.outputs[output], SecretString=json.dumps(document))

    def record(self, lane: TicketLane) -> None:
        """The ledger knows this of a ticket."""
        self.ledger.commit(TicketLane(ticket_id=lane.ticket_id), lane)

    def dead_letter(self, delivery: str, payload: Payload, **told: str) -> None:
        """A letter with this reason and advice; none where SQS moved it."""
        body = encode(
            Envelope(delivery=delivery, correlation_id="c", source="zendesk_trigger", received_at=1.0, payload=payload)
        )
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
        self.sqs.send_message(
            QueueUrl=self.dead,
            MessageBody=body,
            MessageGroupId=payload.lane,
            MessageDeduplicationId=str(uuid4()),
            MessageAttributes=attributes,  # type: ignore[arg-type]
        )

    def waiting(self) -> list[Any]:
        """The bodies in the event queue, taken out."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found
