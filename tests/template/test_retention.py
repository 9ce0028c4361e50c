"""What outlives the stack, what goes with it, and that a failed first creation leaves nothing behind."""

import pytest

from tests.translated_template import mentions, resources, translated

RESOURCES = resources()
# What cannot be had again, and what others in the account may have come to use.
KEPT = {"LedgerTable", "DeadLetterQueue", "WebhookSecret", "ApiCredentials", "ApiGatewayAccount", "ApiGatewayLogsRole"}


def test_what_cannot_be_had_again_outlives_the_stack_and_nothing_else_does() -> None:
    policies = {name: one.get("DeletionPolicy", "Delete") for name, one in RESOURCES.items()}
    assert {name for name, policy in policies.items() if policy != "Delete"} == KEPT


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_first_creation_that_fails_is_rolled_back_whole(name: str) -> None:
    # "Retain" would keep what the failed creation made; a table that is protected from deletion stops the rollback.
    assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert "DeletionProtectionEnabled" not in RESOURCES[name].get("Properties", {})


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_replacement_keeps_the_old_one(name: str) -> None:
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_the_policies_that_guard_what_is_kept_hold_no_condition_on_where_zendesk_is() -> None:
    guarding = {name: one for name, one in RESOURCES.items() if one["Type"] == "AWS::SecretsManager::ResourcePolicy"}
    guarded = {secret for one in guarding.values() for secret in mentions(one["Properties"]["SecretId"])}
    assert guarded == {"WebhookSecret", "ApiCredentials"}
    assert {one["Condition"] for one in guarding.values()} == {"OnAws"}


def test_whether_it_is_aws_depends_on_no_parameter() -> None:
    condition = translated()["Conditions"]["OnAws"]
    assert condition == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Partition"}, "AWS::Partition"]}]}
