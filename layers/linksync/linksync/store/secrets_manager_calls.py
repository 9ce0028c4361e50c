"""Secrets Manager as far as it is called, by `aws_calls` and without botocore."""

from collections.abc import Mapping
from typing import Any

from linksync.store import aws_endpoints
from linksync.store.aws_calls import Caller, CallLimits, Protocol


class SecretsManagerCalls:
    """Secrets Manager, as far as it is called: in the partition of this secret."""

    def __init__(self, arn: str, limits: CallLimits) -> None:
        protocol = Protocol(service="secretsmanager", target="secretsmanager", version="1.1")
        self._call = Caller(protocol, aws_endpoints.of_secrets_manager(arn), limits)

    def get_secret_value(self, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401  the API's own arguments
        """GetSecretValue."""
        return self._call("GetSecretValue", asked)
