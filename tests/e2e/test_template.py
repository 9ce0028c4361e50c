"""What a deployment of the template gives, and the promises in it that an emulator does not tell of."""

import json
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from local.aws.stack import Stack
from tests.template_metrics import ALARMS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

OUTPUTS = """
    ZendeskWebhookUrl JiraWebhookUrl JiraAutomationUrl EventQueueUrl DeadLetterQueueUrl LedgerTableName WebhookSecretArn
    ApiCredentialsArn EventQueueArn DeadLetterQueueArn DashboardUrl ReconcilerFunction
"""
PATHS = {
    "ZendeskWebhookUrl": "/webhooks/zendesk",
    "JiraWebhookUrl": "/webhooks/jira",
    "JiraAutomationUrl": "/webhooks/jira/automation",
}
OURS = """
    DEFAULT_5XX INTEGRATION_FAILURE INTEGRATION_TIMEOUT API_CONFIGURATION_ERROR AUTHORIZER_FAILURE
    AUTHORIZER_CONFIGURATION_ERROR THROTTLED QUOTA_EXCEEDED
"""
PLAIN_ALARMS = {name: alarm for name, alarm in ALARMS.items() if "Metrics" not in alarm}
"""Those on one metric: the emulator takes no others."""
TAKEN_OVER = (
    "Namespace",
    "MetricName",
    "Period",
    "Threshold",
    "EvaluationPeriods",
    "ComparisonOperator",
    "TreatMissingData",
)
TWO_WEEKS = str(14 * 24 * 3600)


@pytest.fixture(scope="module")
def resources(stack: Stack) -> dict[str, Any]:
    """The resources of the built template, as they were deployed."""
    return dict(yaml_parse(stack.template.read_text())["Resources"])


def test_the_outputs_are_those_that_people_rely_on(stack: Stack) -> None:
    assert set(stack.outputs) == set(OUTPUTS.split())
    assert all(stack.outputs[output].endswith(path) for output, path in PATHS.items())
    services = {name: stack.outputs[name].split(":")[2] for name in OUTPUTS.split() if name.endswith("Arn")}
    secrets = dict.fromkeys(("WebhookSecretArn", "ApiCredentialsArn"), "secretsmanager")
    assert services == secrets | dict.fromkeys(("EventQueueArn", "DeadLetterQueueArn"), "sqs")


@pytest.mark.parametrize("queue", ["EventQueueUrl", "DeadLetterQueueUrl"])
def test_queues_are_fifo_encrypted_and_keep_two_weeks(stack: Stack, queue: str) -> None:
    attributes = _queue(stack, queue)
    assert stack.outputs[queue].endswith(".fifo")
    expected = {
        "FifoQueue": "true",
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
        "SqsManagedSseEnabled": "true",
        "MessageRetentionPeriod": TWO_WEEKS,
    }
    assert {name: attributes.get(name) for name in expected} == expected


def test_a_message_is_hidden_for_longer_than_the_worker_may_run(stack: Stack) -> None:
    worker = stack.client("lambda").get_function_configuration(FunctionName=stack.functions[stack.worker])
    assert int(_queue(stack, "EventQueueUrl")["VisibilityTimeout"]) > 2 * worker["Timeout"]


