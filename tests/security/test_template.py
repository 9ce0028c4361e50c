"""What the template promises of its doors, keys and locks, read as SAM translates it."""

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.translated_template import mentions, of_type, resources

ROOT = Path(__file__).parents[2]
RESOURCES = resources()
RECEIVERS = ("ZendeskWebhook", "JiraWebhook")
FUNCTIONS = of_type("AWS::Lambda::Function")
(STAGE,) = of_type("AWS::ApiGateway::Stage").values()


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(function: str) -> list[Mapping[str, Any]]:
    """What the function's own role allows."""
    (role,) = mentions(FUNCTIONS[function]["Role"])
    policies = RESOURCES[role]["Properties"]["Policies"]
    return list(chain.from_iterable(policy["PolicyDocument"]["Statement"] for policy in policies))


def allowed(function: str, service: str) -> dict[str, set[str]]:
    """The actions of one service that a function may do, by resource."""
    may: dict[str, set[str]] = {}
    for statement in statements(function):
        actions = {action for action in listed(statement["Action"]) if action.startswith(f"{service}:")}
        for name in mentions(statement["Resource"]) if actions else ():
            may.setdefault(name, set()).update(actions)
    return may


@pytest.mark.parametrize("receiver", RECEIVERS)
def test_a_receiver_may_send_and_read_its_secret_and_nothing_more(receiver: str) -> None:
    assert allowed(receiver, "sqs") == {"EventQueue": {"sqs:SendMessage"}}
    assert allowed(receiver, "secretsmanager") == {"WebhookSecret": {"secretsmanager:GetSecretValue"}}
    services = {action.split(":")[0] for each in statements(receiver) for action in listed(each["Action"])}
    assert services == {"sqs", "secretsmanager", "logs", "xray"}


@pytest.mark.parametrize("function", [name for name in FUNCTIONS if name not in RECEIVERS])
def test_no_other_function_reads_the_senders_secret(function: str) -> None:
    assert "WebhookSecret" not in allowed(function, "secretsmanager")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_role_of_its_own_that_names_its_resources(function: str) -> None:
    roles = [properties["Role"] for properties in FUNCTIONS.values()]
    assert roles.count(FUNCTIONS[function]["Role"]) == 1
    for statement in statements(function):
        actions = listed(statement["Action"])
        assert "*" not in actions
        assert not any(action.endswith(":*") for action in actions)
        if statement["Resource"] == "*":
            assert all(action.startswith("xray:Put") for action in actions)


def test_no_secret_stands_in_the_template() -> None:
    assert {properties["SecretString"] for properties in of_type("AWS::SecretsManager::Secret").values()} == {"{}"}


def test_all_that_is_stored_is_encrypted() -> None:
    assert all(queue["SqsManagedSseEnabled"] is True for queue in of_type("AWS::SQS::Queue").values())
    assert all(table["SSESpecification"]["SSEEnabled"] is True for table in of_type("AWS::DynamoDB::Table").values())


def test_all_logs_end() -> None:
    groups = of_type("AWS::Logs::LogGroup")
    assert all(group["RetentionInDays"] <= 90 for group in groups.values())
    assert all(mentions(function["LoggingConfig"]) <= set(groups) for function in FUNCTIONS.values())


def test_queues_take_tls_alone() -> None:
    policies = of_type("AWS::SQS::QueuePolicy").values()
    queues = [mentions(policy["Queues"]) for policy in policies]
    assert sorted(map(sorted, queues)) == sorted([queue] for queue in of_type("AWS::SQS::Queue"))
    for policy in policies:
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "sqs:*")
        assert statement["Condition"]["Bool"] == {"aws:SecureTransport": "false"}
        # SQS refuses a statement that names another queue than the one that the policy is for.
        assert mentions(statement["Resource"]) == mentions(policy["Queues"])


def test_secrets_take_tls_alone() -> None:
    policies = of_type("AWS::SecretsManager::ResourcePolicy").values()
    secrets = [mentions(policy["SecretId"]) for policy in policies]
    assert sorted(map(sorted, secrets)) == [["ApiCredentials"], ["WebhookSecret"]]
    for policy in policies:
        (statement,) = policy["ResourcePolicy"]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_changed_source_range_is_in_force_with_the_next_deployment() -> None:
    # A resource policy holds only once the API is deployed, and a parameter's value changes no line of the definition.
    # AlwaysDeploy is for SAM: no property of what it makes.
    source = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    assert source["Resources"]["WebhookApi"]["Properties"].get("AlwaysDeploy") is True


def test_access_logs_hold_no_body_no_header_and_no_query() -> None:
    told = re.findall(r"\$context\.([A-Za-z.]+)", STAGE["AccessLogSetting"]["Format"])
    assert set(told) <= {
        "requestId",
        "extendedRequestId",
        "requestTime",
        "httpMethod",
        "resourcePath",
        "status",
        "identity.sourceIp",
        "responseLatency",
        "responseLength",
        "error.responseType",
    }
    # A caller may choose requestId, by the header X-Amzn-RequestId.
    assert "extendedRequestId" in told


def test_bodies_are_never_traced_by_the_api() -> None:
    for method in STAGE["MethodSettings"]:
        assert "DataTraceEnabled" not in method
        assert method["ThrottlingRateLimit"] <= 100


def test_every_suppression_of_checkov_has_its_reason() -> None:
    lines = (ROOT / "tests/security/checkov.yaml").read_text("utf-8").splitlines()
    skips = [line for line in lines if line.strip().startswith("- CKV")]
    assert len(skips) > 0
    assert all(re.fullmatch(r"  - CKV_AWS_[0-9]+ # \S.{20,}", line) for line in skips)
