"""AWS with the operator's own profile: clients, and its errors in words.

The environment counts as it does for every AWS tool: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL.
https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
"""

import re
from functools import cache
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from linksync_cli.failures import Failure

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
_DENIED = re.compile(r"AccessDenied|Unauthorized|NotAuthorized|AuthorizationError")
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")
_BAD_KEYS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "UnrecognizedClientException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
    }
)
_LOG_IN = "Log in (`aws sso login`, or `aws configure`), or choose another profile with AWS_PROFILE."


class Aws:
    """The services of one region.  Raises botocore's errors, which `aws_failure` puts into words."""

    def __init__(self, region: str | None = None) -> None:
        self._session: Any = cast(Any, boto3).Session(region_name=region)
        self.client = cache(self._client)

    @property
    def region(self) -> str:
        """Its name.  Raises botocore's NoRegionError."""
        if not self._session.region_name:
            raise NoRegionError
        return str(self._session.region_name)

    def _client(self, service: str) -> Any:  # noqa: ANN401  boto3 makes the classes at run time
        return self._session.client(service, region_name=self.region, config=_CONFIG)


def aws_failure(problem: Exception) -> Failure:
    """What an operator is told of one of botocore's errors.  Nothing of the answer but its code and the action."""
    match problem:
        case ClientError():
            return _refusal(problem)
        case ProfileNotFound():
            return Failure(
                "aws_profile", str(problem) + ".", "Set AWS_PROFILE to one that `aws configure list-profiles` shows."
            )
        case NoRegionError():
            return Failure(
                "aws_region", "No AWS region is set.", "Set AWS_REGION, or `region` in samconfig.local.toml."
            )
        case NoCredentialsError() | PartialCredentialsError() | SSOError() | TokenRetrievalError():
            return Failure("aws_credentials", "There are no usable AWS credentials.", _LOG_IN)
        case HTTPClientError() | EndpointConnectionError() | ConnectTimeoutError():
            return Failure(
                "aws_unreachable", "AWS could not be reached.", "Check the network, AWS_REGION and AWS_ENDPOINT_URL."
            )
    return Failure("aws", f"AWS could not be asked ({type(problem).__name__}).", "Run it again with --debug.")


def _refusal(problem: ClientError) -> Failure:
    code = str(problem.response.get("Error", {}).get("Code", "?"))
    operation = problem.operation_name
    if code in _BAD_KEYS:
        return Failure("aws_credentials", f"AWS does not accept your credentials ({code}).", _LOG_IN)
    if _DENIED.search(code):
        named = _ACTION.search(str(problem))
        mend = "Allow that action to your AWS user or role: docs/operator-policy.json has all that the commands need."
        return Failure("aws_denied", f"AWS does not let you do {named[1] if named else operation}.", mend)
    return Failure("aws_refused", f"AWS refused {operation} ({code}).", "Run it again with --debug to see its answer.")