def test_tables_are_paid_by_use_and_forget_encrypted_and_recoverable(stack: Stack, resources: dict[str, Any]) -> None:
    tables = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::DynamoDB::Table"]
    assert len(tables) == 2
    for table in tables:
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["TimeToLiveSpecification"]["Enabled"] is True
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}
    deployed = stack.client("dynamodb").describe_table(TableName=stack.outputs["LedgerTableName"])["Table"]
    assert deployed["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [key["AttributeName"] for key in deployed["KeySchema"]] == ["lane", "record"]


def test_the_ledger_outlives_its_stack(resources: dict[str, Any]) -> None:
    assert resources["LedgerTable"]["DeletionPolicy"].startswith("Retain")
    assert resources["LedgerTable"]["UpdateReplacePolicy"] == "Retain"


def test_both_secrets_start_as_an_empty_object(resources: dict[str, Any]) -> None:
    secrets = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::SecretsManager::Secret"]
    assert [secret["SecretString"] for secret in secrets] == ["{}", "{}"]


def test_no_answer_of_api_gateways_own_is_another_5xx_than_503(resources: dict[str, Any]) -> None:
    api = next(one["Properties"] for one in resources.values() if one["Type"] == "AWS::Serverless::Api")
    answers = api["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    ours = {kind for kind, answer in answers.items() if answer.get("statusCode") == "503"}
    assert ours >= set(OURS.split())
    for kind in ours:
        headers = answers[kind]["responseParameters"]
        assert headers["gatewayresponse.header.Retry-After"] == "'5'"
        assert headers["gatewayresponse.header.X-Correlation-Id"] == "context.requestId"


def test_logs_are_kept_for_a_month_and_access_logs_hold_no_body(stack: Stack, resources: dict[str, Any]) -> None:
    groups = stack.client("logs").describe_log_groups()["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {30}
    assert len(groups) == 1 + len(stack.functions)
    api = next(one["Properties"] for one in resources.values() if one["Type"] == "AWS::Serverless::Api")
    assert "$input" not in api["AccessLogSetting"]["Format"]
    assert "body" not in api["AccessLogSetting"]["Format"].lower()


def test_paths_are_throttled_and_functions_traced(stack: Stack) -> None:
    gateway = stack.client("apigateway")
    (api,) = gateway.get_rest_apis()["items"]
    stage = gateway.get_stage(restApiId=api["id"], stageName="v1")
    assert stage["tracingEnabled"] is True
    limits = {path: settings["throttlingRateLimit"] for path, settings in stage["methodSettings"].items()}
    assert len(limits) == len(PATHS)
    assert min(limits.values()) > 0
    for function in stack.functions.values():
        configuration = stack.client("lambda").get_function_configuration(FunctionName=function)
        assert configuration["TracingConfig"] == {"Mode": "Active"}
        assert configuration["Runtime"] == "python3.13"


def _queue(stack: Stack, output: str) -> dict[str, str]:
    answer = stack.client("sqs").get_queue_attributes(QueueUrl=stack.outputs[output], AttributeNames=["All"])
    return dict(answer["Attributes"])


def test_the_dashboard_and_the_alarms_are_there(stack: Stack) -> None:
    cloudwatch = stack.client("cloudwatch")
    body = json.loads(cloudwatch.get_dashboard(DashboardName=stack.stack_name)["DashboardBody"])
    assert "${" not in json.dumps(body)
    assert stack.outputs["DashboardUrl"].endswith(f"#dashboards:name={stack.stack_name}")
    alarms = {alarm["AlarmArn"]: alarm for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    (shown,) = [widget["properties"]["alarms"] for widget in body["widgets"] if widget["type"] == "alarm"]
    assert {alarm["AlarmName"] for alarm in alarms.values()} == {
        alarm["AlarmName"]["Fn::Sub"].replace("${AWS::StackName}", stack.stack_name) for alarm in PLAIN_ALARMS.values()
    }
    by_name = {alarm["AlarmName"].partition(" ")[2]: alarm for alarm in alarms.values()}
    for written in PLAIN_ALARMS.values():
        deployed = by_name[written["AlarmName"]["Fn::Sub"].partition(" ")[2]]
        assert {name: deployed[name] for name in TAKEN_OVER} == {name: written[name] for name in TAKEN_OVER}
        assert [one["Name"] for one in deployed["Dimensions"]] == [one["Name"] for one in written["Dimensions"]]
        assert all(one["Value"] for one in deployed["Dimensions"])
    assert set(alarms) < set(shown)
    (topic,) = stack.client("sns").list_topics()["Topics"]
    assert all(alarm["AlarmActions"] == [topic["TopicArn"]] for alarm in alarms.values())
    assert {alarm["StateValue"] for alarm in alarms.values()} <= {"OK", "INSUFFICIENT_DATA"}
