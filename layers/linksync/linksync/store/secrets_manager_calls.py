"""Secrets Manager as far as it is called, by `aws_calls` and without botocore.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/
"""

from linksync.store import aws_endpoints
from linksync.store.aws_calls import Caller, CallLimits, JsonProtocol, ServiceCalls, operation


class SecretsManagerCalls(ServiceCalls):
    """The secrets of this region, in the partition of this ARN.  Everything may raise AwsUnavailable."""

    get_secret_value = operation("GetSecretValue")

    def __init__(self, arn: str, limits: CallLimits) -> None:
        protocol = JsonProtocol(
            service="secretsmanager", target="secretsmanager", version="1.1", promised={"GetSecretValue": "ARN"}
        )
        super().__init__(Caller(protocol, aws_endpoints.of_secrets_manager(arn), limits))
