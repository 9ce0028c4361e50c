"""Whether a stack should make the role that API Gateway writes logs under, of which an account has one a region.

A stack that sets it takes it from every other API of the region; a stack that relies on one that is not there cannot be
made.  So the account is asked before every deployment.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-account.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

PARAMETER = "ApiGatewayLogRole"
RESOURCE = "ApiGatewayLogsRole"  # what the template calls the role


class ApiGateway(Protocol):
    """What is used of boto3's client `apigateway`."""

    @property
    def get_account(self) -> Callable[[], Mapping[str, Any]]:
        """GetAccount."""


class Iam(Protocol):
    """What is used of boto3's client `iam`."""

    @property
    def get_role(self) -> Callable[..., Mapping[str, Any]]:
        """GetRole."""


@dataclass(frozen=True, slots=True)
class LogRole:
    """The parameter's value, `create` or `keep`, and why."""

    value: str
    why: str


def choose(apigateway: ApiGateway, iam: Iam, *, own_role: str = "") -> LogRole:
    """What this stack should do, by what the account says now.

    `own_role` is the name of the role that this stack has made before; empty where it has not.  May raise botocore's
    ClientError, when `apigateway:GET` on `/account` is not allowed.
    """
    arn = apigateway.get_account().get("cloudwatchRoleArn") or ""
    name = arn.rpartition("/")[2]
    if not arn:
        return LogRole("create", "no role for API Gateway's logs is set in this account and region")
    if name == own_role:
        return LogRole("create", "this stack has set the role for API Gateway's logs")
    if _is_gone(iam, name):
        return LogRole("create", f"the role {name} that API Gateway's logs should be written under does not exist")
    return LogRole("keep", f"API Gateway's logs are written under {name}, which others may use")


def _is_gone(iam: Iam, name: str) -> bool:
    """Whether nobody has that role.  One that may not be looked at is taken to be there: it is somebody's setting."""
    try:
        iam.get_role(RoleName=name)
    except ClientError as problem:
        return problem.response.get("Error", {}).get("Code") == "NoSuchEntity"
    return False
