"""The role of API Gateway's logs: made where none is set, kept where another's is."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from linksync_cli.log_role import PARAMETER, RESOURCE, choose
from tests.translated_template import resources, translated

TRUST = '{"Version": "2012-10-17", "Statement": []}'


class Account:
    """API Gateway with this setting."""

    def __init__(self, role: str | None) -> None:
        self._role = role

    def get_account(self) -> Mapping[str, Any]:
        return {"throttleSettings": {}} | ({"cloudwatchRoleArn": self._role} if self._role else {})


@pytest.fixture
def iam() -> Any:
    with mock_aws():
        client = boto3.client("iam")
        client.create_role(RoleName="central-logs", Path="/platform/", AssumeRolePolicyDocument=TRUST)
        client.create_role(RoleName="linksync-ApiGatewayLogsRole-1", AssumeRolePolicyDocument=TRUST)
        yield client


@pytest.mark.parametrize(
    ("role", "own", "chosen"),
    [
        (None, "", "create"),  # a fresh account: without a role the stage could not begin to log
        ("arn:aws:iam::1:role/platform/central-logs", "", "keep"),
        ("arn:aws:iam::1:role/linksync-ApiGatewayLogsRole-1", "", "keep"),  # another stack's of ours
        ("arn:aws:iam::1:role/linksync-ApiGatewayLogsRole-1", "linksync-ApiGatewayLogsRole-1", "create"),
        ("arn:aws:iam::1:role/platform/central-logs", "linksync-ApiGatewayLogsRole-1", "keep"),  # set by others since
        # CloudFormation takes back a failed creation's role, and leaves the account's setting as it was.
        ("arn:aws:iam::1:role/linksync-ApiGatewayLogsRole-gone", "", "create"),
    ],
)
def test_the_role_is_made_only_where_nobody_elses_is_set(iam: Any, role: str | None, own: str, chosen: str) -> None:
    assert choose(Account(role), iam, own_role=own).value == chosen


class Closed:
    """IAM, to somebody without rights there."""

    def get_role(self, **_asked: str) -> Mapping[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetRole")


def test_a_role_that_may_not_be_looked_at_is_left_alone() -> None:
    assert choose(Account("arn:aws:iam::1:role/central-logs"), Closed()).value == "keep"


def test_the_names_are_the_templates() -> None:
    assert translated()["Parameters"][PARAMETER]["AllowedValues"] == ["create", "keep"]
    assert resources()[RESOURCE]["Type"] == "AWS::IAM::Role"
