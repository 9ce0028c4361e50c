"""Each function may do what it must and nothing else: tried under its own role, with IAM enforced."""

from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.aws.emulator import REGION
from local.aws.stack import Stack
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

RECEIVERS = ["ZendeskWebhook", "JiraWebhook"]


@pytest.mark.parametrize("function", RECEIVERS)
def test_a_receiver_reads_the_webhook_secret_and_sends_to_the_queue(scene: Scene, function: str) -> None:
    stack = scene.stack
    client = partial(_client, stack, function)
    assert client("secretsmanager").get_secret_value(SecretId=stack.outputs["WebhookSecretArn"])["SecretString"]
    body = {"MessageBody": "not a message", "MessageGroupId": "permissions", "MessageDeduplicationId": function}
    assert client("sqs").send_message(QueueUrl=stack.outputs["EventQueueUrl"], **body)["MessageId"]
    scene.wait_quiet()
    letter = scene.dead_letter("not a message")
    assert letter["MessageAttributes"]["reason"]["StringValue"] == "not_a_message"
    scene.discard(letter)


@pytest.mark.parametrize("function", RECEIVERS)
def test_a_receiver_may_do_nothing_else(stack: Stack, function: str) -> None:
    client = partial(_client, stack, function)
    sqs, secrets, dynamodb = client("sqs"), client("secretsmanager"), client("dynamodb")
    out = stack.outputs
    assert _outcomes(
        lambda: secrets.get_secret_value(SecretId=out["ApiCredentialsArn"]),
        lambda: secrets.put_secret_value(SecretId=out["WebhookSecretArn"], SecretString="{}"),
        secrets.list_secrets,
        lambda: sqs.receive_message(QueueUrl=out["EventQueueUrl"]),
        lambda: sqs.purge_queue(QueueUrl=out["EventQueueUrl"]),
        lambda: sqs.send_message(QueueUrl=out["DeadLetterQueueUrl"], MessageBody="x", MessageGroupId="x"),
        lambda: sqs.receive_message(QueueUrl=out["DeadLetterQueueUrl"]),
        *_table_calls(dynamodb, out["LedgerTableName"]),
        *_table_calls(dynamodb, _idempotency_table(stack)),
        lambda: client("lambda").invoke(FunctionName=stack.functions["LinkWorker"]),
        lambda: client("iam").list_roles(),
    ) == {"denied"}


def test_the_worker_cannot_read_what_senders_prove_themselves_with(stack: Stack) -> None:
    client = partial(_client, stack, "LinkWorker")
    sqs, secrets, dynamodb = client("sqs"), client("secretsmanager"), client("dynamodb")
    out = stack.outputs
    assert secrets.get_secret_value(SecretId=out["ApiCredentialsArn"])["SecretString"]
    assert _outcomes(
        lambda: secrets.get_secret_value(SecretId=out["WebhookSecretArn"]),
        lambda: secrets.put_secret_value(SecretId=out["ApiCredentialsArn"], SecretString="{}"),
        lambda: sqs.receive_message(QueueUrl=out["DeadLetterQueueUrl"]),
        lambda: sqs.purge_queue(QueueUrl=out["EventQueueUrl"]),
        lambda: dynamodb.scan(TableName=out["LedgerTableName"]),
        lambda: dynamodb.delete_table(TableName=out["LedgerTableName"]),
        lambda: dynamodb.scan(TableName=_idempotency_table(stack)),
        lambda: client("lambda").invoke(FunctionName=stack.functions["ZendeskWebhook"]),
    ) == {"denied"}


def test_each_function_has_a_role_of_its_own_without_a_wildcard_but_for_tracing(stack: Stack) -> None:
    iam = stack.client("iam")
    roles = [_role(stack, function).rpartition("/")[2] for function in stack.functions]
    assert len(set(roles)) == len(roles)
    for role in roles:
        assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        policies = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
        everywhere = [one["Action"] for policy in policies for one in policy["Statement"] if one["Resource"] == "*"]
        assert everywhere == [["xray:PutTraceSegments", "xray:PutTelemetryRecords"]]


def test_queues_refuse_whoever_comes_without_tls(stack: Stack) -> None:
    for queue in ("EventQueueUrl", "DeadLetterQueueUrl"):
        answer = stack.client("sqs").get_queue_attributes(QueueUrl=stack.outputs[queue], AttributeNames=["Policy"])
        assert '"Effect": "Deny"' in answer["Attributes"]["Policy"]
        assert '"aws:SecureTransport": "false"' in answer["Attributes"]["Policy"]


def _table_calls(dynamodb: Any, table: str) -> list[Callable[[], Any]]:
    key = {"lane": {"S": "x"}, "record": {"S": "x"}} if "Ledger" in table else {"id": {"S": "x"}}
    return [
        lambda: dynamodb.get_item(TableName=table, Key=key),
        lambda: dynamodb.put_item(TableName=table, Item=key),
        lambda: dynamodb.scan(TableName=table),
    ]


def _outcomes(*calls: Callable[[], Any]) -> set[str]:
    return {_outcome(call) for call in calls}


def _outcome(call: Callable[[], Any]) -> str:
    try:
        call()
    except ClientError as refusal:
        return "denied" if refusal.response["Error"]["Code"].startswith("AccessDenied") else str(refusal)
    return "allowed"


def _role(stack: Stack, function: str) -> str:
    configuration = stack.client("lambda").get_function_configuration(FunctionName=stack.functions[function])
    return str(configuration["Role"])


def _client(stack: Stack, function: str, service: str) -> Any:
    """A client with a session of the function's own role."""
    session = stack.client("sts").assume_role(RoleArn=_role(stack, function), RoleSessionName="e2e")["Credentials"]
    return boto3.client(
        service,
        endpoint_url=stack.emulator.url,
        region_name=REGION,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )


def _idempotency_table(stack: Stack) -> str:
    names = stack.client("dynamodb").list_tables()["TableNames"]
    return next(name for name in names if "Idempotency" in name)
