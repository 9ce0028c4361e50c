"""Where the services that linksync calls by itself are, and whose keys it calls them with: Lambda's environment says.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

import os
from urllib.parse import urlsplit

from linksync.errors import AwsUnavailable, Misconfigured
from linksync.store.aws_signature import Keys

_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def keys() -> Keys:
    """The role's keys.  They hold as long as the environment they are in: Lambda starts a new one with new keys.

    (Containers and SnapStart give theirs by an HTTP endpoint instead; linksync's functions use neither.)
    """
    access, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not access or not secret:
        raise AwsUnavailable("the environment holds no AWS keys: check the function's role")
    return Keys(access=access, secret=secret, token=os.environ.get("AWS_SESSION_TOKEN", ""))


def region() -> str:
    """The region that the function runs in."""
    if name := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        return name
    raise Misconfigured("the environment variable AWS_REGION is empty: Lambda sets it")


def of_sqs(queue_url: str) -> str:
    """Where a queue is: SQS answers at the host of the queue's URL."""
    return _origin(_override("SQS") or queue_url)


def of_secrets_manager(arn: str) -> str:
    """Where a secret is: its ARN tells the partition, and that the domain."""
    return _of_partition("secretsmanager", arn, override=_override("SECRETS_MANAGER"))


def of_dynamodb(arn: str) -> str:
    """Where the tables are: in the partition of any ARN of this stack's."""
    return _of_partition("dynamodb", arn, override=_override("DYNAMODB"))


def _of_partition(service: str, arn: str, *, override: str) -> str:
    if override:
        return _origin(override)
    partition = f"{arn}:".split(":")[1]
    if partition not in _SUFFIXES:
        raise Misconfigured(f"{arn} is no ARN in the partitions {', '.join(sorted(_SUFFIXES))}")
    return f"https://{service}.{region()}.{_SUFFIXES[partition]}"


def _override(service: str) -> str:
    """The address of an emulator, by the names that the SDKs have for it."""
    return os.environ.get(f"AWS_ENDPOINT_URL_{service}") or os.environ.get("AWS_ENDPOINT_URL", "")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    raise Misconfigured(f"{parts.scheme}://{parts.hostname} is no AWS endpoint: it must be https, or on the loopback")
