"""What SAM makes of the template: each resource as it is meant, and none that nobody asked for."""

from collections.abc import Mapping
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from tests.translated_template import mentions, of_type, resources, translated

RESOURCES = resources()
# A stage and a deployment are made by SAM, which gives them no description of ours and event sources no tags.  The
# deployment's name changes with every translation.
NOT_DESCRIBED = {"AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"}
NOT_TAGGED = {"AWS::Lambda::EventSourceMapping"}


def properties_of(kind: str) -> Mapping[str, Any]:
    """What a resource of this type can have, by AWS's own schema."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return dict(schema["properties"])


def tags(name: str) -> dict[str, str]:
    found = RESOURCES[name]["Properties"]["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found} if isinstance(found, list) else dict(found)


def able_to(what: str, *, but: set[str]) -> list[str]:
    """The resources whose type has this property."""
    return [n for n, one in RESOURCES.items() if what in properties_of(one["Type"]) and one["Type"] not in but]


def test_one_stage_is_public_and_no_deployment_makes_another() -> None:
    (stage,) = of_type("AWS::ApiGateway::Stage").values()
    (deployment,) = of_type("AWS::ApiGateway::Deployment").values()
    assert stage["StageName"] == "v1"
    assert "StageName" not in deployment, "a second stage without throttle, access log, tracing and WAF"


def test_the_stage_is_throttled_traced_and_logged() -> None:
    (stage,) = of_type("AWS::ApiGateway::Stage").values()
    (api,) = of_type("AWS::ApiGateway::RestApi").values()
    throttled = {setting["ResourcePath"].replace("~1", "/").removeprefix("/") for setting in stage["MethodSettings"]}
    assert throttled == set(api["Body"]["paths"])
    assert stage["TracingEnabled"] is True
    assert mentions(stage["AccessLogSetting"]["DestinationArn"]) == {"AccessLogs"}


def test_the_api_begins_to_log_when_the_account_may() -> None:
    (stage,) = of_type("AWS::ApiGateway::Stage").values()
    assert "ApiGatewayAccount" in mentions(stage["Variables"])


def test_only_this_api_invokes_the_receivers_and_only_for_their_paths() -> None:
    allowed = [
        (next(iter(mentions(one["FunctionName"]))), one["SourceArn"]["Fn::Sub"][0].split("/", 2)[2])
        for one in of_type("AWS::Lambda::Permission").values()
    ]
    assert sorted(allowed) == [
        ("JiraWebhook", "POST/webhooks/jira"),
        ("JiraWebhook", "POST/webhooks/jira/automation"),
        ("ZendeskWebhook", "POST/webhooks/zendesk"),
    ]


def test_the_worker_takes_one_message_at_a_time_and_says_which_failed() -> None:
    (source,) = of_type("AWS::Lambda::EventSourceMapping").values()
    assert mentions(source["EventSourceArn"]) == {"EventQueue"}
    assert mentions(source["FunctionName"]) == {"LinkWorker"}
    assert source["BatchSize"] == 1
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("name", able_to("Description", but=NOT_DESCRIBED))
def test_each_resource_says_what_it_is_for(name: str) -> None:
    assert len(str(RESOURCES[name]["Properties"]["Description"])) > 15


@pytest.mark.parametrize("name", able_to("Tags", but=NOT_TAGGED))
def test_each_resource_is_tagged_and_says_what_it_is_for_where_it_has_no_description(name: str) -> None:
    assert tags(name)["application"] == "linksync"
    described = not {"Description", "AlarmDescription"}.isdisjoint(properties_of(RESOURCES[name]["Type"]))
    assert described or len(tags(name)["purpose"]) > 15


def test_each_parameter_and_output_is_described() -> None:
    for section in ("Parameters", "Outputs"):
        assert [name for name, one in translated()[section].items() if not one.get("Description")] == []
